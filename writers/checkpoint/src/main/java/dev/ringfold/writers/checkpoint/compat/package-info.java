// SPDX-License-Identifier: Apache-2.0
/**
 * What code of the Quantum Memory and of Q-Store expects, under the names it expects, over logs:
 * nothing here stores what {@link dev.ringfold.writers.checkpoint.Checkpoints} and {@link
 * dev.ringfold.writers.checkpoint.quantum.QuantumStore} do not store. New code uses those.
 */
@NullMarked
package dev.ringfold.writers.checkpoint.compat;

import org.jspecify.annotations.NullMarked;
