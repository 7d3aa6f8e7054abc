// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.parquet.internal.table;

import dev.ringfold.writers.parquet.internal.part.Column;

/**
 * A column of a table and the metric it holds.
 *
 * @param column as in the parts
 * @param metric name the metric was logged under; empty for a column that every table has
 */
public record TableColumn(Column column, String metric) {}
