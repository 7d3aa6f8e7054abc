// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.event;

/**
 * A projection could not take an event and went on without it.
 *
 * <pre>
 * offset size payload
 *      0    8 sequence    of the event
 *      8    4 attempts    how often it was tried
 *     12    . projection  string, its name
 *      .    . error       string, class and message of the cause
 *      .    . stack       string, the stack trace, cut
 * </pre>
 */
public record EventDeadLettered(
    long sequence, int attempts, String projection, String error, String stack) implements Event {}
