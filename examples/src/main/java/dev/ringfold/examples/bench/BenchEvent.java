// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.bench;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * One event of the benchmark: run, name, step, wall time and eight doubles, all a pure function of
 * {@code (seed, step)}. Mutable and reused; used by one thread.
 *
 * <p>Peers without interned names store these 101 bytes, little-endian:
 *
 * <pre>
 * offset size field
 *      0    1 length of run, 9
 *      1    9 run, ASCII
 *     10    1 length of name, 10
 *     11   10 name, ASCII
 *     21    8 step
 *     29    8 wall time, nanoseconds since 1970
 *     37   64 eight doubles
 * </pre>
 */
final class BenchEvent {
  static final int LENGTH = 101;
  static final int NAME_OFFSET = 10;
  static final int STEP_OFFSET = 21;
  static final int WALL_TIME_OFFSET = 29;
  static final int VALUES_OFFSET = 37;
  static final int VALUES = 8;

  /** Distinct runs and names; both are powers of two. */
  static final int RUNS = 4;

  static final int NAMES = 8;

  /** Consecutive events of one run. */
  private static final int RUN_SHIFT = 12;

  private static final int RUN_LENGTH = 9;
  private static final int NAME_LENGTH = 10;
  private static final long WALL_TIME_START_NANOS = 1_700_000_000_000_000_000L;
  private static final long WALL_TIME_STEP_NANOS = 5_000;
  private static final long GOLDEN = 0x9E37_79B9_7F4A_7C15L;
  private static final long DOUBLE_ONE_BITS = 0x3FF0_0000_0000_0000L;
  private static final long[] ODD = oddConstants(VALUES + 4);

  private static final byte[][] RUN_BYTES = prefixed("run-%05d", RUNS, RUN_LENGTH);
  private static final byte[][] NAME_BYTES = prefixed("layer-%04d", NAMES, NAME_LENGTH);
  private static final long[] RUN_HASHES = textHashes(RUN_BYTES);
  private static final long[] NAME_HASHES = textHashes(NAME_BYTES);

  /** Place of the run and the name in their tables; only set by {@link #fill}. */
  int run;

  int name;

  /** Hashes of the texts of run and name; readers set them from what they read. */
  long runHash;

  long nameHash;
  long step;
  long wallTimeNanos;
  final double[] values = new double[VALUES];

  /** Makes this the event number {@code i} of {@code seed}. */
  void fill(long seed, long i) {
    long z = (seed + i) * GOLDEN;
    z ^= z >>> 32;
    run = (int) (i >>> RUN_SHIFT) & (RUNS - 1);
    name = (int) i & (NAMES - 1);
    runHash = RUN_HASHES[run];
    nameHash = NAME_HASHES[name];
    step = i;
    wallTimeNanos = WALL_TIME_START_NANOS + i * WALL_TIME_STEP_NANOS + (z & 1023);
    for (int k = 0; k < VALUES; k++) {
      values[k] = Double.longBitsToDouble(DOUBLE_ONE_BITS | ((z * ODD[k]) >>> 12)) - 1.0;
    }
  }

  /** A hash of every field; a change of any one field changes it. */
  long hash() {
    long hash = runHash + nameHash * ODD[VALUES] + step * ODD[VALUES + 1];
    hash += wallTimeNanos * ODD[VALUES + 2];
    for (int k = 0; k < VALUES; k++) {
      hash += Double.doubleToRawLongBits(values[k]) * ODD[k];
    }
    return hash;
  }

  /** Writes the 101 bytes at {@code offset} of a little-endian buffer. */
  void encode(ByteBuffer buffer, int offset) {
    buffer.put(offset, RUN_BYTES[run]);
    buffer.put(offset + NAME_OFFSET, NAME_BYTES[name]);
    buffer.putLong(offset + STEP_OFFSET, step);
    buffer.putLong(offset + WALL_TIME_OFFSET, wallTimeNanos);
    for (int k = 0; k < VALUES; k++) {
      buffer.putDouble(offset + VALUES_OFFSET + k * Double.BYTES, values[k]);
    }
  }

  /** Reads the 101 bytes at {@code offset} of a little-endian buffer. */
  void decode(ByteBuffer buffer, int offset) {
    runHash = runHash(buffer.get(offset), buffer.getLong(offset + 1), buffer.get(offset + 9));
    int at = offset + NAME_OFFSET;
    nameHash = nameHash(buffer.get(at), buffer.getLong(at + 1), buffer.getShort(at + 9));
    step = buffer.getLong(offset + STEP_OFFSET);
    wallTimeNanos = buffer.getLong(offset + WALL_TIME_OFFSET);
    for (int k = 0; k < VALUES; k++) {
      values[k] = buffer.getDouble(offset + VALUES_OFFSET + k * Double.BYTES);
    }
  }

  /** Hash of a run's text from its length, first eight characters and last one. */
  static long runHash(byte length, long first, byte last) {
    return textHash(length, first, last);
  }

  /** Hash of a name's text from its length, first eight characters and last two. */
  static long nameHash(byte length, long first, short last) {
    return textHash(length, first, last);
  }

  /** Text of run number {@code run}. */
  static String runText(int run) {
    return text(RUN_BYTES[run]);
  }

  /** Text of name number {@code name}. */
  static String nameText(int name) {
    return text(NAME_BYTES[name]);
  }

  /** Hash of the text of run number {@code run}, for readers that resolve an interned name. */
  static long runHashOf(int run) {
    return RUN_HASHES[run];
  }

  /** Hash of the text of name number {@code name}, for readers that resolve an interned name. */
  static long nameHashOf(int name) {
    return NAME_HASHES[name];
  }

  /** Length byte and text of run number {@code run}; not to be changed. */
  static byte[] runBytes(int run) {
    return RUN_BYTES[run];
  }

  /** Length byte and text of name number {@code name}; not to be changed. */
  static byte[] nameBytes(int name) {
    return NAME_BYTES[name];
  }

  private static long textHash(byte length, long first, long last) {
    return first * GOLDEN + last * ODD[VALUES + 3] + length;
  }

  private static String text(byte[] prefixed) {
    return new String(prefixed, 1, prefixed.length - 1, StandardCharsets.US_ASCII);
  }

  private static byte[][] prefixed(String format, int count, int length) {
    byte[][] all = new byte[count][];
    for (int i = 0; i < count; i++) {
      byte[] text = String.format(Locale.ROOT, format, i).getBytes(StandardCharsets.US_ASCII);
      if (text.length != length) {
        throw new AssertionError("text must be " + length + " bytes but was " + text.length);
      }
      all[i] = ByteBuffer.allocate(length + 1).put((byte) length).put(text).array();
    }
    return all;
  }

  private static long[] textHashes(byte[][] prefixed) {
    long[] hashes = new long[prefixed.length];
    for (int i = 0; i < hashes.length; i++) {
      ByteBuffer text = ByteBuffer.wrap(prefixed[i]).order(ByteOrder.LITTLE_ENDIAN);
      long last = text.limit() == NAME_LENGTH + 1 ? text.getShort(9) : text.get(9);
      hashes[i] = textHash(text.get(0), text.getLong(1), last);
    }
    return hashes;
  }

  private static long[] oddConstants(int count) {
    long[] odd = new long[count];
    long z = GOLDEN;
    for (int i = 0; i < count; i++) {
      z = (z ^ (z >>> 29)) * 0xBF58_476D_1CE4_E5B9L;
      odd[i] = z | 1;
    }
    return odd;
  }
}
