// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.internal.keys;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * How many events each stream holds. Used by one thread (the journal thread); no operation
 * allocates, except when a higher stream id than ever before comes.
 *
 * <p>Saved as pairs of stream id i32 and version i64, little-endian as the buffer is, for every
 * stream that has events, in ascending order of id.
 */
public final class StreamVersions {
  /** Streams a store can have; ids are 0 to this minus one. */
  public static final int MAX_STREAMS = 65_536;

  /** Bytes of one saved pair. */
  public static final int PAIR_LENGTH = Integer.BYTES + Long.BYTES;

  private static final int INITIAL_STREAMS = 64;

  private long[] versions = new long[INITIAL_STREAMS];
  private int count;

  /**
   * Adds one event to a stream and returns its new version.
   *
   * @throws IllegalArgumentException when the id is out of range
   */
  public long increment(int stream) {
    if (stream < 0 || stream >= versions.length) {
      grow(stream);
    }
    if (versions[stream] == 0) {
      count++;
    }
    return ++versions[stream];
  }

  /** Events in a stream; 0 when it has none. */
  public long version(int stream) {
    return stream >= 0 && stream < versions.length ? versions[stream] : 0;
  }

  /** Streams that have events. */
  public int count() {
    return count;
  }

  /** Bytes that {@link #save} writes now. */
  public int savedLength() {
    return count * PAIR_LENGTH;
  }

  /**
   * Writes all pairs at the buffer's position and returns how many.
   *
   * @throws java.nio.BufferOverflowException when fewer than {@link #savedLength()} bytes remain
   */
  public int save(ByteBuffer target) {
    for (int stream = 0; stream < versions.length; stream++) {
      if (versions[stream] != 0) {
        target.putInt(stream).putLong(versions[stream]);
      }
    }
    return count;
  }

  /**
   * Replaces everything by saved pairs.
   *
   * @param source positioned at the first pair
   * @param pairs how many to read
   * @throws IllegalArgumentException when a pair cannot have been saved; nothing is changed then
   */
  public void restore(ByteBuffer source, int pairs) {
    if (pairs < 0 || (long) pairs * PAIR_LENGTH > source.remaining()) {
      throw new IllegalArgumentException(
          pairs + " stream versions do not fit " + source.remaining() + " bytes");
    }
    StreamVersions read = new StreamVersions();
    for (int i = 0; i < pairs; i++) {
      int stream = source.getInt();
      long version = source.getLong();
      read.restoreOne(stream, version);
    }
    versions = read.versions;
    count = read.count;
  }

  private void restoreOne(int stream, long version) {
    if (version < 1 || version(stream) != 0) {
      throw new IllegalArgumentException(
          "stream " + stream + ": version " + version + " was not written by this log");
    }
    increment(stream);
    versions[stream] = version;
  }

  private void grow(int stream) {
    if (stream < 0 || stream >= MAX_STREAMS) {
      throw new IllegalArgumentException(
          "stream id must be 0 to " + (MAX_STREAMS - 1) + " but was " + stream);
    }
    int length = Math.max(2 * versions.length, Integer.highestOneBit(stream) * 2);
    versions = Arrays.copyOf(versions, Math.min(length, MAX_STREAMS));
  }
}
