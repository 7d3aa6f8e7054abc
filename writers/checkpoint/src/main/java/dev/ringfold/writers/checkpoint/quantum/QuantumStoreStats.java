// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.quantum;

/**
 * Counts of a {@link QuantumStore} at one moment.
 *
 * @param states different ids
 * @param versions all that are not removed, superseded ones included
 * @param rawBytes of their vectors and arrays
 * @param storedBytes that their blobs say; blobs that several share count for each
 * @param waiting states that are not saved yet
 * @param waitingBytes of their arrays
 * @param saved states saved since it was opened
 * @param failed states that could not be saved since it was opened
 * @param lastFailure message of the newest failure, empty without one
 * @param cachedStates in memory
 * @param cachedBytes of these
 * @param cacheMaxBytes the most
 * @param cacheHits loads that needed no file
 * @param cacheMisses loads that did
 * @param cacheEvictions states that had to make room
 */
public record QuantumStoreStats(
    int states,
    int versions,
    long rawBytes,
    long storedBytes,
    int waiting,
    long waitingBytes,
    long saved,
    long failed,
    String lastFailure,
    int cachedStates,
    long cachedBytes,
    long cacheMaxBytes,
    long cacheHits,
    long cacheMisses,
    long cacheEvictions) {
  /** Hits among all loads, 0 without any. */
  public double cacheHitRate() {
    long loads = cacheHits + cacheMisses;
    return loads == 0 ? 0 : (double) cacheHits / loads;
  }

  /** 1 − stored / raw. */
  public double compression() {
    return rawBytes == 0 ? 0 : 1 - (double) storedBytes / rawBytes;
  }
}
