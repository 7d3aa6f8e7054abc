// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.event;

/**
 * A person found out what became of a call that was left open; or the provider itself was certain
 * that it was not sent.
 *
 * <pre>
 * offset size payload
 *      0    8 intent     sequence of its CallIntended
 *      8    1 submitted  1 when the provider had taken it, 0 when it may be made again
 *      9    8 cost       f64, what it cost
 *     17    . note       string
 * </pre>
 */
public record CallSettled(long intent, boolean submitted, double cost, String note)
    implements Event {}
