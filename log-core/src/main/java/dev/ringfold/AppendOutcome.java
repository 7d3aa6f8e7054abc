// SPDX-License-Identifier: Apache-2.0
package dev.ringfold;

/**
 * What became of a REQUIRED append: stored, or one of the typed reasons why not. A closed family: a
 * caller that handles each of them has handled everything but the world failing, which completes
 * the future with a {@link RingfoldException}.
 */
public sealed interface AppendOutcome {
  /** Whether the events are in the log, now or from an earlier append with the same key. */
  default boolean isStored() {
    return this instanceof Appended || this instanceof Duplicate;
  }

  /**
   * The receipt of the stored events.
   *
   * @throws AppendRejectedException when they were not stored
   */
  default Receipt receipt() {
    if (this instanceof Appended appended) {
      return appended.receipt;
    }
    if (this instanceof Duplicate duplicate) {
      return duplicate.first;
    }
    throw new AppendRejectedException(this);
  }

  /** The events were stored. */
  record Appended(Receipt receipt) implements AppendOutcome {}

  /** The same key came before with the same payload: nothing new was stored. */
  record Duplicate(Receipt first) implements AppendOutcome {}

  /** The stream has another version than expected: somebody else appended to it. */
  record VersionConflict(int streamId, long expected, long actual) implements AppendOutcome {}

  /** An event of the named types with the named tag exists after the named sequence. */
  record ConditionConflict(int typeId, long sequence) implements AppendOutcome {}

  /** The condition reaches further back than the log remembers: read again, then retry. */
  record ConditionUnknown(long afterSequence, long floorSequence) implements AppendOutcome {}

  /** The same key was used before for another payload. */
  record KeyConflict(long sequence) implements AppendOutcome {}

  /** The key was used before, so long ago that its payload can no longer be compared. */
  record KeyWindowExpired(long sequence, long floorSequence) implements AppendOutcome {}
}
