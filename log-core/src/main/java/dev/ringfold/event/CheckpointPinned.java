// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.event;

/**
 * A checkpoint is to be kept whatever {@code keepLast} says, or no longer.
 *
 * <pre>
 * offset size payload
 *      0    8 checkpoint  sequence of its CheckpointCommitted
 *      8    1 pinned      1 or 0
 *      9    . reason      string, for people, or empty
 * </pre>
 */
public record CheckpointPinned(long checkpoint, boolean pinned, String reason) implements Event {}
