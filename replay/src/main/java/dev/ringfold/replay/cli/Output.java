// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;

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

  /** Prints one object on one line. */
  void json(JsonNode node) {
    line(Json.line(node));
  }

  /** Flushes; false when nobody reads any more, for example behind {@code | head}. */
  boolean flush() {
    return !out.checkError();
  }
}
