// SPDX-License-Identifier: Apache-2.0
/**
 * A real training job to log metrics from: handwritten digits, a small network, stochastic gradient
 * descent. Plain Java; the same seed gives the same bits on every machine. Start with {@link
 * dev.ringfold.examples.training.TrainingRun}.
 */
@NullMarked
package dev.ringfold.examples.training;

import org.jspecify.annotations.NullMarked;
