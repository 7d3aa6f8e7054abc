// SPDX-License-Identifier: Apache-2.0
/**
 * The metrics classes of the seed system under their own names and with their own defaults, for
 * programs that are ported. New programs use {@link dev.ringfold.writers.parquet.MetricsLogger}.
 */
@NullMarked
package dev.ringfold.writers.parquet.compat;

import org.jspecify.annotations.NullMarked;
