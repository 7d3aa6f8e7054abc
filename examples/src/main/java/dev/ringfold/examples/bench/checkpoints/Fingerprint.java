// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.bench.checkpoints;

import dev.ringfold.writers.checkpoint.tensor.Tensor;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Name, type, shape and SHA-256 of every byte of all tensors: what is left of them when their
 * arrays are filled anew. Immutable.
 */
public final class Fingerprint {
  private static final int PIECE_BYTES = 1 << 20;

  private final SortedMap<String, String> tensors;

  private Fingerprint(SortedMap<String, String> tensors) {
    this.tensors = tensors;
  }

  /** Reads every byte of the tensors. */
  public static Fingerprint of(Map<String, Tensor> tensors) {
    SortedMap<String, String> hashes = new TreeMap<>();
    tensors.forEach((name, tensor) -> hashes.put(name, tensor + " " + sha256(tensor)));
    return new Fingerprint(hashes);
  }

  private static String sha256(Tensor tensor) {
    MessageDigest digest;
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException impossible) {
      throw new AssertionError("every Java platform has SHA-256", impossible);
    }
    ByteBuffer piece = ByteBuffer.allocate(PIECE_BYTES);
    for (long at = 0; at < tensor.bytes(); at += piece.limit()) {
      tensor.copyTo(at, piece.clear());
      digest.update(piece.flip());
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  /**
   * Compares what was loaded with this.
   *
   * @throws IllegalStateException when a tensor is missing, too much or another one; names it
   */
  public void verify(Map<String, Tensor> loaded) {
    SortedMap<String, String> found = of(loaded).tensors;
    if (!found.keySet().equals(tensors.keySet())) {
      throw new IllegalStateException(
          "the tensors " + found.keySet() + " were loaded instead of " + tensors.keySet());
    }
    tensors.forEach(
        (name, expected) -> {
          if (!expected.equals(found.get(name))) {
            throw new IllegalStateException(
                name + " was loaded as " + found.get(name) + " but saved as " + expected);
          }
        });
  }
}
