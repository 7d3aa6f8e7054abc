// SPDX-License-Identifier: Apache-2.0
/** Quantum states: what one is, and where it is kept. */
@NullMarked
package dev.ringfold.writers.checkpoint.quantum;

import org.jspecify.annotations.NullMarked;
