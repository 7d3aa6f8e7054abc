// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.bench.checkpoints;

import dev.ringfold.writers.checkpoint.tensor.Tensor;
import java.io.Closeable;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * Somebody who saves a model's tensors into a directory and loads them again. First all saves, then
 * all loads. Used by one thread.
 */
public interface CheckpointPeer extends Closeable {
  /**
   * Begins to save; the arrays stay as they are until the future is done.
   *
   * @return done when every byte is forced to the disk; how many bytes are stored
   */
  CompletableFuture<Long> save(int epoch, Weights weights);

  /** Ends all writing and gets ready to load what is on the disk, as another process would. */
  void reopen() throws IOException;

  /** Loads the tensors of an epoch into memory of their own. */
  Map<String, Tensor> load(int epoch) throws IOException;
}
