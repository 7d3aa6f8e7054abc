// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.quantum;

/** Where a state was recovered from. */
public enum RecoveryLevel {
  /** Level 0: the log, which everything else was exported from. */
  LOG(0, "log"),
  /** Level 1: the primary file, {@code quantum_states/quantum_memory.h5}. */
  PRIMARY(1, "primary file"),
  /** Level 2: a local backup, {@code .backups/}. */
  BACKUP(2, "local backup"),
  /** Level 3: the checkpoint history, {@code .checkpoints/} and {@code /checkpoints} of level 1. */
  CHECKPOINT(3, "checkpoint history"),
  /** Level 4: an export, {@code exports/}. */
  EXPORT(4, "export archives");

  private final int number;
  private final String label;

  RecoveryLevel(int number, String label) {
    this.number = number;
    this.label = label;
  }

  /** 0 to 4. */
  public int number() {
    return number;
  }

  /** What it is called, for people. */
  public String label() {
    return label;
  }
}
