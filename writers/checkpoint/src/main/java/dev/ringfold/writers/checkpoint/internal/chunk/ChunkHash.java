// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.internal.chunk;

import dev.ringfold.blob.BlobId;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** SHA-256 of bytes. Stateless. */
public final class ChunkHash {
  private ChunkHash() {}

  /** The hash of a buffer's remaining bytes; its position stays. */
  public static BlobId of(ByteBuffer bytes) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(bytes.duplicate());
      return BlobId.of(digest.digest());
    } catch (NoSuchAlgorithmException impossible) {
      throw new AssertionError("every Java platform has SHA-256", impossible);
    }
  }
}
