// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.parquet.internal.table;

import java.util.HexFormat;

/** Walks over a text that must be in one exact form. Belongs to one thread. */
final class JsonCursor {
  private static final int UNICODE_DIGITS = 4;
  private static final int SHOWN = 40;

  private final String text;
  private int at;

  JsonCursor(String text) {
    this.text = text;
  }

  /** Goes over exactly this. */
  JsonCursor expect(String literal) {
    if (!take(literal)) {
      throw bad("'" + literal.strip() + "'");
    }
    return this;
  }

  /** Goes over this if it is there. */
  boolean take(String literal) {
    boolean there = text.startsWith(literal, at);
    at += there ? literal.length() : 0;
    return there;
  }

  long number() {
    int start = at;
    take("-");
    while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
      at++;
    }
    try {
      return Long.parseLong(text, start, at, 10);
    } catch (NumberFormatException e) {
      at = start;
      throw bad("a number");
    }
  }

  String string() {
    expect("\"");
    StringBuilder out = new StringBuilder();
    while (at < text.length() && text.charAt(at) != '"') {
      char c = text.charAt(at++);
      out.append(c == '\\' ? escaped() : c);
    }
    expect("\"");
    return out.toString();
  }

  private char escaped() {
    char c = at < text.length() ? text.charAt(at++) : ' ';
    if (c == '"' || c == '\\') {
      return c;
    }
    if (c != 'u' || at + UNICODE_DIGITS > text.length()) {
      throw bad("an escape");
    }
    at += UNICODE_DIGITS;
    return (char) HexFormat.fromHexDigits(text, at - UNICODE_DIGITS, at);
  }

  private IllegalArgumentException bad(String expected) {
    return new IllegalArgumentException(
        "expected "
            + expected
            + " at character "
            + at
            + ", found '"
            + text.substring(Math.min(at, text.length()), Math.min(text.length(), at + SHOWN))
            + "'");
  }
}
