// SPDX-License-Identifier: Apache-2.0
package dev.ringfold;

/** The sequence asked for is below the floor: retention has deleted its segment. */
public final class SegmentRetiredException extends RingfoldException {
  private static final long serialVersionUID = 1L;

  private final long floorSequence;

  /**
   * @param sequence the sequence asked for
   * @param floorSequence the oldest sequence the log still holds
   */
  public SegmentRetiredException(long sequence, long floorSequence) {
    super(
        "Sequence "
            + sequence
            + " is below the floor "
            + floorSequence
            + ": its segment was deleted by retention. Read from "
            + floorSequence
            + " on, or restore a backup that still holds it.");
    this.floorSequence = floorSequence;
  }

  /** The oldest sequence the log still holds. */
  public long floorSequence() {
    return floorSequence;
  }
}
