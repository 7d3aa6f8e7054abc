// SPDX-License-Identifier: Apache-2.0
/**
 * What folds the journal into other forms. Must not know Chronicle, Disruptor, Hadoop or Parquet.
 */
@NullMarked
package dev.ringfold.projections;

import org.jspecify.annotations.NullMarked;
