// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.event;

/**
 * What became of a paid call cannot be found out: a person has to.
 *
 * <pre>
 * offset size payload
 *      0    8 intent  sequence of its CallIntended
 *      8    . reason  string
 * </pre>
 */
public record CallLeftOpen(long intent, String reason) implements Event {}
