// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.compat;

import java.time.Duration;
import java.util.List;

/**
 * How two checkpoints differ; names of tensors are {@code group/name}, sorted.
 *
 * @param timeBetween from the first to the second, negative when the second is older
 * @param rawBytes of the second's tensors, less those of the first's
 * @param storedBytes of the second's blobs, less those of the first's
 * @param unchanged tensors that are equal, to the bit
 * @param changed tensors with another type, shape or content
 * @param added tensors that only the second has
 * @param removed tensors that only the first has
 */
public record CheckpointComparison(
    Duration timeBetween,
    long rawBytes,
    long storedBytes,
    List<String> unchanged,
    List<String> changed,
    List<String> added,
    List<String> removed) {
  /** Copies the names. */
  public CheckpointComparison {
    unchanged = List.copyOf(unchanged);
    changed = List.copyOf(changed);
    added = List.copyOf(added);
    removed = List.copyOf(removed);
  }

  /** Whether all tensors are the same. */
  public boolean sameTensors() {
    return changed.isEmpty() && added.isEmpty() && removed.isEmpty();
  }
}
