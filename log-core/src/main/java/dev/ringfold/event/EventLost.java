// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.event;

/**
 * Stands in a store that was salvaged from a damaged one where an event was: the event itself is
 * lost, and all others keep their sequences. One for each lost event.
 *
 * <pre>
 * offset size payload
 *      0    8 firstLost   first sequence of the hole it belongs to
 *      8    8 lastLost    last sequence of that hole
 * </pre>
 */
public record EventLost(long firstLost, long lastLost) implements Event {}
