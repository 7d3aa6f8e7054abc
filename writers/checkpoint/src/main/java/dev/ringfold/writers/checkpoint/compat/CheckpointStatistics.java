// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.compat;

import java.time.Instant;
import java.util.Optional;

/**
 * Counts of all checkpoints there are.
 *
 * @param count how many
 * @param pinned of these
 * @param labelled of these
 * @param rawBytes of their tensors
 * @param storedBytes of their blobs, counted for each checkpoint
 * @param newBytes of their blobs, each counted for the checkpoint that brought it
 * @param oldest when the oldest was saved
 * @param newest when the newest was saved
 */
public record CheckpointStatistics(
    int count,
    int pinned,
    int labelled,
    long rawBytes,
    long storedBytes,
    long newBytes,
    Optional<Instant> oldest,
    Optional<Instant> newest) {
  /**
   * 1 − stored / raw: what compression saved; what is stored once for several is not part of it.
   */
  public double compression() {
    return rawBytes == 0 ? 0 : 1 - (double) storedBytes / rawBytes;
  }
}
