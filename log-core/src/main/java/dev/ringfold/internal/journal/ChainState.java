// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.internal.journal;

/**
 * A place in the chain of frames: what the frame that follows must refer to.
 *
 * @param frameNumber number of the last frame, -1 before the first
 * @param crc CRC of the last frame, 0 before the first
 * @param nextSequence sequence of the next event
 * @param logTimeNanos log time of the last frame, {@code Long.MIN_VALUE} when not known
 */
public record ChainState(long frameNumber, int crc, long nextSequence, long logTimeNanos) {
  /** In front of the first frame of a store. */
  public static final ChainState START = new ChainState(-1, 0, 0, Long.MIN_VALUE);
}
