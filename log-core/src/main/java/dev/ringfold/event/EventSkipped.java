// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.event;

/**
 * Somebody told a projection to go on without an event.
 *
 * <pre>
 * offset size payload
 *      0    8 sequence    of the event
 *      8    . projection  string, its name
 *      .    . reason      string, for people, or empty
 * </pre>
 */
public record EventSkipped(long sequence, String projection, String reason) implements Event {}
