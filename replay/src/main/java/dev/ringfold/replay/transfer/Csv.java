// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.transfer;

import java.io.IOException;

/**
 * Fields of CSV as RFC 4180 says. An absent value is an empty field, an empty text one with quotes.
 * Stateless; any thread.
 */
public final class Csv {
  /** The end of a record. */
  public static final String LINE_END = "\r\n";

  private Csv() {}

  /** Writes a text as a field, in quotes when it has to be. */
  public static void field(Appendable out, String text) throws IOException {
    if (!needsQuotes(text)) {
      out.append(text);
      return;
    }
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char character = text.charAt(i);
      if (character == '"') {
        out.append('"');
      }
      out.append(character);
    }
    out.append('"');
  }

  private static boolean needsQuotes(String text) {
    if (text.isEmpty() || text.charAt(0) == ' ' || text.charAt(text.length() - 1) == ' ') {
      return true;
    }
    for (int i = 0; i < text.length(); i++) {
      char character = text.charAt(i);
      if (character == ',' || character == '"' || character == '\n' || character == '\r') {
        return true;
      }
    }
    return false;
  }
}
