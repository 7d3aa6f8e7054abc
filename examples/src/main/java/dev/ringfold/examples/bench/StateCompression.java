// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.bench;

import dev.ringfold.examples.bench.checkpoints.StateClass;
import dev.ringfold.writers.checkpoint.quantum.MpsOptions;
import dev.ringfold.writers.checkpoint.quantum.QuantumState;
import dev.ringfold.writers.checkpoint.quantum.QuantumStore;
import dev.ringfold.writers.checkpoint.quantum.SavedState;
import dev.ringfold.writers.checkpoint.quantum.StateVector;
import dev.ringfold.writers.checkpoint.quantum.format.Hdf5States;
import dev.ringfold.writers.checkpoint.quantum.format.JsonStates;
import dev.ringfold.writers.checkpoint.quantum.format.QmsFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/**
 * The operation {@code compression}: what files and the store make of a state, 1 − stored / raw in
 * per cent. Raw are the bytes of the amplitudes, and nothing but them is stored; for {@code
 * classical}, which is the rest of the state as {@code .json.zlib}, those of the {@code .json}.
 * Arguments: class, qubits, seed. Figures: {@code hdf5} (gzip 6, shuffled), {@code qms} (zlib 9,
 * from 17 qubits on), {@code mps} (tensors in the store, nothing but rounding cut off) and {@code
 * classical}.
 */
final class StateCompression {
  private static final double PERCENT = 100;
  private static final double AMPLITUDE_BYTES = 2 * Double.BYTES;
  private static final double LEAST_FIDELITY = 1 - 1e-9;

  private StateCompression() {}

  static Figures run(CheckpointKind kind, Path directory, Call call) throws IOException {
    int qubits = call.getInt("qubits");
    QuantumState state = StateClass.of(call.getInt("class")).state(qubits, call.get("seed"));
    QuantumState vector = state.toBuilder().measurementCache(List.of()).build();
    double raw = AMPLITUDE_BYTES * (1L << qubits);
    return new Figures()
        .put("hdf5", percent(hdf5(directory, vector), raw))
        .put("qms", percent(qms(directory, vector), raw))
        .put("mps", mps(directory, vector) * PERCENT)
        .put("classical", classical(directory, state));
  }

  private static double percent(Path file, double raw) throws IOException {
    return (1 - Files.size(file) / raw) * PERCENT;
  }

  private static Path hdf5(Path directory, QuantumState state) {
    Path file = directory.resolve("state.h5");
    Hdf5States.write(file, List.of(state));
    StateTransfers.requireSame(state, Hdf5States.read(file, state.id()));
    return file;
  }

  private static Path qms(Path directory, QuantumState state) {
    Path file = directory.resolve("state.qms");
    QmsFile.write(file, state);
    StateTransfers.requireSame(state, QmsFile.read(file));
    return file;
  }

  private static double mps(Path directory, QuantumState state) {
    try (QuantumStore store =
        QuantumStore.builder(directory.resolve("states")).mps(MpsOptions.EXACT).open()) {
      SavedState saved = store.save(state).join();
      double fidelity = vector(state).fidelity(vector(store.load(saved)));
      if (fidelity < LEAST_FIDELITY) {
        throw new IllegalStateException("the fidelity of what was loaded is " + fidelity);
      }
      return saved.compression();
    }
  }

  private static StateVector vector(QuantumState state) {
    return StateVector.of(Objects.requireNonNull(state.vector(), "no vector"));
  }

  /** The state's measurements and the like. */
  private static double classical(Path directory, QuantumState state) throws IOException {
    QuantumState without = state.toBuilder().vector(null).build();
    Path plain = directory.resolve("state.json");
    Path compressed = directory.resolve("state.json.zlib");
    JsonStates.write(plain, without);
    JsonStates.writeCompressed(compressed, without);
    StateTransfers.requireSame(without, JsonStates.read(plain));
    StateTransfers.requireSame(without, JsonStates.read(compressed));
    return percent(compressed, (double) Files.size(plain));
  }
}
