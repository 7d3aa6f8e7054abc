// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.cli;

import dev.ringfold.RingfoldException;
import dev.ringfold.writers.checkpoint.quantum.QuantumState;
import dev.ringfold.writers.checkpoint.quantum.QuantumStore;
import dev.ringfold.writers.checkpoint.quantum.SavedState;
import dev.ringfold.writers.checkpoint.quantum.StateChecksums;
import dev.ringfold.writers.checkpoint.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Saves the states of a file in groups, so that not all of them are in memory. A state whose newest
 * version is the same is not saved again. For one thread.
 */
final class StateImport {
  /** Most states of a group. */
  static final int MAX_STATES = 256;

  /** A group with at least so many bytes of arrays is saved: 64 MiB. */
  static final long MAX_BYTES = 64L << 20;

  /** What became of a state. */
  record Imported(SavedState state, boolean wasThere) {}

  private final QuantumStore store;
  private final Consumer<Imported> sink;
  private final List<QuantumState> group = new ArrayList<>();
  private long bytes;

  StateImport(QuantumStore store, Consumer<Imported> sink) {
    this.store = store;
    this.sink = sink;
  }

  /**
   * Takes a state, and saves the group when it is full.
   *
   * @throws IllegalArgumentException when the store's policy refuses one of the group
   */
  void add(QuantumState state) {
    SavedState newest = store.find(state.id()).orElse(null);
    if (newest != null && isSame(newest, state)) {
      sink.accept(new Imported(newest, true));
      return;
    }
    group.add(state);
    bytes += bytes(state.vectorTensor());
    state.mps().forEach(tensor -> bytes += bytes(tensor));
    if (group.size() >= MAX_STATES || bytes >= MAX_BYTES) {
      flush();
    }
  }

  private static long bytes(@Nullable Tensor tensor) {
    return tensor == null ? 0 : tensor.bytes();
  }

  /** A vector that the policy does not store is compared with the one that would be loaded. */
  private boolean isSame(SavedState newest, QuantumState state) {
    double[] vector = state.vector();
    boolean dropped = vector != null && !store.policy().raw();
    QuantumState kept = dropped ? state.toBuilder().vector(null).build() : state;
    StateChecksums checksums = StateChecksums.of(kept);
    return newest.raw() == (kept.vector() != null)
        && newest.checksum().hex().equals(checksums.quantumState())
        && newest.metadataChecksum().hex().equals(checksums.metadata())
        && (!dropped || Arrays.equals(vector, store.load(newest).vector()));
  }

  /** Saves what was taken so far, all of it or nothing. */
  void flush() {
    try {
      store.saveAll(group).join().forEach(saved -> sink.accept(new Imported(saved, false)));
    } catch (CompletionException e) {
      if (e.getCause() instanceof RingfoldException cause) {
        throw cause;
      }
      if (e.getCause() instanceof IllegalArgumentException unfit) {
        throw unfit;
      }
      throw e;
    }
    group.clear();
    bytes = 0;
  }
}
