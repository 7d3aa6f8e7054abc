// SPDX-License-Identifier: Apache-2.0
/**
 * Metric tables in Parquet: a logger for training loops, and the tables that DuckDB, pandas and
 * Spark read while it runs.
 */
@NullMarked
package dev.ringfold.writers.parquet;

import org.jspecify.annotations.NullMarked;
