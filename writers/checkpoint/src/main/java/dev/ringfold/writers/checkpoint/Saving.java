// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * A save on its way, in two stages. Thread-safe.
 *
 * @param captured done as soon as the caller may change its arrays, which is when {@code save}
 *     returns
 * @param committed done when every byte is on the disk and the log says so; fails with a {@link
 *     CheckpointFailedException}. Its dependents run in the thread that saves, so they must not
 *     wait for another save
 */
public record Saving(
    CompletableFuture<Void> captured, CompletableFuture<CheckpointSummary> committed) {
  /**
   * Waits until the checkpoint is committed.
   *
   * @throws CheckpointFailedException when it could not be saved
   */
  public CheckpointSummary await() {
    try {
      return committed.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof CheckpointFailedException failed) {
        throw failed;
      }
      throw e;
    }
  }
}
