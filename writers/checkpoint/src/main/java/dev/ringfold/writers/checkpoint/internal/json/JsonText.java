// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.internal.json;

import java.lang.reflect.Array;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Appends values in canonical form. */
final class JsonText {
  private static final HexFormat HEX = HexFormat.of();

  private final StringBuilder out;
  private final int maxDepth;

  JsonText(StringBuilder out, int maxDepth) {
    this.out = out;
    this.maxDepth = maxDepth;
  }

  void value(@Nullable Object value, int depth) {
    if (value == null || value instanceof Boolean) {
      out.append(value);
    } else if (value instanceof CharSequence
        || value instanceof Enum
        || value instanceof Character) {
      quote(value.toString());
    } else if (value instanceof Number number) {
      number(number);
    } else if (value instanceof Map) {
      object((Map<?, ?>) value, depth + 1);
    } else if (value instanceof Iterable) {
      array((Iterable<?>) value, depth + 1);
    } else if (value.getClass().isArray()) {
      elements(value, depth + 1);
    } else {
      throw new IllegalArgumentException("JSON has no form for " + value.getClass().getName());
    }
  }

  private void object(Map<?, ?> map, int depth) {
    checkDepth(depth, maxDepth);
    List<String> keys = new ArrayList<>(map.size());
    for (Object key : map.keySet()) {
      keys.add(key(key));
    }
    keys.sort(JsonText::compareCodePoints);
    out.append('{');
    boolean first = true;
    for (String key : keys) {
      if (!first) {
        out.append(',');
      }
      first = false;
      quote(key);
      out.append(':');
      value(map.get(key), depth);
    }
    out.append('}');
  }

  private void array(Iterable<?> values, int depth) {
    checkDepth(depth, maxDepth);
    out.append('[');
    boolean first = true;
    for (Object each : values) {
      if (!first) {
        out.append(',');
      }
      first = false;
      value(each, depth);
    }
    out.append(']');
  }

  private void elements(Object array, int depth) {
    checkDepth(depth, maxDepth);
    out.append('[');
    for (int i = 0; i < Array.getLength(array); i++) {
      if (i > 0) {
        out.append(',');
      }
      value(Array.get(array, i), depth);
    }
    out.append(']');
  }

  private void number(Number number) {
    if (number instanceof Double || number instanceof Float) {
      out.append(JsonNumber.text(number.doubleValue()));
    } else if (number instanceof BigDecimal) {
      out.append(JsonNumber.text(number.doubleValue()));
    } else if (number instanceof BigInteger) {
      String digits = number.toString();
      if (digits.length() > CanonicalJson.MAX_NUMBER_LENGTH) {
        throw new IllegalArgumentException(
            "A number has "
                + digits.length()
                + " digits; at most "
                + CanonicalJson.MAX_NUMBER_LENGTH
                + " can be written");
      }
      out.append(digits);
    } else {
      out.append(number.longValue());
    }
  }

  void quote(String text) {
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (Character.isSurrogate(c)) {
        if (!Character.isHighSurrogate(c)
            || i + 1 == text.length()
            || !Character.isLowSurrogate(text.charAt(i + 1))) {
          throw new IllegalArgumentException("A string has an unpaired surrogate at " + i);
        }
        out.append(c).append(text.charAt(++i));
      } else {
        character(c);
      }
    }
    out.append('"');
  }

  private void character(char c) {
    switch (c) {
      case '"' -> out.append("\\\"");
      case '\\' -> out.append("\\\\");
      case '\n' -> out.append("\\n");
      case '\r' -> out.append("\\r");
      case '\t' -> out.append("\\t");
      case '\b' -> out.append("\\b");
      case '\f' -> out.append("\\f");
      default -> {
        if (c < 0x20) {
          out.append("\\u").append(HEX.toHexDigits(c));
        } else {
          out.append(c);
        }
      }
    }
  }

  static String key(@Nullable Object key) {
    if (key instanceof String string) {
      return string;
    }
    throw new IllegalArgumentException(
        "Keys of JSON objects are strings, but one is " + JsonTree.kind(key));
  }

  static void checkDepth(int depth, int maxDepth) {
    if (depth > maxDepth) {
      throw new IllegalArgumentException(
          "Values are nested deeper than " + maxDepth + " (or contain themselves)");
    }
  }

  /** The order of code points, which is the order of UTF-8 bytes. */
  static int compareCodePoints(String a, String b) {
    int length = Math.min(a.length(), b.length());
    for (int i = 0; i < length; i++) {
      char x = a.charAt(i);
      char y = b.charAt(i);
      if (x != y) {
        // Surrogates stand for code points above all others of one char.
        return Character.isSurrogate(x) != Character.isSurrogate(y)
            ? (Character.isSurrogate(x) ? 1 : -1)
            : Character.compare(x, y);
      }
    }
    return Integer.compare(a.length(), b.length());
  }
}
