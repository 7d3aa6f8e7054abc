// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.quantum;

import dev.ringfold.writers.checkpoint.ChecksumMismatchException;
import dev.ringfold.writers.checkpoint.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * The two checksums of a state, SHA-256 in lower-case hex.
 *
 * @param quantumState of the vector's little-endian complex128 bytes; of a state without vector the
 *     bytes of the recipe's canonical JSON; without both the bytes of the MPS tensors one after the
 *     other; and without all three the same as {@code metadata}
 * @param metadata of the bytes of {@link StateDocument#json}
 */
public record StateChecksums(String quantumState, String metadata) {
  private static final int BUFFER_BYTES = 1 << 16;
  private static final HexFormat HEX = HexFormat.of();

  /** The checksums of a state; reads all its numbers once. */
  public static StateChecksums of(QuantumState state) {
    String metadata =
        HEX.formatHex(sha256().digest(StateDocument.json(state).getBytes(StandardCharsets.UTF_8)));
    return new StateChecksums(quantumState(state, metadata), metadata);
  }

  private static String quantumState(QuantumState state, String metadata) {
    Tensor vector = state.vectorTensor();
    if (vector != null) {
      return sha256(vector);
    }
    if (state.recipe() != null) {
      return HEX.formatHex(sha256().digest(state.recipe().bytes()));
    }
    return state.mps().isEmpty() ? metadata : sha256(state.mps().toArray(new Tensor[0]));
  }

  /** SHA-256 of tensors' little-endian bytes, one after the other, in hex. */
  public static String sha256(Tensor... tensors) {
    MessageDigest digest = sha256();
    byte[] piece = new byte[BUFFER_BYTES];
    for (Tensor tensor : tensors) {
      for (long at = 0; at < tensor.bytes(); ) {
        ByteBuffer target = ByteBuffer.wrap(piece);
        tensor.copyTo(at, target);
        digest.update(piece, 0, target.position());
        at += target.position();
      }
    }
    return HEX.formatHex(digest.digest());
  }

  /**
   * Checks a state that was read against what its file says.
   *
   * @param file for the message
   * @param quantumStateSaid checksum the file gives, or null when it gives none
   * @param metadataSaid as above; a file without one was not written by us, and then the other is
   *     checked only when there is a vector: nobody else's says of what it was taken
   * @throws ChecksumMismatchException when one is different
   */
  public static void check(
      QuantumState state,
      String file,
      @Nullable String quantumStateSaid,
      @Nullable String metadataSaid) {
    if (metadataSaid == null && (quantumStateSaid == null || state.vector() == null)) {
      return;
    }
    StateChecksums found = of(state);
    if (metadataSaid != null && !metadataSaid.equals(found.metadata)) {
      throw mismatch(state, file, "metadata", metadataSaid, found.metadata);
    }
    if (quantumStateSaid != null && !quantumStateSaid.equals(found.quantumState)) {
      throw mismatch(state, file, "quantum state", quantumStateSaid, found.quantumState);
    }
  }

  private static ChecksumMismatchException mismatch(
      QuantumState state, String file, String part, String expected, String found) {
    return new ChecksumMismatchException(
        file,
        part + " of " + state.id(),
        expected,
        found,
        "",
        "ringfold state export " + state.id() + " (from the log it was exported from)",
        null);
  }

  /** Whether a text is a SHA-256 in hex. */
  public static boolean isSha256(String text) {
    return text.length() == 64
        && text.chars().allMatch(c -> c >= '0' && c <= '9' || c >= 'a' && c <= 'f');
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
