// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.internal.keys;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.DigestException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * Hashes of user keys, tags and payloads: the first bytes of SHA-256 over a domain name, a zero
 * byte and the input. Numbers in the input and in the result are little-endian.
 *
 * <pre>
 * key      16 bytes  "ringfold.key.1"      0  the key in UTF-8
 * tag      16 bytes  "ringfold.tag.1"      0  length of the name i32, name, value; both UTF-8
 * payload   8 bytes  "ringfold.payload.1"  0  for each event: type i32, schemaVersion i32,
 *                                             stream i32, length i32, payload
 * </pre>
 *
 * For one thread at a time: keep one per producer handle. Allocates only when a longer key than
 * ever before comes.
 */
public final class KeyHash {
  /** Longest key, tag name or tag value, in bytes of UTF-8. */
  public static final int MAX_KEY_LENGTH = 1024;

  private static final byte[] KEY_DOMAIN = domain("ringfold.key.1");
  private static final byte[] TAG_DOMAIN = domain("ringfold.tag.1");
  private static final byte[] PAYLOAD_DOMAIN = domain("ringfold.payload.1");
  private static final int DIGEST_LENGTH = 32;

  private final MessageDigest sha256;
  private final byte[] digest = new byte[DIGEST_LENGTH];
  private final byte[] numbers = new byte[4 * Integer.BYTES];
  private final byte[] text = new byte[MAX_KEY_LENGTH];
  private long hi;
  private long lo;

  /** Creates a hash for one thread at a time. */
  public KeyHash() {
    try {
      sha256 = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
  }

  /**
   * Hashes an idempotency key; {@link #hi()} and {@link #lo()} then hold the result.
   *
   * @throws IllegalArgumentException when the key is empty, longer than {@link #MAX_KEY_LENGTH}
   *     bytes, or not valid UTF-16
   */
  public void key(String key) {
    int length = encode("idempotency key", key);
    if (length == 0) {
      throw new IllegalArgumentException("idempotency key must not be empty");
    }
    sha256.update(KEY_DOMAIN);
    sha256.update(text, 0, length);
    finish();
  }

  /**
   * Hashes a tag, a name and a value such as {@code order} and {@code 4711}; {@link #hi()} and
   * {@link #lo()} then hold the result.
   *
   * @throws IllegalArgumentException as for {@link #key}; only the value may be empty
   */
  public void tag(String name, String value) {
    int length = encode("tag name", name);
    if (length == 0) {
      throw new IllegalArgumentException("tag name must not be empty");
    }
    sha256.update(TAG_DOMAIN);
    putInt(0, length);
    sha256.update(numbers, 0, Integer.BYTES);
    sha256.update(text, 0, length);
    length = encodeTagValue(value);
    sha256.update(text, 0, length);
    finish();
  }

  /** Upper half of the last key or tag: its first 8 bytes. */
  public long hi() {
    return hi;
  }

  /** Lower half of the last key or tag: the 8 bytes after {@link #hi()}. */
  public long lo() {
    return lo;
  }

  /** Begins the payload hash of an event or of a group. */
  public void beginPayload() {
    sha256.reset();
    sha256.update(PAYLOAD_DOMAIN);
  }

  /** Adds an event to the payload hash. */
  public void addPayload(
      int type, int schemaVersion, int stream, byte[] payload, int offset, int length) {
    addHeader(type, schemaVersion, stream, length);
    sha256.update(payload, offset, length);
  }

  /** Adds an event to the payload hash; the payload is what remains of the buffer, and is read. */
  public void addPayload(int type, int schemaVersion, int stream, ByteBuffer payload) {
    addHeader(type, schemaVersion, stream, payload.remaining());
    sha256.update(payload);
  }

  /** The payload hash of everything added since {@link #beginPayload()}. */
  public long endPayload() {
    finish();
    return hi;
  }

  private void addHeader(int type, int schemaVersion, int stream, int length) {
    putInt(0, type);
    putInt(4, schemaVersion);
    putInt(8, stream);
    putInt(12, length);
    sha256.update(numbers);
  }

  private int encodeTagValue(String value) {
    try {
      return encode("tag value", value);
    } catch (IllegalArgumentException refused) {
      sha256.reset();
      throw refused;
    }
  }

  /** Writes UTF-8 into the text buffer, by hand so that nothing is allocated or replaced by '?'. */
  private int encode(String what, String value) {
    int at = 0;
    for (int i = 0; i < value.length(); ) {
      int point = value.codePointAt(i);
      int width = point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
      if (point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE) {
        throw new IllegalArgumentException(
            what + " has half a surrogate pair at index " + i + ": pass valid text");
      }
      if (at + width > MAX_KEY_LENGTH) {
        throw new IllegalArgumentException(
            what + " must be at most " + MAX_KEY_LENGTH + " bytes of UTF-8; pass a hash of it");
      }
      putPoint(at, point, width);
      at += width;
      i += Character.charCount(point);
    }
    return at;
  }

  private void putPoint(int at, int point, int width) {
    if (width == 1) {
      text[at] = (byte) point;
      return;
    }
    int rest = point;
    for (int i = at + width - 1; i > at; i--) {
      text[i] = (byte) (0x80 | (rest & 0x3F));
      rest >>>= 6;
    }
    text[at] = (byte) ((0xF00 >>> width) | rest);
  }

  private void finish() {
    try {
      sha256.digest(digest, 0, DIGEST_LENGTH);
    } catch (DigestException e) {
      throw new AssertionError("the buffer fits SHA-256", e);
    }
    hi = longAt(0);
    lo = longAt(Long.BYTES);
  }

  private long longAt(int offset) {
    long value = 0;
    for (int i = Long.BYTES - 1; i >= 0; i--) {
      value = (value << 8) | (digest[offset + i] & 0xFF);
    }
    return value;
  }

  private void putInt(int offset, int value) {
    for (int i = 0; i < Integer.BYTES; i++) {
      numbers[offset + i] = (byte) (value >>> (8 * i));
    }
  }

  private static byte[] domain(String name) {
    return (name + '\0').getBytes(StandardCharsets.UTF_8);
  }
}
