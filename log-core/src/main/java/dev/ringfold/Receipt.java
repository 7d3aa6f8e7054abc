// SPDX-License-Identifier: Apache-2.0
package dev.ringfold;

/**
 * Proof that events were stored: their place in the log and how far they had come when the caller
 * was told.
 *
 * @param firstSequence sequence of the first event; the others follow without a gap
 * @param count how many events
 * @param logTimeNanos log time of their frame, nanoseconds since 1970
 * @param level the level that was reached; events acknowledged at {@link AckLevel#RING} have no
 *     sequence yet, theirs is -1
 */
public record Receipt(long firstSequence, int count, long logTimeNanos, AckLevel level) {
  /** Sequence of the last event. */
  public long lastSequence() {
    return firstSequence < 0 ? -1 : firstSequence + count - 1;
  }
}
