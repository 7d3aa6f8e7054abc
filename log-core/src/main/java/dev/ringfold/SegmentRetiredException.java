// SPDX-License-Identifier: Apache-2.0
package dev.ringfold;

import dev.ringfold.internal.journal.KnownBackups;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The sequence asked for is below the floor: retention has deleted its segment. When the store
 * knows of a backup that has it, the message names it.
 */
public final class SegmentRetiredException extends RingfoldException {
  private static final long serialVersionUID = 1L;

  private final long sequence;
  private final long floorSequence;
  private final @Nullable String backup;

  /**
   * @param sequence the sequence asked for
   * @param floorSequence the oldest sequence the log still holds
   */
  public SegmentRetiredException(long sequence, long floorSequence) {
    this(sequence, floorSequence, null);
  }

  /**
   * @param sequence the sequence asked for
   * @param floorSequence the oldest sequence the log still holds
   * @param backup path of a backup that has the sequence, or null when none is known
   */
  public SegmentRetiredException(long sequence, long floorSequence, @Nullable String backup) {
    this("", sequence, floorSequence, backup);
  }

  private SegmentRetiredException(
      String refused, long sequence, long floorSequence, @Nullable String backup) {
    super(
        refused
            + "Sequence "
            + sequence
            + " is below the floor "
            + floorSequence
            + ": its segment was deleted by retention. Read from "
            + floorSequence
            + " on, or restore "
            + (backup == null
                ? "a backup that still holds it; none is known to this store."
                : "the backup " + backup + ", which has it."));
    this.sequence = sequence;
    this.floorSequence = floorSequence;
    this.backup = backup;
  }

  /** The exception for a store, with the backup that it knows of. */
  public static SegmentRetiredException of(Path store, long sequence, long floorSequence) {
    return of(store, sequence, floorSequence, "");
  }

  /**
   * As {@link #of(Path, long, long)}, for something that is not done without the sequence.
   *
   * @param refused what is not done, and what else can be: whole sentences before the usual ones,
   *     with a space at the end
   */
  public static SegmentRetiredException of(
      Path store, long sequence, long floorSequence, String refused) {
    KnownBackups.Known known = KnownBackups.find(store, sequence);
    return new SegmentRetiredException(
        refused, sequence, floorSequence, known == null ? null : known.path());
  }

  /** The sequence asked for. */
  public long sequence() {
    return sequence;
  }

  /** The oldest sequence the log still holds. */
  public long floorSequence() {
    return floorSequence;
  }

  /** Path of a backup that has the sequence, as far as the store knows. */
  public Optional<String> backup() {
    return Optional.ofNullable(backup);
  }
}
