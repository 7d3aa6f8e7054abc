// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.bench;

import java.util.Map;
import java.util.TreeMap;

/**
 * One operation that a worker is asked for, as one line of text: the operation's name, then {@code
 * key=number} pairs.
 *
 * @param operation name of the operation
 * @param arguments its numbers
 */
record Call(String operation, Map<String, Long> arguments) {
  Call {
    arguments = Map.copyOf(arguments);
  }

  /** A call without arguments. */
  static Call of(String operation) {
    return new Call(operation, Map.of());
  }

  /** The same call with one argument more. */
  Call with(String key, long value) {
    Map<String, Long> more = new TreeMap<>(arguments);
    more.put(key, value);
    return new Call(operation, more);
  }

  /** The argument {@code key}. */
  long get(String key) {
    Long value = arguments.get(key);
    if (value == null) {
      throw new IllegalArgumentException(operation + " needs the argument " + key);
    }
    return value;
  }

  /** The argument {@code key} as an int. */
  int getInt(String key) {
    return Math.toIntExact(get(key));
  }

  /** The line that {@link #parse} reads. */
  String format() {
    StringBuilder line = new StringBuilder(operation);
    new TreeMap<>(arguments)
        .forEach((key, value) -> line.append(' ').append(key).append('=').append(value));
    return line.toString();
  }

  /** Reads what {@link #format} wrote. */
  static Call parse(String line) {
    String[] words = line.trim().split(" ");
    Map<String, Long> arguments = new TreeMap<>();
    for (int i = 1; i < words.length; i++) {
      int equals = words[i].indexOf('=');
      if (equals < 1) {
        throw new IllegalArgumentException("expected key=number but found " + words[i]);
      }
      arguments.put(words[i].substring(0, equals), Long.valueOf(words[i].substring(equals + 1)));
    }
    return new Call(words[0], arguments);
  }
}
