// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint;

/**
 * How saving is going.
 *
 * @param state in one word
 * @param pending saves captured and not committed yet
 * @param committed saves committed since the store was opened
 * @param failed saves that failed since then
 * @param lastFailure why the newest of them failed, or empty
 * @param collectionProblem why space of given up checkpoints is not freed at present, or empty
 */
public record CheckpointHealth(
    State state,
    int pending,
    long committed,
    long failed,
    String lastFailure,
    String collectionProblem) {
  /** One word about it. */
  public enum State {
    /** The newest save was committed, or there was none. */
    GOOD,
    /** The newest save failed; the next one may come off. */
    FAILED,
    /** Nothing is saved any more. */
    CLOSED
  }
}
