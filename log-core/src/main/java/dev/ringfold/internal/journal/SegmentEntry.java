// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.internal.journal;

import org.jspecify.annotations.Nullable;

/**
 * What the manifest knows about one segment. Facts that are not known yet are {@link #UNKNOWN}; a
 * sealed segment has all of them, except that its hash may follow later.
 *
 * @param number the segment's number; its folder's name
 * @param sealed whether it will never change again
 * @param firstSequence sequence of its first event, or the next sequence when it has no event
 * @param lastSequence sequence of its last event; below {@code firstSequence} when it has none
 * @param frames frames in the chain it holds (prepared frames are not counted)
 * @param length bytes of the queue file up to the end of its last frame
 * @param firstFrame frame number of its first frame
 * @param previousCrc CRC of the last frame of the segment before it
 * @param lastCrc CRC of its last frame; 0 while unknown
 * @param beginNanos log time when it was begun, not above that of its first frame and not below
 *     that of the segment before; nanoseconds since 1970
 * @param endNanos log time of its last frame, nanoseconds since 1970
 * @param sha256 hash of the first {@code length} bytes of the queue file in lower-case hex
 * @param cut whether it ends, for this store, before its file does: the file is shared with the
 *     store that this one was forked from, may be longer and may even grow. Events of its last
 *     frame above {@code lastSequence} are not there. Nobody here may change the file
 */
public record SegmentEntry(
    long number,
    boolean sealed,
    long firstSequence,
    long lastSequence,
    long frames,
    long length,
    long firstFrame,
    int previousCrc,
    int lastCrc,
    long beginNanos,
    long endNanos,
    @Nullable String sha256,
    boolean cut) {

  /** Stands for a number that is not known while the segment is open. */
  public static final long UNKNOWN = Long.MIN_VALUE;

  /** Checks ranges and that a sealed entry is complete. */
  public SegmentEntry {
    require(number >= 0 && number <= SegmentFiles.MAX_SEGMENT, "segment number", number);
    require(firstSequence >= 0, "first", firstSequence);
    require(lastSequence == UNKNOWN || lastSequence >= firstSequence - 1, "last", lastSequence);
    require(frames == UNKNOWN || frames >= 0, "frames", frames);
    require(length == UNKNOWN || length >= 0, "length", length);
    require(firstFrame >= 0, "firstFrame", firstFrame);
    require(beginNanos != UNKNOWN, "begin", beginNanos);
    require(endNanos == UNKNOWN || endNanos >= beginNanos, "end", endNanos);
    if (sealed) {
      require(lastSequence != UNKNOWN, "last of a sealed segment", lastSequence);
      require(frames != UNKNOWN, "frames of a sealed segment", frames);
      require(length != UNKNOWN, "length of a sealed segment", length);
      require(endNanos != UNKNOWN, "end of a sealed segment", endNanos);
    }
    if (sha256 != null && !sha256.matches("[0-9a-f]{64}")) {
      throw new IllegalArgumentException("sha256 must be 64 hex digits but was " + sha256);
    }
    if (cut && (!sealed || sha256 != null)) {
      throw new IllegalArgumentException("a cut segment must be sealed and have no sha256");
    }
  }

  /** A segment that is not cut. */
  public SegmentEntry(
      long number,
      boolean sealed,
      long firstSequence,
      long lastSequence,
      long frames,
      long length,
      long firstFrame,
      int previousCrc,
      int lastCrc,
      long beginNanos,
      long endNanos,
      @Nullable String sha256) {
    this(
        number,
        sealed,
        firstSequence,
        lastSequence,
        frames,
        length,
        firstFrame,
        previousCrc,
        lastCrc,
        beginNanos,
        endNanos,
        sha256,
        false);
  }

  /** A segment that was just begun. */
  public static SegmentEntry open(
      long number, long firstSequence, long firstFrame, int previousCrc, long beginNanos) {
    return new SegmentEntry(
        number,
        false,
        firstSequence,
        UNKNOWN,
        UNKNOWN,
        UNKNOWN,
        firstFrame,
        previousCrc,
        0,
        beginNanos,
        UNKNOWN,
        null);
  }

  /** This segment, sealed with these facts. */
  public SegmentEntry seal(
      long lastSequence,
      long frames,
      long length,
      int lastCrc,
      long endNanos,
      @Nullable String sha256) {
    return new SegmentEntry(
        number,
        true,
        firstSequence,
        lastSequence,
        frames,
        length,
        firstFrame,
        previousCrc,
        lastCrc,
        beginNanos,
        endNanos,
        sha256);
  }

  /**
   * This segment as a fork has it: it ends with a frame of its file that holds {@code
   * lastSequence}, or with a later one that holds no event.
   *
   * @param end the chain behind that frame, whole
   * @param newLength end of that frame in the file
   */
  public SegmentEntry cutAt(long newLastSequence, ChainState end, long newLength) {
    return new SegmentEntry(
        number,
        true,
        firstSequence,
        newLastSequence,
        end.frameNumber() - firstFrame + 1,
        newLength,
        firstFrame,
        previousCrc,
        end.crc(),
        beginNanos,
        end.logTimeNanos(),
        null,
        true);
  }

  /** This segment with the hash of its queue file. */
  public SegmentEntry withSha256(String hash) {
    return new SegmentEntry(
        number,
        sealed,
        firstSequence,
        lastSequence,
        frames,
        length,
        firstFrame,
        previousCrc,
        lastCrc,
        beginNanos,
        endNanos,
        hash,
        cut);
  }

  /** Whether it is known to hold at least one event. */
  public boolean hasEvents() {
    return lastSequence != UNKNOWN && lastSequence >= firstSequence;
  }

  /** Last sequence that a reader of the file may show; the highest number unless it is cut. */
  public long lastShown() {
    return cut ? lastSequence : Long.MAX_VALUE;
  }

  /** File offset that nothing is read at or behind; the highest number while it is open. */
  public long readLimit() {
    return sealed ? length : Long.MAX_VALUE;
  }

  /** The chain in front of this segment's first frame. */
  public ChainState before() {
    return new ChainState(firstFrame - 1, previousCrc, firstSequence, Long.MIN_VALUE);
  }

  /** The chain after this segment's last frame; only for a sealed segment. */
  public ChainState after() {
    if (!sealed) {
      throw new IllegalStateException("segment " + number + " is not sealed");
    }
    return new ChainState(firstFrame + frames - 1, lastCrc, lastSequence + 1, endNanos);
  }

  private static void require(boolean condition, String field, long value) {
    if (!condition) {
      throw new IllegalArgumentException(
          field + " is out of range: " + (value == UNKNOWN ? "unknown" : value));
    }
  }
}
