// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.parquet.compat;

import dev.ringfold.compat.AsyncBufferStats;

/**
 * What an {@link AsyncMetricsWriter} has done since its last start, at one moment.
 *
 * @param buffer the buffer's own counts
 * @param written items that became rows in the journal
 * @param refused items that cannot be rows, such as those with arrays
 * @param lagRows rows in the journal that the table does not have yet
 * @param state {@code stopped}, {@code running} or {@code failed}
 * @param problem the newest failure or refusal, or empty
 */
public record AsyncMetricsWriterStats(
    AsyncBufferStats buffer,
    long written,
    long refused,
    long lagRows,
    String state,
    String problem) {}
