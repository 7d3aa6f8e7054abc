// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.event;

/**
 * A version of a quantum state is given up: its blobs may be collected, its place in the log stays.
 *
 * <pre>
 * offset size payload
 *      0    8 saved   sequence of its QuantumStateSaved
 *      8    . reason  string, for people
 * </pre>
 */
public record QuantumStateRemoved(long saved, String reason) implements Event {}
