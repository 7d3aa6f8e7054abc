// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.event;

/**
 * Old segments were deleted.
 *
 * <pre>
 * offset size payload
 *      0    8 floorSequence  the oldest sequence the log still holds
 *      8    4 segments       segments deleted
 *     12    8 bytes          bytes freed
 * </pre>
 */
public record RetentionApplied(long floorSequence, int segments, long bytes) implements Event {}
