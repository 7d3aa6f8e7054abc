// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.bench;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** The parent's end of a {@link Worker}: one child JVM with one peer. Used by one thread. */
final class WorkerProcess implements Closeable {
  private static final long EXIT_SECONDS = 10;

  /** Far above the longest call; a child that hangs is killed and reported. */
  private static final long CALL_MINUTES = 15;

  private static final int ERROR_LINES = 3;

  private final ChildKind kind;
  private final Path errors;
  private final Process process;
  private final BufferedWriter calls;
  private final BufferedReader answers;

  /**
   * Starts the child.
   *
   * @param directory where the child keeps its files
   */
  WorkerProcess(ChildKind kind, Path directory, Path sharedMemory) throws IOException {
    this.kind = kind;
    Files.createDirectories(directory);
    errors = Files.createTempFile(directory, "errors-", ".txt");
    List<String> command = ChildJvm.command(kind, sharedMemory, directory);
    process = new ProcessBuilder(command).redirectError(errors.toFile()).start();
    calls =
        new BufferedWriter(
            new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8));
    answers =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
  }

  /**
   * Asks for one measurement and waits for it.
   *
   * @throws NotRunException when the peer cannot do it or the child died, with the reason
   */
  Figures call(Call call) throws NotRunException {
    CompletableFuture<Void> watchdog =
        CompletableFuture.runAsync(
            process::destroyForcibly,
            CompletableFuture.delayedExecutor(CALL_MINUTES, TimeUnit.MINUTES));
    try {
      return ask(call);
    } finally {
      watchdog.cancel(false);
    }
  }

  private Figures ask(Call call) throws NotRunException {
    try {
      calls.write(call.format());
      calls.newLine();
      calls.flush();
      for (String line = answers.readLine(); line != null; line = answers.readLine()) {
        if (line.startsWith(Worker.RESULT)) {
          return Figures.parse(line.substring(Worker.RESULT.length()));
        }
        if (line.startsWith(Worker.FAILURE)) {
          throw new NotRunException(kind.label() + ": " + line.substring(Worker.FAILURE.length()));
        }
      }
    } catch (IOException e) {
      throw new NotRunException(kind.label() + ": its JVM ended: " + lastErrors(), e);
    }
    throw new NotRunException(kind.label() + ": its JVM ended: " + lastErrors());
  }

  /** Whether the child can take another call. */
  boolean isAlive() {
    return process.isAlive();
  }

  /** Kills the child as {@code kill -9} does and waits until it is gone. */
  void kill() {
    process.destroyForcibly();
    awaitExit();
  }

  /** Ends the child in an orderly way, or kills it when it does not end. */
  @Override
  public void close() throws IOException {
    process.getOutputStream().close();
    if (!awaitExit()) {
      process.destroyForcibly();
      awaitExit();
    }
    answers.close();
  }

  private boolean awaitExit() {
    try {
      return process.waitFor(EXIT_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      process.destroyForcibly();
      throw Waiting.interrupted(e);
    }
  }

  private String lastErrors() throws NotRunException {
    try {
      List<String> lines = Files.readAllLines(errors);
      return String.join(
          " / ", lines.subList(Math.max(0, lines.size() - ERROR_LINES), lines.size()));
    } catch (IOException e) {
      throw new NotRunException(kind.label() + ": its JVM ended and left no message", e);
    }
  }

  /** A measurement that did not take place; the message says why. */
  static final class NotRunException extends Exception {
    private static final long serialVersionUID = 1L;

    private final String reason;

    NotRunException(String reason) {
      super(reason);
      this.reason = reason;
    }

    NotRunException(String reason, Throwable cause) {
      super(reason, cause);
      this.reason = reason;
    }

    /** The message. */
    String reason() {
      return reason;
    }
  }
}
