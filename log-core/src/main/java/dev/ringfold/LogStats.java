// SPDX-License-Identifier: Apache-2.0
package dev.ringfold;

import org.HdrHistogram.Histogram;

/**
 * Counters of an open log since it was opened, at one moment.
 *
 * @param session number of this open
 * @param events events in the journal, the log's own included
 * @param frames frames they were written in
 * @param frameBytes bytes of those frames
 * @param lastSequence newest sequence in the journal, -1 when there is none
 * @param durableSequence newest sequence on disk, -1 when there is none
 * @param ringBacklog records that wait in the ring
 * @param ringSlots slots of the ring
 * @param outstandingAcks REQUIRED appends that wait for their acknowledgement
 * @param segments segments of the journal
 * @param health what the log accepts
 */
public record LogStats(
    int session,
    long events,
    long frames,
    long frameBytes,
    long lastSequence,
    long durableSequence,
    long ringBacklog,
    int ringSlots,
    int outstandingAcks,
    int segments,
    LogHealth health) {

  /**
   * Durations in nanoseconds since the last time they were asked for.
   *
   * @param frameWrite one frame into the journal
   * @param force one force of the file
   */
  public record Latencies(Histogram frameWrite, Histogram force) {}
}
