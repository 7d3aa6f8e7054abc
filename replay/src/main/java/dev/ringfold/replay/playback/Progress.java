// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.playback;

/**
 * How far a replay is.
 *
 * @param first first sequence of the replay
 * @param next everything below was looked at
 * @param last last sequence of the replay
 * @param events events given out so far
 */
public record Progress(long first, long next, long last, long events) {
  /** From 0 to 1. */
  public double fraction() {
    long all = last - first + 1;
    return all <= 0 ? 1 : Math.min(1, Math.max(0, (next - first) / (double) all));
  }

  /** Hears of it, in the thread of the replay. */
  @FunctionalInterface
  public interface Listener {
    /** Called some times a second. */
    void onProgress(Progress progress);
  }
}
