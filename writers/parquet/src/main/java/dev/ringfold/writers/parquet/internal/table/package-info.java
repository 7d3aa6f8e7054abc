// SPDX-License-Identifier: Apache-2.0
/**
 * A table as a directory of Parquet parts with commits, and the projections that fill it. Start
 * reading at {@link dev.ringfold.writers.parquet.internal.table.TableProjection}. For use inside
 * Ringfold only.
 */
@NullMarked
package dev.ringfold.writers.parquet.internal.table;

import org.jspecify.annotations.NullMarked;
