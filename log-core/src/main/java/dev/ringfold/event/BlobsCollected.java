// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.event;

/**
 * Blobs nothing refers to any more were deleted.
 *
 * <pre>
 * offset size payload
 *      0    4 blobs  blobs deleted
 *      4    8 bytes  bytes freed
 * </pre>
 */
public record BlobsCollected(int blobs, long bytes) implements Event {}
