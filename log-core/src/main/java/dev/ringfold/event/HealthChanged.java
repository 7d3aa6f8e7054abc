// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.event;

/**
 * The log's health went from one state to another.
 *
 * <pre>
 * offset size payload
 *      0    1 from    code of {@link HealthState}
 *      1    1 to      code of {@link HealthState}
 *      2    . reason  string, for people
 * </pre>
 */
public record HealthChanged(HealthState from, HealthState to, String reason) implements Event {}
