// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.quantum;

import dev.ringfold.RingfoldException;
import java.util.List;

/** A state could be stored at no level of compression, and not without compression either. */
public final class CompressionFailedException extends RingfoldException {
  private static final long serialVersionUID = 1L;

  private final transient List<String> attempts;

  /**
   * Creates the exception.
   *
   * @param state what was to be stored
   * @param attempts each codec that was tried, and why it failed
   */
  public CompressionFailedException(String state, List<String> attempts, Throwable cause) {
    super(
        "Compression failed: "
            + state
            + " could not be stored: "
            + String.join("; ", attempts)
            + ". Give the process more memory, or store fewer qubits.",
        cause);
    this.attempts = List.copyOf(attempts);
  }

  /** Each codec that was tried, and why it failed. */
  public List<String> attempts() {
    return attempts;
  }
}
