// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint;

import dev.ringfold.RingfoldException;

/**
 * As many saves as are allowed are on their way to the disk, and none came there in time. Nothing
 * was captured.
 */
public final class CheckpointBacklogException extends RingfoldException {
  private static final long serialVersionUID = 1L;

  /** The message says how many saves there are and how long was waited. */
  public CheckpointBacklogException(String message) {
    super(message);
  }
}
