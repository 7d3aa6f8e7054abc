// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.internal.json;

import java.lang.reflect.Array;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Copies values into the few classes {@link CanonicalJson} gives. */
final class JsonCopy {
  private static final BigInteger LEAST = BigInteger.valueOf(Long.MIN_VALUE);
  private static final BigInteger MOST = BigInteger.valueOf(Long.MAX_VALUE);

  private JsonCopy() {}

  static @Nullable Object of(@Nullable Object value, int depth) {
    if (value == null || value instanceof Boolean) {
      return value;
    }
    if (value instanceof Number number) {
      return number(number);
    }
    if (value instanceof CharSequence || value instanceof Enum || value instanceof Character) {
      return wellFormed(value.toString());
    }
    if (value instanceof Map) {
      return map((Map<?, ?>) value, depth);
    }
    if (value instanceof Iterable) {
      JsonText.checkDepth(depth + 1, CanonicalJson.MAX_DEPTH);
      List<@Nullable Object> list = new ArrayList<>();
      for (Object each : (Iterable<?>) value) {
        list.add(of(each, depth + 1));
      }
      return Collections.unmodifiableList(list);
    }
    if (value.getClass().isArray()) {
      JsonText.checkDepth(depth + 1, CanonicalJson.MAX_DEPTH);
      List<@Nullable Object> list = new ArrayList<>();
      for (int i = 0; i < Array.getLength(value); i++) {
        list.add(of(Array.get(value, i), depth + 1));
      }
      return Collections.unmodifiableList(list);
    }
    throw new IllegalArgumentException("JSON has no form for " + value.getClass().getName());
  }

  @SuppressWarnings("NullAway") // values may be JSON's null
  static Map<String, Object> map(Map<?, ?> value, int depth) {
    JsonText.checkDepth(depth + 1, CanonicalJson.MAX_DEPTH);
    Map<String, Object> sorted = new TreeMap<>(JsonText::compareCodePoints);
    for (Map.Entry<?, ?> each : value.entrySet()) {
      sorted.put(wellFormed(JsonText.key(each.getKey())), of(each.getValue(), depth + 1));
    }
    return Collections.unmodifiableMap(sorted);
  }

  private static Number number(Number number) {
    if (number instanceof Double || number instanceof Float || number instanceof BigDecimal) {
      double value = number.doubleValue();
      if (!Double.isFinite(value)) {
        throw new IllegalArgumentException("JSON has no number " + number);
      }
      return value;
    }
    if (number instanceof BigInteger big) {

      if (big.compareTo(LEAST) >= 0 && big.compareTo(MOST) <= 0) {
        return big.longValue();
      }
      if (big.bitLength() > 3 * CanonicalJson.MAX_NUMBER_LENGTH) {
        throw new IllegalArgumentException("A number has " + big.bitLength() + " bits");
      }
      return big;
    }
    return number.longValue();
  }

  private static String wellFormed(String text) {
    int problem = JsonTree.unpairedSurrogate(text);
    if (problem >= 0) {
      throw new IllegalArgumentException("A string has an unpaired surrogate at " + problem);
    }
    return text;
  }
}
