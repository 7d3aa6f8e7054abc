// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.bench;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The numbers that one operation measured, as one line of text: {@code key=number} pairs. Mutable
 * until it is handed on; used by one thread.
 */
final class Figures {
  private final Map<String, Double> numbers = new LinkedHashMap<>();

  /** Adds one number. */
  Figures put(String key, double value) {
    numbers.put(key, value);
    return this;
  }

  /** Adds one count. */
  Figures put(String key, long value) {
    return put(key, (double) value);
  }

  /** The number {@code key}. */
  double get(String key) {
    Double value = numbers.get(key);
    if (value == null) {
      throw new IllegalArgumentException("no figure " + key + " in " + numbers.keySet());
    }
    return value;
  }

  /** Whether the number {@code key} was measured. */
  boolean has(String key) {
    return numbers.containsKey(key);
  }

  /** The line that {@link #parse} reads. */
  String format() {
    StringBuilder line = new StringBuilder();
    numbers.forEach((key, value) -> line.append(key).append('=').append(value).append(' '));
    return line.toString().trim();
  }

  /** Reads what {@link #format} wrote. */
  static Figures parse(String line) {
    Figures figures = new Figures();
    for (String word : line.trim().split(" ")) {
      int equals = word.indexOf('=');
      if (equals > 0) {
        figures.put(word.substring(0, equals), Double.parseDouble(word.substring(equals + 1)));
      }
    }
    return figures;
  }
}
