// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.event;

/**
 * Events of one producer were not stored, for one reason, one after another.
 *
 * <pre>
 * offset size payload
 *      0    4 producer  number of the producer handle
 *      4    4 stream    stream id
 *      8    8 from      first of the producer's offers meant, counted from 1 in its session
 *     16    8 to        last of them
 *     24    8 count     how many of them were dropped
 *     32    1 reason    code of {@link DropReason}
 *     33    4 session   the session in which they were dropped
 * </pre>
 */
public record DropsObserved(
    int producer, int stream, long from, long to, long count, DropReason reason, int session)
    implements Event {}
