// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.event;

/**
 * A logger ended in order; the run is the event's stream. Tables seal what they hold at it.
 *
 * <pre>
 * offset size payload
 *      0    4 attempt  as in {@link RunStarted}
 * </pre>
 */
public record RunClosed(int attempt) implements Event {}
