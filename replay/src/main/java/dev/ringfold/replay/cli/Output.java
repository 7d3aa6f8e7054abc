// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;

/** Where a command prints its result. Used by one thread. */
final class Output {
  private final PrintWriter out;
  private final boolean json;

  Output(PrintWriter out, boolean json) {
    this.out = out;
    this.json = json;
  }

  /** Whether JSON is asked for. */
  boolean json() {
    return json;
  }

  /** Prints one line of text. */
  void line(String text) {
    out.print(text);
    out.print('\n');
  }

  /** Prints text as it is. */
  void text(String text) {
    out.print(text);
  }

  /** Prints one object on one line. */
  void json(JsonNode node) {
    line(Json.line(node));
  }

  /** The stream itself, for long texts; it throws {@link NobodyReadsException}. */
  Writer writer() {
    return new Writer() {
      @Override
      public void write(char[] text, int offset, int count) throws IOException {
        out.write(text, offset, count);
        flush();
      }

      @Override
      public void flush() throws IOException {
        if (!Output.this.flush()) {
          throw new NobodyReadsException();
        }
      }

      @Override
      public void close() throws IOException {
        flush();
      }
    };
  }

  /** Who read the output has gone, or the disk it goes to is full; {@link Stdout} tells which. */
  static final class NobodyReadsException extends IOException {
    private static final long serialVersionUID = 1L;

    NobodyReadsException() {
      super("the output takes nothing more");
    }
  }

  /**
   * Flushes; false when nothing more is taken, for example behind {@code | head}. Whether that is
   * an error is for {@link Stdout}: commands just stop.
   */
  boolean flush() {
    return !out.checkError();
  }
}
