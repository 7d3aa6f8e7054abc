// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.parquet;

import java.util.Map;
import java.util.TreeMap;

/** Writes a run's configuration as JSON, keys sorted, for people and reports. Stateless. */
final class RunConfiguration {
  private static final char FIRST_PRINTABLE = ' ';

  private RunConfiguration() {}

  /** Numbers and booleans as they are, nested maps too, everything else as text. */
  static String json(Map<String, ?> configuration) {
    StringBuilder out = new StringBuilder();
    object(configuration, out);
    return out.toString();
  }

  private static void object(Map<?, ?> map, StringBuilder out) {
    Map<String, Object> sorted = new TreeMap<>();
    map.forEach((key, value) -> sorted.put(String.valueOf(key), value == null ? "" : value));
    out.append('{');
    String separator = "";
    for (Map.Entry<String, Object> entry : sorted.entrySet()) {
      out.append(separator);
      string(entry.getKey(), out);
      out.append(':');
      value(entry.getValue(), out);
      separator = ",";
    }
    out.append('}');
  }

  private static void value(Object value, StringBuilder out) {
    if (value instanceof Map<?, ?> map) {
      object(map, out);
    } else if (value instanceof Boolean
        || (value instanceof Number number && Double.isFinite(number.doubleValue()))) {
      out.append(value);
    } else {
      string(value.toString(), out);
    }
  }

  private static void string(String text, StringBuilder out) {
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        out.append('\\').append(c);
      } else if (c < FIRST_PRINTABLE) {
        out.append("\\u00")
            .append(Character.forDigit(c >> 4, 16))
            .append(Character.forDigit(c & 15, 16));
      } else {
        out.append(c);
      }
    }
    out.append('"');
  }
}
