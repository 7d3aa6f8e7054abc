// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.bench;

/**
 * How much {@code bench checkpoint} measures. Every bound of it is here.
 *
 * @param quick whether the numbers are no measurement
 * @param rounds counted rounds
 * @param warmups rounds before them that do not count
 * @param tensors of a checkpoint
 * @param floats elements of each
 * @param captures saves whose capture is timed, per round
 * @param qubits of the states that are written and loaded
 * @param repeats how often each state file is written and loaded, per round
 * @param compressedQubits of the states whose compression is looked at
 * @param trainingSaves saves during a training loop, per round
 * @param trainingMillis how long the loop runs before each of them
 */
record CheckpointScale(
    boolean quick,
    int rounds,
    int warmups,
    int tensors,
    int floats,
    int captures,
    int qubits,
    int repeats,
    int compressedQubits,
    int trainingSaves,
    int trainingMillis)
    implements TableScale {
  /** The seed of everything. */
  static final long SEED = 20_240_229;

  /** Most checkpoints of a round that are on the disk together. */
  private static final int MOST_STORED = 8;

  /** What does not vary is looked at once. */
  private static final int SLOW_ROUNDS = 1;

  @Override
  public Rounds.Turns turns() {
    return new Rounds.Turns(warmups, rounds, SLOW_ROUNDS);
  }

  /** Bytes of a checkpoint's tensors. */
  long bytes() {
    return (long) tensors * floats * Float.BYTES;
  }

  /** Upper bound of the bytes that a round stores. */
  long storedBytes() {
    return MOST_STORED * bytes();
  }

  /** What the targets are about: 100 MB. */
  static CheckpointScale full(int rounds) {
    return new CheckpointScale(false, rounds, 2, 20, 1_250_000, 10, 16, 20, 17, 6, 500);
  }

  /** Only to see that everything works. */
  static CheckpointScale quick(int rounds) {
    return new CheckpointScale(true, rounds, 0, 20, 25_000, 3, 12, 2, 12, 2, 30);
  }
}
