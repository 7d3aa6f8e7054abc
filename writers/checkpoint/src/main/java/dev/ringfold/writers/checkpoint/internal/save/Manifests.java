// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.internal.save;

import dev.ringfold.blob.BlobRef;
import dev.ringfold.blob.BlobStore;
import dev.ringfold.blob.CorruptBlobException;
import dev.ringfold.writers.checkpoint.ChecksumMismatchException;
import dev.ringfold.writers.checkpoint.internal.chunk.Manifest;
import java.nio.ByteBuffer;

/** Reads manifests out of a blob store. Stateless. */
public final class Manifests {
  private Manifests() {}

  /**
   * Reads a manifest and compares it with its hash.
   *
   * @throws ChecksumMismatchException when it is damaged
   * @throws dev.ringfold.blob.BlobNotFoundException when it was collected
   */
  public static Manifest read(BlobStore blobs, BlobRef ref) {
    try {
      byte[] bytes = blobs.readAll(ref, Manifest.MAX_BYTES);
      return Manifest.decode(ByteBuffer.wrap(bytes), "manifest " + ref.id().hex());
    } catch (CorruptBlobException e) {
      throw new ChecksumMismatchException(
          e.file().toString(),
          "the list of tensors " + ref.id().hex(),
          e.expected(),
          e.found(),
          "",
          "ringfold verify " + blobs.store(),
          e);
    }
  }
}
