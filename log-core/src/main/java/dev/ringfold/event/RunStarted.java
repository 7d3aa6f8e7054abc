// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.event;

/**
 * A logger began to publish to a run; the run is the event's stream.
 *
 * <pre>
 * offset size payload
 *      0    4 attempt        0 for the first, one more for every resume
 *      4    . configuration  string, free text for people and reports, JSON by convention, or empty
 * </pre>
 */
public record RunStarted(int attempt, String configuration) implements Event {}
