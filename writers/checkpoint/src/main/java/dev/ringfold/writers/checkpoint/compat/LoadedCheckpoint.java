// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.compat;

import dev.ringfold.writers.checkpoint.tensor.Tensor;
import java.util.Map;

/**
 * What {@link CheckpointManager#load} gives.
 *
 * @param modelState the model's tensors by name
 * @param optimizerState the optimizer's tensors by name
 * @param metadata as it was saved; numbers are Long, BigInteger or Double
 */
public record LoadedCheckpoint(
    Map<String, Tensor> modelState,
    Map<String, Tensor> optimizerState,
    Map<String, Object> metadata) {}
