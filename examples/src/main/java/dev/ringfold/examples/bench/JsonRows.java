// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.bench;

import org.jspecify.annotations.Nullable;

/**
 * The table for programs: one line of JSON per row. Where something was not measured the value is
 * {@code null}; {@code met} is {@code null} for a row without a promise and {@code false} for one
 * that did not run, or whose peer did not; {@code peer} then says why.
 */
final class JsonRows {
  private JsonRows() {}

  /**
   * The line of one row.
   *
   * @param bench name of the benchmark, such as {@code log}
   */
  static String format(String bench, RowResult result) {
    Samples samples = result.samples();
    Samples peerSamples = result.peerSamples();
    return "{\"bench\":"
        + quote(bench)
        + ",\"row\":"
        + quote(result.row())
        + ",\"value\":"
        + number(samples == null ? null : samples.median())
        + ",\"unit\":"
        + quote(result.unit())
        + ",\"peer\":"
        + quote(result.note().isEmpty() ? result.peer() : result.note())
        + ",\"peerValue\":"
        + number(peerSamples == null ? null : peerSamples.median())
        + ",\"ratio\":"
        + number(result.ratio())
        + ",\"target\":"
        + quote(result.target())
        + ",\"met\":"
        + result.met()
        + "}";
  }

  private static String number(@Nullable Double number) {
    return number == null || !Double.isFinite(number) ? "null" : Numbers.plain(number);
  }

  private static String quote(@Nullable String text) {
    if (text == null) {
      return "null";
    }
    StringBuilder quoted = new StringBuilder("\"");
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        quoted.append('\\').append(c);
      } else {
        quoted.append(c < ' ' ? ' ' : c);
      }
    }
    return quoted.append('"').toString();
  }
}
