// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.projections;

/**
 * How far a projection has come, and in which history.
 *
 * @param sequence last event consumed, -1 for none
 * @param frameCrc CRC32C of the frame that holds it, 0 for none: an output of events that the
 *     journal lost with the power stands at a sequence whose frame is now another one, and is
 *     rolled back
 */
public record Position(long sequence, int frameCrc) {
  /** Before the first event. */
  public static final Position START = new Position(-1, 0);

  /** Checks the sequence. */
  public Position {
    if (sequence < -1) {
      throw new IllegalArgumentException("sequence must be >= -1 but was " + sequence);
    }
  }
}
