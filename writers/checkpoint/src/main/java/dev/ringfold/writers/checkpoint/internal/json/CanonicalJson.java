// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.internal.json;

import dev.ringfold.writers.checkpoint.format.FormatException;
import dev.ringfold.writers.checkpoint.format.FormatLimits;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * JSON in one form, so that equal values are equal bytes and have equal hashes.
 *
 * <p>A value is {@code null}, a {@link Boolean}, a {@link String}, a {@link Long} or a {@link
 * BigInteger} for numbers without fraction and exponent, a {@link Double} for others, a {@link
 * java.util.List} or a {@link Map} with string keys. Writing takes every {@link Number} of the JDK,
 * {@link Iterable} and arrays as well.
 *
 * <p>The form is the one of Python's {@code json.dumps(value, sort_keys=True, separators=(",",
 * ":"), ensure_ascii=False)} in UTF-8: keys sorted by code points, no blanks, the shortest digits
 * that give the same double again, {@code 1.0} for a double that is whole. NaN and the infinities
 * have no form and are refused, as are unpaired surrogates and duplicate keys.
 *
 * <p>Thread-safe; holds nothing.
 */
public final class CanonicalJson {
  /** Deepest nesting, written or read. */
  public static final int MAX_DEPTH = 64;

  /** Most digits of a number. */
  public static final int MAX_NUMBER_LENGTH = 1_000;

  /** Most characters of a key. */
  public static final int MAX_KEY_LENGTH = 8_192;

  private CanonicalJson() {}

  /**
   * The canonical form in UTF-8.
   *
   * @throws IllegalArgumentException for a value that has none
   */
  public static byte[] bytes(@Nullable Object value) {
    return text(value).getBytes(StandardCharsets.UTF_8);
  }

  /** As {@link #bytes}, as a string. */
  public static String text(@Nullable Object value) {
    return text(value, MAX_DEPTH);
  }

  /** As {@link #text(Object)}, of a value that is to have room in others: nested no deeper. */
  public static String text(@Nullable Object value, int maxDepth) {
    StringBuilder out = new StringBuilder(256);
    new JsonText(out, maxDepth).value(value, 0);
    return out.toString();
  }

  /**
   * A deep, unmodifiable copy made of the value classes above only, maps sorted by key.
   *
   * @throws IllegalArgumentException for a value that has no canonical form
   */
  public static @Nullable Object copy(@Nullable Object value) {
    return JsonCopy.of(value, 0);
  }

  /** As {@link #copy}, of a map. */
  public static Map<String, Object> copyObject(Map<?, ?> value) {
    return JsonCopy.map(value, 0);
  }

  /**
   * Reads one value and nothing after it.
   *
   * @param where file and part, for the message
   * @throws FormatException when it is not JSON in UTF-8, or over a limit
   */
  public static @Nullable Object parse(byte[] json, String where, FormatLimits limits) {
    return new JsonTree(where, limits).parse(json);
  }

  /** As {@link #parse}, of a value that has to be an object. */
  public static Map<String, Object> parseObject(byte[] json, String where, FormatLimits limits) {
    Object value = parse(json, where, limits);
    if (value instanceof Map) {
      @SuppressWarnings("unchecked")
      Map<String, Object> map = (Map<String, Object>) value;
      return map;
    }
    throw new FormatException(
        where + ": expected a JSON object but found " + JsonTree.kind(value) + " at the top");
  }

  /**
   * As {@link #parse(byte[], String, FormatLimits)}, with the limits of {@link
   * FormatLimits#DEFAULT}.
   */
  public static @Nullable Object parse(String json, String where) {
    return parse(json.getBytes(StandardCharsets.UTF_8), where, FormatLimits.DEFAULT);
  }

  /**
   * As {@link #parseObject(byte[], String, FormatLimits)}, with the limits of {@link
   * FormatLimits#DEFAULT}.
   */
  public static Map<String, Object> parseObject(String json, String where) {
    return parseObject(json.getBytes(StandardCharsets.UTF_8), where, FormatLimits.DEFAULT);
  }
}
