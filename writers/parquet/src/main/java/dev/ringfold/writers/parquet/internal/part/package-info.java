// SPDX-License-Identifier: Apache-2.0
/**
 * One Parquet file: rows are collected in a {@link
 * dev.ringfold.writers.parquet.internal.part.ColumnBatch}, written by {@link
 * dev.ringfold.writers.parquet.internal.part.PartWriter} and read back, checked, by {@link
 * dev.ringfold.writers.parquet.internal.part.PartReader}. Knows Parquet; knows nothing of tables,
 * commits and projections.
 */
@NullMarked
package dev.ringfold.writers.parquet.internal.part;

import org.jspecify.annotations.NullMarked;
