// SPDX-License-Identifier: Apache-2.0
/**
 * Checkpoints of models: saved without stopping the caller, stored once, read by everybody.
 *
 * <p>{@link dev.ringfold.writers.checkpoint.Checkpoints} is where to begin.
 */
@NullMarked
package dev.ringfold.writers.checkpoint;

import org.jspecify.annotations.NullMarked;
