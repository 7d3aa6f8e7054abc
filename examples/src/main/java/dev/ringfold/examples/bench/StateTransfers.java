// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.bench;

import dev.ringfold.examples.bench.checkpoints.StateClass;
import dev.ringfold.writers.checkpoint.quantum.QuantumState;
import dev.ringfold.writers.checkpoint.quantum.format.Hdf5States;
import dev.ringfold.writers.checkpoint.quantum.format.JsonStates;
import dev.ringfold.writers.checkpoint.quantum.format.QmsFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;

/**
 * The operation {@code states}: a state with its vector to files and back, everything checked as
 * always. The state is random, which no format can make smaller. Arguments: qubits, repeats, seed.
 * Figures for {@code qms}, {@code hdf5} and {@code json}: {@code …WriteNanos}, forced, and {@code
 * …LoadNanos}, medians.
 */
final class StateTransfers {
  private StateTransfers() {}

  /** Writes and reads a file. */
  private record Format(String name, Writing writing, Function<Path, QuantumState> reading) {}

  @FunctionalInterface
  private interface Writing {
    void write(Path file, QuantumState state);
  }

  static Figures run(CheckpointKind kind, Path directory, Call call) throws Exception {
    QuantumState state = StateClass.RANDOM.state(call.getInt("qubits"), call.get("seed"));
    List<Format> formats =
        List.of(
            new Format("qms", QmsFile::write, QmsFile::read),
            new Format(
                "hdf5",
                (file, written) -> Hdf5States.write(file, List.of(written)),
                file -> Hdf5States.read(file, state.id())),
            new Format("json", JsonStates::write, JsonStates::read));
    Figures figures = new Figures();
    for (Format format : formats) {
      measure(format, directory.resolve(format.name()), state, call.getInt("repeats"), figures);
    }
    return figures;
  }

  private static void measure(
      Format format, Path file, QuantumState state, int repeats, Figures figures) throws Exception {
    double[] writes = new double[repeats];
    double[] loads = new double[repeats];
    for (int i = 0; i < repeats; i++) {
      Files.deleteIfExists(file);
      long start = System.nanoTime();
      format.writing().write(file, state);
      long written = System.nanoTime();
      QuantumState loaded = format.reading().apply(file);
      loads[i] = System.nanoTime() - written;
      writes[i] = written - start;
      requireSame(state, loaded);
    }
    figures.put(format.name() + "WriteNanos", Samples.of(writes).median());
    figures.put(format.name() + "LoadNanos", Samples.of(loads).median());
  }

  /** Compares every bit. */
  static void requireSame(QuantumState expected, QuantumState found) {
    if (!expected.equals(found)) {
      throw new IllegalStateException("saved " + expected + " but loaded " + found);
    }
  }
}
