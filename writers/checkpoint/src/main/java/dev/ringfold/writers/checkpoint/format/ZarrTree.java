// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.format;

import dev.ringfold.writers.checkpoint.tensor.Tensor;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What is in a Zarr tree. Unmodifiable.
 *
 * @param tensors by name, sorted; groups are in the name, divided by slashes
 * @param attributes of the root: JSON as maps, lists, texts, numbers, booleans
 */
public record ZarrTree(Map<String, Tensor> tensors, Map<String, Object> attributes) {
  /** Copies both maps. */
  public ZarrTree {
    tensors = Collections.unmodifiableMap(new LinkedHashMap<>(tensors));
    attributes = Collections.unmodifiableMap(new LinkedHashMap<>(attributes));
  }
}
