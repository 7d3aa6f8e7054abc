// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.internal.journal;

import dev.ringfold.CorruptJournalException;
import dev.ringfold.RingfoldException;
import dev.ringfold.SegmentRetiredException;
import java.nio.file.Path;

/**
 * The errors of a reader: what is damaged or missing, and what to do. Stateless but for the path.
 */
final class JournalDamage {
  private final Path store;

  JournalDamage(Path store) {
    this.store = store;
  }

  /** What to do about damage. */
  String remedy() {
    return "Run `ringfold verify "
        + store
        + "` to see all that is damaged; restore the segment from a backup, or open the store for"
        + " writing if its last writer died";
  }

  /** A sequence is in no segment: deleted by retention, or lost. */
  RingfoldException lost(Manifest manifest, SegmentEntry next, long sequence) {
    if (manifest.retired(sequence)) {
      return SegmentRetiredException.of(store, sequence, manifest.floorSequence());
    }
    return new CorruptJournalException(
        SegmentFiles.folder(store, next.number()),
        -1,
        sequence,
        "the manifest has no segment for sequences "
            + sequence
            + " to "
            + (next.firstSequence() - 1),
        remedy());
  }

  /** A segment file that must be there is not. */
  CorruptJournalException missing(Path file, long firstSequence, RuntimeException cause) {
    return new CorruptJournalException(
        file, -1, firstSequence, "the segment file is missing", remedy(), cause);
  }

  /** A reader stopped where a frame must be. */
  CorruptJournalException corrupt(
      FrameReader reader, FrameStatus status, long firstBadSequence, String expectation) {
    boolean damaged = status == FrameStatus.DAMAGED;
    String found =
        damaged
            ? reader.problem()
            : status == FrameStatus.END
                ? "nothing is written here"
                : "the document is not complete";
    return new CorruptJournalException(
        reader.file(),
        damaged ? reader.problemOffset() : reader.offset(),
        firstBadSequence,
        found + "; " + expectation,
        remedy());
  }

  /** An intact frame holds events that do not fit it. */
  CorruptJournalException malformed(FrameReader reader, long firstBadSequence, String problem) {
    return new CorruptJournalException(
        reader.file(), reader.offset(), firstBadSequence, problem, remedy());
  }

  /** An intact dictionary frame that contradicts itself or the ones before. */
  CorruptJournalException dictionary(
      FrameReader reader, long firstBadSequence, IllegalStateException cause) {
    return new CorruptJournalException(
        reader.file(),
        reader.offset(),
        firstBadSequence,
        String.valueOf(cause.getMessage()),
        remedy(),
        cause);
  }
}
