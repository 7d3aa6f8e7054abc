// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.blob;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * The name of a blob: the SHA-256 of its bytes. Two blobs with one id hold the same bytes.
 * Immutable; ordered by its bytes as unsigned numbers, which is also the order of its hex text.
 */
public final class BlobId implements Comparable<BlobId> {
  /** Bytes of an id. */
  public static final int LENGTH = 32;

  /** Characters of an id as hex text. */
  public static final int HEX_LENGTH = 2 * LENGTH;

  private static final HexFormat HEX = HexFormat.of();

  private final long first;
  private final long second;
  private final long third;
  private final long fourth;

  private BlobId(ByteBuffer bigEndian) {
    first = bigEndian.getLong();
    second = bigEndian.getLong();
    third = bigEndian.getLong();
    fourth = bigEndian.getLong();
  }

  /**
   * The id with these 32 bytes.
   *
   * @throws IllegalArgumentException when there are not exactly 32
   */
  public static BlobId of(byte[] hash) {
    if (hash.length != LENGTH) {
      throw new IllegalArgumentException(
          "A blob id has " + LENGTH + " bytes (SHA-256) but these are " + hash.length);
    }
    return new BlobId(ByteBuffer.wrap(hash));
  }

  /**
   * The id written as 64 lower-case hex digits.
   *
   * @throws IllegalArgumentException when the text is anything else
   */
  public static BlobId parse(String hex) {
    BlobId id = parseOrNull(hex);
    if (id == null) {
      throw new IllegalArgumentException(
          "A blob id is " + HEX_LENGTH + " lower-case hex digits but this is '" + hex + "'");
    }
    return id;
  }

  /** As {@link #parse}, for names of files that may be anything. */
  static @Nullable BlobId parseOrNull(String hex) {
    if (hex.length() != HEX_LENGTH) {
      return null;
    }
    for (int i = 0; i < HEX_LENGTH; i++) {
      char c = hex.charAt(i);
      if (!(c >= '0' && c <= '9') && !(c >= 'a' && c <= 'f')) {
        return null;
      }
    }
    return of(HEX.parseHex(hex));
  }

  /** Reads 32 bytes at the buffer's position and moves it. */
  public static BlobId readFrom(ByteBuffer source) {
    byte[] hash = new byte[LENGTH];
    source.get(hash);
    return of(hash);
  }

  /** Writes 32 bytes at the buffer's position and moves it; the buffer's byte order is kept. */
  public void writeTo(ByteBuffer target) {
    ByteOrder order = target.order();
    target.order(ByteOrder.BIG_ENDIAN);
    target.putLong(first).putLong(second).putLong(third).putLong(fourth);
    target.order(order);
  }

  /** The 32 bytes, a fresh copy. */
  public byte[] bytes() {
    byte[] hash = new byte[LENGTH];
    writeTo(ByteBuffer.wrap(hash));
    return hash;
  }

  /** 64 lower-case hex digits. */
  public String hex() {
    return HEX.formatHex(bytes());
  }

  @Override
  public int compareTo(BlobId other) {
    int order = Long.compareUnsigned(first, other.first);
    if (order == 0) {
      order = Long.compareUnsigned(second, other.second);
    }
    if (order == 0) {
      order = Long.compareUnsigned(third, other.third);
    }
    return order == 0 ? Long.compareUnsigned(fourth, other.fourth) : order;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof BlobId id
        && first == id.first
        && second == id.second
        && third == id.third
        && fourth == id.fourth;
  }

  /** The hash is uniform already, so one word of it will do. */
  @Override
  public int hashCode() {
    return Long.hashCode(first);
  }

  /** The same as {@link #hex}. */
  @Override
  public String toString() {
    return hex();
  }
}
