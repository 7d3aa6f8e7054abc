// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.event;

/**
 * A checkpoint has a name for people; a checkpoint that had it before loses it.
 *
 * <pre>
 * offset size payload
 *      0    8 checkpoint  sequence of its CheckpointCommitted
 *      8    . label       string; empty takes the checkpoint's label away
 * </pre>
 */
public record CheckpointLabelled(long checkpoint, String label) implements Event {}
