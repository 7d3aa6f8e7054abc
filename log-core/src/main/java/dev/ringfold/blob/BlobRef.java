// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.blob;

import java.util.Objects;

/**
 * What an event stores to name a blob: its id and its length, so that a reader can plan, and a
 * truncated file is told apart from a short blob.
 *
 * @param id SHA-256 of the bytes
 * @param length how many bytes, 0 or more
 */
public record BlobRef(BlobId id, long length) {
  /** Checks the length. */
  public BlobRef {
    Objects.requireNonNull(id, "id");
    if (length < 0) {
      throw new IllegalArgumentException("A blob's length must be >= 0 but was " + length);
    }
  }
}
