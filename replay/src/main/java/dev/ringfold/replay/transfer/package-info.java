// SPDX-License-Identifier: Apache-2.0
/**
 * Metrics in and out of a store as CSV, JSON Lines and Parquet. Start with {@link
 * dev.ringfold.replay.transfer.RowExport} and {@link dev.ringfold.replay.transfer.ImportFile}. Must
 * not know the command line.
 */
@NullMarked
package dev.ringfold.replay.transfer;

import org.jspecify.annotations.NullMarked;
