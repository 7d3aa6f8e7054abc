// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.call;

import java.time.Duration;

/**
 * How large calls may be and how long to try. A value.
 *
 * @param maxRequestBytes longest request; a longer one is refused before anything is stored
 * @param maxResultBytes longest result; a longer one is not kept, its cost and job are
 * @param retries how often a call, or its look-up, is repeated after a failure
 * @param firstPause before the first repeat and the first question after a pending job; doubles
 * @param longestPause the longest pause
 * @param patience after this time nothing is repeated and a pending job not waited for any more
 * @param ackTimeout how long an event may take to the disk, and a close may wait for calls
 */
public record CallLimits(
    int maxRequestBytes,
    int maxResultBytes,
    int retries,
    Duration firstPause,
    Duration longestPause,
    Duration patience,
    Duration ackTimeout) {
  /** An event must fit a frame, with room for what else is in it. */
  public static final int MAX_BYTES = 900 << 10;

  /** Most repeats. */
  public static final int MAX_RETRIES = 1_000;

  /** 256 KiB out, 512 KiB back, five repeats from 200 ms to 10 s, ten minutes. */
  public static final CallLimits DEFAULTS =
      new CallLimits(
          256 << 10,
          512 << 10,
          5,
          Duration.ofMillis(200),
          Duration.ofSeconds(10),
          Duration.ofMinutes(10),
          Duration.ofSeconds(30));

  /** Checks the ranges. */
  public CallLimits {
    if (maxRequestBytes < 0
        || maxRequestBytes > MAX_BYTES
        || maxResultBytes < 0
        || maxResultBytes > MAX_BYTES) {
      throw new IllegalArgumentException(
          "requests and results may have 0 to "
              + MAX_BYTES
              + " bytes but the limits were "
              + maxRequestBytes
              + " and "
              + maxResultBytes);
    }
    if (retries < 0 || retries > MAX_RETRIES) {
      throw new IllegalArgumentException(
          "retries must be 0 to " + MAX_RETRIES + " but was " + retries);
    }
    if (firstPause.isNegative()
        || firstPause.isZero()
        || longestPause.compareTo(firstPause) < 0
        || patience.isNegative()
        || ackTimeout.isNegative()) {
      throw new IllegalArgumentException(
          "pauses must be positive and rising, times not negative, but were "
              + firstPause
              + ", "
              + longestPause
              + ", "
              + patience
              + ", "
              + ackTimeout);
    }
  }

  /** The same with other repeats. */
  public CallLimits retrying(int newRetries, Duration newFirstPause, Duration newLongestPause) {
    return new CallLimits(
        maxRequestBytes,
        maxResultBytes,
        newRetries,
        newFirstPause,
        newLongestPause,
        patience,
        ackTimeout);
  }

  /** The same with another patience. */
  public CallLimits patience(Duration newPatience) {
    return new CallLimits(
        maxRequestBytes,
        maxResultBytes,
        retries,
        firstPause,
        longestPause,
        newPatience,
        ackTimeout);
  }

  /** The same with other sizes. */
  public CallLimits bytes(int newMaxRequestBytes, int newMaxResultBytes) {
    return new CallLimits(
        newMaxRequestBytes,
        newMaxResultBytes,
        retries,
        firstPause,
        longestPause,
        patience,
        ackTimeout);
  }
}
