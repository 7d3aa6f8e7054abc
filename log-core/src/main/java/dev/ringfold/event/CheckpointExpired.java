// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.event;

/**
 * A checkpoint is given up: its tensors may be collected, its place in the log stays.
 *
 * <pre>
 * offset size payload
 *      0    8 checkpoint  sequence of its CheckpointCommitted
 *      8    . reason      string, for people
 * </pre>
 */
public record CheckpointExpired(long checkpoint, String reason) implements Event {}
