// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.projections.index;

/**
 * Runs of sequences, ascending and with gaps between them. Stands at none at first.
 *
 * <pre>{@code
 * while (ranges.next()) {
 *   read(ranges.first(), ranges.last());
 * }
 * }</pre>
 *
 * <p>One thread.
 */
public final class SequenceRanges {
  private final RunSource source;
  private long first = -1;
  private long last = -1;
  private boolean waiting;
  private boolean ended;

  /** Gives runs in ascending order, which may touch. */
  interface RunSource {
    /** Moves to the next run; false at the end. */
    boolean advance();

    /** First sequence of the run. */
    long runFirst();

    /** Last sequence of the run. */
    long runLast();
  }

  SequenceRanges(RunSource source) {
    this.source = source;
  }

  /** Moves to the next run; false when there is none. */
  public boolean next() {
    if (ended || (!waiting && !source.advance())) {
      ended = true;
      return false;
    }
    first = source.runFirst();
    last = source.runLast();
    waiting = false;
    while (last < Long.MAX_VALUE && source.advance()) {
      if (source.runFirst() > last + 1) {
        waiting = true;
        return true;
      }
      last = source.runLast();
    }
    ended = true;
    return true;
  }

  /** First sequence of the current run. */
  public long first() {
    return first;
  }

  /** Last sequence of the current run; {@link Long#MAX_VALUE} for all that will ever come. */
  public long last() {
    return last;
  }
}
