// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * Main class of a child JVM: measures one peer, one call a line from standard input, and answers
 * each on standard output with a line that begins with {@link #RESULT} or {@link #FAILURE}. Ends
 * with its input.
 */
final class Worker {
  static final String RESULT = "@result ";
  static final String FAILURE = "@failure ";

  /** Kept for as long as the JVM lives: {@code fill} leaves its store open on purpose. */
  static final String FILL = "fill";

  static final String OPEN = "open";

  private static final Operations<Peer> OPERATIONS =
      new Operations<>(
          Map.of(
              "ingest",
              Ingest::count,
              "sustain",
              Ingest::sustain,
              "trickle",
              Ingest::trickle,
              "offer",
              OfferLatency::run,
              "disk",
              DiskAcks::run,
              "seek",
              Seeks::run,
              FILL,
              Reopening::fill,
              OPEN,
              Reopening::open,
              "idle",
              Idle::run));

  private Worker() {}

  /** Arguments: the peer's label and the directory for its files. */
  public static void main(String[] arguments) throws IOException {
    PeerKind kind = PeerKind.of(arguments[0]);
    Path directory = Files.createDirectories(Path.of(arguments[1]));
    serve(call -> OPERATIONS.run(kind.create(), directory, call));
  }

  /** Does one thing that was asked for. */
  @FunctionalInterface
  interface Service {
    Figures answer(Call call) throws Exception;
  }

  /** Answers calls until there are no more, then ends this JVM. */
  static void serve(Service service) throws IOException {
    PrintStream answers = System.out;
    System.setOut(System.err); // Libraries that print must not disturb the answers.
    BufferedReader calls =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = calls.readLine(); line != null; line = calls.readLine()) {
      answers.println(answer(service, line));
      answers.flush();
    }
    System.exit(0);
  }

  private static String answer(Service service, String line) {
    try {
      return RESULT + service.answer(Call.parse(line)).format();
    } catch (Throwable e) { // Chronicle reports missing flags as an Error; the parent decides.
      e.printStackTrace();
      String message = e.getClass().getSimpleName() + ": " + e.getMessage();
      return FAILURE + message.replace('\n', ' ');
    }
  }
}
