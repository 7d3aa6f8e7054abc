// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.event;

/**
 * The account of one producer in one session: {@code offered == stored + dropped} when closing.
 *
 * <pre>
 * offset size payload
 *      0    4 session
 *      4    4 producer    number of the producer handle
 *      8    4 nameId      its interned name
 *     12    8 offered     events offered so far in the session
 *     20    8 stored      of these, written to the journal
 *     28    8 dropped     of these, declared as dropped
 *     36    1 lowerBound  1 when counters were lost (a reboot) and more may have been dropped
 *     37    1 closing     1 for the last mark of this producer in the session
 * </pre>
 */
public record LedgerMark(
    int session,
    int producer,
    int nameId,
    long offered,
    long stored,
    long dropped,
    boolean lowerBound,
    boolean closing)
    implements Event {}
