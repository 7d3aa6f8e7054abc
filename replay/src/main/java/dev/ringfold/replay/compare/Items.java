// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.compare;

import dev.ringfold.writers.checkpoint.CheckpointSummary;
import dev.ringfold.writers.checkpoint.quantum.SavedState;

/** Checkpoints and states in one line. Stateless. */
final class Items {
  private static final int HASH_CHARS = 12;

  private Items() {}

  static String text(CheckpointSummary one) {
    return "epoch "
        + one.epoch()
        + " of "
        + one.run()
        + ", "
        + one.tensors()
        + " tensors"
        + (one.label().isEmpty() ? "" : ", label " + one.label())
        + (one.pinned() ? ", pinned " + one.pinReason() : "");
  }

  static String text(SavedState one) {
    return one.id()
        + ", "
        + one.qubits()
        + " qubits, "
        + one.checksum().hex().substring(0, HASH_CHARS);
  }
}
