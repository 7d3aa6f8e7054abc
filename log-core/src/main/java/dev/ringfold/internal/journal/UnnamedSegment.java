// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.internal.journal;

import dev.ringfold.StoreAccessException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Looks for the segment behind the newest one that the manifest names: the writer begins a segment
 * first and names it with its next force, so for a moment, and after its death for ever, frames
 * that were acknowledged stand where no manifest points. Nothing is taken that does not say itself
 * that it follows the frame read last. One thread.
 */
final class UnnamedSegment {
  /** A reader that waits at the live tail must not open the prepared segment all the time. */
  private static final long PAUSE_NANOS = 10_000_000;

  private static final int STORE_ID_LENGTH = 16;

  private final JournalSource source;
  private final byte[] storeId;
  private final byte[] found = new byte[STORE_ID_LENGTH];
  private @Nullable FrameReader reader;
  private long lookedFor = -1;
  private long lookedNanos;

  UnnamedSegment(JournalSource source) {
    this.source = source;
    this.storeId = source.manifest().storeIdBytes();
  }

  /**
   * The segment with this number, if it has been begun.
   *
   * @param before stands behind the last frame of the segment before; when it is not chained, only
   *     the sequence is known
   * @param nextSequence the sequence that it must begin with
   */
  @Nullable SegmentEntry find(long number, FrameReader before, long nextSequence) {
    long now = System.nanoTime();
    boolean again = lookedFor == number && now - lookedNanos < PAUSE_NANOS;
    if (again || number > SegmentFiles.MAX_SEGMENT) {
      return null;
    }
    lookedFor = number;
    lookedNanos = now;
    Path file = SegmentFiles.queueFile(source.store(), number);
    return Files.exists(file) ? read(file, number, before, nextSequence) : null;
  }

  private @Nullable SegmentEntry read(
      Path file, long number, FrameReader before, long nextSequence) {
    FrameReader start = reader == null ? FrameReader.create() : reader;
    reader = start; // Its buffer is used again; its file is closed after each look.
    try {
      start.reopen(file, Long.MAX_VALUE);
      start.expectAny();
      if (start.next() != FrameStatus.FRAME || !begins(start, number, before, nextSequence)) {
        return null;
      }
      return SegmentEntry.open(
          number, nextSequence, start.frameNumber(), start.previousCrc(), start.logTime());
    } catch (StoreAccessException e) {
      if (e.getCause() instanceof NoSuchFileException) {
        return null; // It was prepared and never begun.
      }
      throw e;
    } finally {
      start.close();
    }
  }

  private boolean begins(FrameReader start, long number, FrameReader before, long nextSequence) {
    if (start.kind() != FrameFormat.KIND_SEGMENT_START
        || start.bodyLength() < STORE_ID_LENGTH + Long.BYTES
        || start.firstSequence() != nextSequence) {
      return false;
    }
    start.buffer().get(start.bodyOffset(), found);
    return Arrays.equals(found, storeId)
        && start.buffer().getLong(start.bodyOffset() + STORE_ID_LENGTH) == number
        && (!before.chained()
            || (start.frameNumber() == before.lastFrameNumber() + 1
                && start.previousCrc() == before.lastCrc()));
  }
}
