// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.event;

/**
 * Stored states and checkpoints were read again and compared with their checksums.
 *
 * <pre>
 * offset size payload
 *      0    8 bytes    read
 *      8    4 checked  states and checkpoints looked at
 *     12    4 damaged  of these
 *     16    . details  string, one line for each damaged one, or empty
 * </pre>
 */
public record ScrubCompleted(long bytes, int checked, int damaged, String details)
    implements Event {}
