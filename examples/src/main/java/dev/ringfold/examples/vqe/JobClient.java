// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.vqe;

import dev.ringfold.call.CallAnswer;
import dev.ringfold.call.CallRequest;
import dev.ringfold.call.IdempotentProvider;
import dev.ringfold.call.LookupProvider;
import dev.ringfold.call.NotSubmittedException;
import dev.ringfold.call.PlainProvider;
import dev.ringfold.call.Provider;
import dev.ringfold.call.ProviderKind;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;

/** Asks a {@link JobSimulator}, as each of the three kinds of provider. Any thread. */
final class JobClient {
  private static final int CONNECT_MILLIS = 5_000;
  private static final int READ_MILLIS = 20_000;
  private static final double MICROS = 1e6;

  /** Far more than the simulator's late jobs are late. */
  private static final Duration VISIBLE_WITHIN = Duration.ofMillis(800);

  private final Path directory;

  /**
   * @param directory the simulator's; where it listens may change while it is restarted
   */
  JobClient(Path directory) {
    this.directory = directory;
  }

  /** The simulator as a provider of a kind. */
  Provider provider(ProviderKind kind) {
    return switch (kind) {
      case IDEMPOTENT -> new Idempotent();
      case LOOKUP -> new Lookup();
      case PLAIN -> new Plain();
    };
  }

  private final class Idempotent implements IdempotentProvider {
    @Override
    public String name() {
      return "simulator-idempotent";
    }

    @Override
    public CallAnswer submit(CallRequest call) throws NotSubmittedException, IOException {
      return send(ProviderKind.IDEMPOTENT, call.token(), call);
    }
  }

  private final class Lookup implements LookupProvider {
    @Override
    public String name() {
      return "simulator-lookup";
    }

    @Override
    public CallAnswer submit(CallRequest call) throws NotSubmittedException, IOException {
      return send(ProviderKind.LOOKUP, call.token(), call);
    }

    @Override
    public CallAnswer find(CallRequest call) throws IOException {
      return answer(ask("FIND " + call.token()));
    }

    @Override
    public Duration visibleWithin() {
      return VISIBLE_WITHIN;
    }
  }

  private final class Plain implements PlainProvider {
    @Override
    public String name() {
      return "simulator-plain";
    }

    @Override
    public CallAnswer submit(CallRequest call) throws NotSubmittedException, IOException {
      return send(ProviderKind.PLAIN, "-", call);
    }
  }

  private CallAnswer send(ProviderKind kind, String token, CallRequest call)
      throws NotSubmittedException, IOException {
    String body = new String(call.body(), StandardCharsets.UTF_8);
    String line =
        String.join(
            " ",
            "SUBMIT",
            kind.name().toLowerCase(Locale.ROOT),
            token,
            Long.toString(ProcessHandle.current().pid()),
            Job.encode(body));
    String[] words;
    try {
      words = ask(line);
    } catch (ConnectException | NoSuchFileException e) {
      throw new NotSubmittedException("the simulator does not listen", e);
    }
    if (words[0].equals("BUSY")) {
      throw new NotSubmittedException("the simulator is busy", null);
    }
    return answer(words);
  }

  private static CallAnswer answer(String[] words) throws IOException {
    return switch (words[0]) {
      case "DONE" ->
          new CallAnswer.Done(
              words[1],
              Long.parseLong(words[2]) / MICROS,
              Job.decode(words[3]).getBytes(StandardCharsets.UTF_8));
      case "PENDING" -> new CallAnswer.Pending(words[1]);
      case "REFUSED" -> new CallAnswer.Refused("", 0, Job.decode(words[1]));
      case "ABSENT" -> new CallAnswer.Absent();
      default -> throw new IOException("the simulator said " + String.join(" ", words));
    };
  }

  /** What a person does: looks through the provider's list for a job with this body. */
  CallAnswer look(String body) throws IOException {
    return answer(ask("LOOK " + Job.encode(body)));
  }

  /** Orders a mishap after so many submissions without one. */
  void order(Mishap mishap, int skip) throws IOException {
    ask("ORDER " + mishap + " " + skip);
  }

  /** Jobs on the bill, and what they cost in credits. */
  double[] bill() throws IOException {
    String[] words = ask("BILL");
    return new double[] {Double.parseDouble(words[1]), Long.parseLong(words[2]) / MICROS};
  }

  private String[] ask(String line) throws IOException {
    int port = Integer.parseInt(Files.readString(directory.resolve(JobSimulator.PORT_FILE)));
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), CONNECT_MILLIS);
      socket.setSoTimeout(READ_MILLIS);
      socket.getOutputStream().write((line + "\n").getBytes(StandardCharsets.US_ASCII));
      BufferedReader in =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
      String answer = in.readLine();
      if (answer == null) {
        throw new IOException("the simulator closed the connection without an answer");
      }
      return answer.split(" ", -1);
    }
  }
}
