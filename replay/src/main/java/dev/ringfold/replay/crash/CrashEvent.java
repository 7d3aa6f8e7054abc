// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.crash;

import dev.ringfold.event.Event;
import dev.ringfold.event.EventCodec;
import dev.ringfold.event.EventType;
import dev.ringfold.event.PayloadReader;
import dev.ringfold.event.PayloadWriter;
import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * The event of the built-in workloads: says which item of which seed it is, and carries bytes that
 * follow from both, so that whoever reads it can tell whether it is right.
 *
 * <pre>
 * offset size payload
 *      0    8 seed
 *      8    8 n      number of the item
 *     16    4 kind   code of {@link Kind}
 *     20    8 index  place in its group, or version of its stream
 *     28    4 size   events in its group
 *     32    . body   byte array
 * </pre>
 */
public record CrashEvent(long seed, long n, Kind kind, long index, int size, byte[] body)
    implements Event {
  /** Its number in the journal. */
  public static final int TYPE_ID = 64_000;

  private static final int MAX_BODY_BYTES = 400;

  /** The type to register. */
  public static final EventType<CrashEvent> TYPE =
      EventType.builder(
              TYPE_ID,
              "ringfold.crash.CrashEvent",
              CrashEvent.class,
              EventCodec.of(CrashEvent::encode, CrashEvent::decode))
          .build();

  /** How an event was published. */
  public enum Kind {
    /** By itself. */
    SINGLE,
    /** In an atomic group. */
    GROUP,
    /** With an idempotency key: one event for each item, ever. */
    KEYED,
    /** With the version its stream had to have: {@code index}. */
    VERSIONED,
    /** Names a blob: {@code body} is its SHA-256. */
    BLOB
  }

  /** The event of an item. */
  public static CrashEvent of(long seed, long n, Kind kind, long index, int size) {
    return new CrashEvent(seed, n, kind, index, size, bodyOf(seed, n, index));
  }

  /** The bytes that belong to an item: 0 to 400 of them. */
  static byte[] bodyOf(long seed, long n, long index) {
    SplittableRandom random = new SplittableRandom(seed * 0x9E3779B97F4A7C15L + n * 31 + index);
    byte[] body = new byte[random.nextInt(MAX_BODY_BYTES + 1)];
    random.nextBytes(body);
    return body;
  }

  /** Whether the bytes are those that belong to the item. */
  boolean isGenuine() {
    return kind == Kind.BLOB || Arrays.equals(body, bodyOf(seed, n, index));
  }

  private void encode(PayloadWriter out) {
    out.putLong(seed);
    out.putLong(n);
    out.putString(kind.name());
    out.putLong(index);
    out.putInt(size);
    out.putBytes(body);
  }

  private static CrashEvent decode(PayloadReader in) {
    return new CrashEvent(
        in.readLong(),
        in.readLong(),
        Kind.valueOf(in.readString()),
        in.readLong(),
        in.readInt(),
        in.readBytes());
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof CrashEvent that
        && seed == that.seed
        && n == that.n
        && kind == that.kind
        && index == that.index
        && size == that.size
        && Arrays.equals(body, that.body);
  }

  @Override
  public int hashCode() {
    return Long.hashCode(seed * 31 + n) * 31 + Arrays.hashCode(body);
  }
}
