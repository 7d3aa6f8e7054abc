// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.call;

import dev.ringfold.event.StreamKey;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * The token of a call: {@code rf-} and the first 32 hexadecimal digits of the SHA-256 of six texts,
 * each as its length in characters, a colon and its UTF-8 bytes:
 *
 * <pre>
 * store id, stream name, space, actor, device, key   and then the attempt in decimal digits
 * </pre>
 *
 * <p>Unique, not secret. It depends on nothing but what the call is, so a log that lost the intent
 * (an older backup) sends the same token again, and an idempotent provider still bills once; a fork
 * has a store id of its own and pays for its own calls.
 */
final class CallToken {
  private static final String PREFIX = "rf-";
  private static final int DIGITS = 32;

  private CallToken() {}

  static String of(String storeId, StreamKey stream, String key, int attempt) {
    MessageDigest digest = sha256();
    add(digest, storeId);
    add(digest, stream.name());
    add(digest, stream.space());
    add(digest, stream.actor());
    add(digest, stream.device());
    add(digest, key);
    digest.update(Integer.toString(attempt).getBytes(StandardCharsets.US_ASCII));
    return PREFIX + HexFormat.of().formatHex(digest.digest()).substring(0, DIGITS);
  }

  /** SHA-256 of bytes, 64 hexadecimal digits. */
  static String sha256(byte[] bytes) {
    return HexFormat.of().formatHex(sha256().digest(bytes));
  }

  private static void add(MessageDigest digest, String text) {
    digest.update((text.length() + ":").getBytes(StandardCharsets.US_ASCII));
    digest.update(text.getBytes(StandardCharsets.UTF_8));
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every JVM has SHA-256", e);
    }
  }
}
