// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.playback;

/**
 * What a replay did.
 *
 * @param events events given out; for rows of metrics, rows
 * @param first first sequence that was looked at
 * @param last last sequence of the replay, as it was known at its begin
 * @param next where to go on: everything below was given out
 * @param stopped whether somebody stopped it before its end
 * @param segmentsRead segments of the journal that were read from
 */
public record ReplayReport(
    long events, long first, long last, long next, boolean stopped, long segmentsRead) {}
