// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The process's standard output, which remembers why it could not be written: a {@link PrintWriter}
 * above it knows only that. Behind the first error nothing more is written, so that what is there
 * has no hole. One thread at a time.
 */
final class Stdout extends OutputStream {
  /** What it is on Linux; absent elsewhere. */
  private static final Path OPEN_FILE = Path.of("/proc/self/fd/1");

  private static final String PIPE = "pipe:";
  private static final String CLOSED = "broken pipe";

  private final OutputStream target;
  private final boolean isPipe;
  private @Nullable IOException failure;

  /**
   * Writes to a stream.
   *
   * @param isPipe whether it is known that nothing can fail but the reader
   */
  Stdout(OutputStream target, boolean isPipe) {
    this.target = target;
    this.isPipe = isPipe;
  }

  /** That of this process. */
  static Stdout ofProcess() {
    return new Stdout(new FileOutputStream(FileDescriptor.out), isPipe());
  }

  @Override
  public void write(int value) throws IOException {
    write(new byte[] {(byte) value}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int count) throws IOException {
    if (failure != null) {
      throw failure;
    }
    try {
      target.write(bytes, offset, count);
    } catch (IOException e) {
      failure = e;
      throw e;
    }
  }

  /**
   * Says so when what was printed is cut, except behind {@code | head}, where nobody wants more.
   *
   * @param exitCode of the command
   * @return the exit code of the process
   */
  int end(int exitCode, PrintWriter errors) {
    IOException known = failure;
    if (known == null || nobodyReads(known)) {
      return exitCode;
    }
    errors.println(
        "error: stdout could not be written: "
            + known.getMessage()
            + ". What was printed is cut; make room or print elsewhere, and run the command again");
    errors.flush();
    return ExitCodes.ENVIRONMENT;
  }

  /** The words of an error are in the language of the system, the kind of file is not. */
  private boolean nobodyReads(IOException known) {
    return isPipe || String.valueOf(known.getMessage()).toLowerCase(Locale.ROOT).contains(CLOSED);
  }

  private static boolean isPipe() {
    try {
      return Files.readSymbolicLink(OPEN_FILE).toString().startsWith(PIPE);
    } catch (IOException | UnsupportedOperationException unknown) {
      return false;
    }
  }
}
