// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.internal.chunk;

import dev.ringfold.blob.BlobId;
import dev.ringfold.blob.BlobRef;
import java.util.Objects;

/**
 * One chunk of a tensor.
 *
 * @param blob its bytes as they are stored
 * @param rawLength bytes before shuffling and compression, padding of an edge chunk included
 * @param rawSha256 SHA-256 over those bytes
 */
public record StoredChunk(BlobRef blob, int rawLength, BlobId rawSha256) {
  /** Checks what must be there. */
  public StoredChunk {
    Objects.requireNonNull(blob, "blob");
    Objects.requireNonNull(rawSha256, "rawSha256");
    if (rawLength < 1) {
      throw new IllegalArgumentException("A chunk has 1 byte or more but was " + rawLength);
    }
  }
}
