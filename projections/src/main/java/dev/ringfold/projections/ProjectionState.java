// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.projections;

/** What a projection's worker is doing. */
public enum ProjectionState {
  /** It reads what was written before it began and has not come to the end yet. */
  CATCHING_UP,
  /** It has been at the journal's end and follows it. */
  RUNNING,
  /** Somebody told it to wait; also after a restart. */
  PAUSED,
  /** It gave up, the status says why; resume tries again. */
  FAILED,
  /** Its runtime is closed. */
  STOPPED
}
