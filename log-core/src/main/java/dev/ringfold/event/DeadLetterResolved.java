// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.event;

/**
 * Somebody decided what becomes of a dead letter.
 *
 * <pre>
 * offset size payload
 *      0    8 sequence    of the event that was put aside
 *      8    1 retry       1 to give it to the projection again at this place, 0 to drop it
 *      9    . projection  string, its name
 * </pre>
 */
public record DeadLetterResolved(long sequence, boolean retry, String projection)
    implements Event {}
