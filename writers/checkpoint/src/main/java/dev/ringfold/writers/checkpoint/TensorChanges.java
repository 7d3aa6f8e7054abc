// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint;

import dev.ringfold.writers.checkpoint.internal.chunk.Manifest;
import dev.ringfold.writers.checkpoint.internal.chunk.StoredChunk;
import dev.ringfold.writers.checkpoint.internal.chunk.StoredTensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Which tensors of two checkpoints are not the same, found by the hashes of their chunks.
 *
 * @param same how many are
 * @param changed those that are in both with other elements, another shape or another type
 * @param onlyFirst names, with their group, of those that only the first one has
 * @param onlySecond names of those that only the second one has
 */
public record TensorChanges(
    int same, List<Changed> changed, List<String> onlyFirst, List<String> onlySecond) {
  /** Copies the lists. */
  public TensorChanges {
    changed = List.copyOf(changed);
    onlyFirst = List.copyOf(onlyFirst);
    onlySecond = List.copyOf(onlySecond);
  }

  /**
   * A tensor that is not the same.
   *
   * @param tensor its group and name
   * @param chunks how many chunks the first one has
   * @param changedChunks how many of them have other elements; all when they are cut differently
   * @param isReshaped whether shape or type differ
   */
  public record Changed(String tensor, int chunks, int changedChunks, boolean isReshaped) {}

  /** Whether everything is the same. */
  public boolean isEmpty() {
    return changed.isEmpty() && onlyFirst.isEmpty() && onlySecond.isEmpty();
  }

  static TensorChanges between(Manifest first, Manifest second) {
    TreeMap<String, StoredTensor> others = new TreeMap<>();
    second.tensors().forEach(tensor -> others.put(name(tensor), tensor));
    int same = 0;
    List<Changed> changed = new ArrayList<>();
    List<String> onlyFirst = new ArrayList<>();
    for (StoredTensor tensor : first.tensors()) {
      StoredTensor other = others.remove(name(tensor));
      if (other == null) {
        onlyFirst.add(name(tensor));
        continue;
      }
      Changed change = change(tensor, other);
      if (change == null) {
        same++;
      } else {
        changed.add(change);
      }
    }
    return new TensorChanges(same, changed, onlyFirst, new ArrayList<>(others.keySet()));
  }

  private static @Nullable Changed change(StoredTensor first, StoredTensor second) {
    boolean reshaped =
        first.dtype() != second.dtype() || !Arrays.equals(first.shape(), second.shape());
    int chunks = first.chunks().size();
    if (reshaped || !Arrays.equals(first.chunkShape(), second.chunkShape())) {
      // Cut differently, hashes tell nothing; equal elements would have been cut equally.
      return new Changed(name(first), chunks, chunks, reshaped);
    }
    int different = 0;
    for (int i = 0; i < chunks; i++) {
      StoredChunk mine = first.chunks().get(i);
      different += mine.rawSha256().equals(second.chunks().get(i).rawSha256()) ? 0 : 1;
    }
    return different == 0 ? null : new Changed(name(first), chunks, different, false);
  }

  private static String name(StoredTensor tensor) {
    return tensor.group() + "/" + tensor.name();
  }
}
