// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.internal.save;

import dev.ringfold.writers.checkpoint.internal.chunk.ChunkWriter;
import java.util.List;
import java.util.Objects;

/**
 * A checkpoint to be saved, checked.
 *
 * @param epoch as the caller counts
 * @param run it belongs to
 * @param label its name for people, or empty
 * @param metadata canonical JSON
 * @param tensors in ascending order of group and name
 */
public record SaveRequest(
    long epoch, String run, String label, String metadata, List<ChunkWriter.Request> tensors) {
  /** Checks what must be there. */
  public SaveRequest {
    Objects.requireNonNull(run, "run");
    Objects.requireNonNull(label, "label");
    Objects.requireNonNull(metadata, "metadata");
    tensors = List.copyOf(tensors);
  }

  /** The same with other tensors. */
  public SaveRequest with(List<ChunkWriter.Request> others) {
    return new SaveRequest(epoch, run, label, metadata, others);
  }
}
