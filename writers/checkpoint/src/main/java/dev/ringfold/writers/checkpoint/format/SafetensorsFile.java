// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.format;

import dev.ringfold.writers.checkpoint.tensor.Tensor;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What is in a safetensors file. Unmodifiable.
 *
 * @param tensors by name, in the order they have in the file
 * @param metadata texts about them
 */
public record SafetensorsFile(Map<String, Tensor> tensors, Map<String, String> metadata) {
  /** Copies both maps. */
  public SafetensorsFile {
    tensors = Collections.unmodifiableMap(new LinkedHashMap<>(tensors));
    metadata = Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
  }
}
