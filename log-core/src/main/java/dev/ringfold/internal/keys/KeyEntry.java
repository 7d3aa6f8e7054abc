// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.internal.keys;

/**
 * One entry of a {@link KeyFile}.
 *
 * @param hi upper half of the hash
 * @param lo lower half of the hash
 * @param type 0 for an idempotency key; the event type of a condition pair
 * @param payloadHash hash of what was stored under the key; 0 for a condition pair
 * @param sequence first sequence stored under the key; newest sequence of a condition pair
 * @param count events stored under the key; 0 for a condition pair
 * @param logTime log time of those events, nanoseconds since 1970; 0 for a condition pair
 */
public record KeyEntry(
    long hi, long lo, int type, long payloadHash, long sequence, int count, long logTime) {}
