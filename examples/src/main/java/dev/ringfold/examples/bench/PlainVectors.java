// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.bench;

import dev.ringfold.examples.bench.checkpoints.StateClass;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Objects;

/**
 * The operation {@code vector}: the amplitudes alone to a file and back, without any check.
 * Arguments: qubits, repeats, seed. Figures: {@code writeNanos}, forced, and {@code loadNanos},
 * medians.
 */
final class PlainVectors {
  private PlainVectors() {}

  static Figures run(CheckpointKind kind, Path directory, Call call) throws IOException {
    double[] vector =
        Objects.requireNonNull(
            StateClass.RANDOM.state(call.getInt("qubits"), call.get("seed")).vector());
    Path file = directory.resolve("vector");
    int repeats = call.getInt("repeats");
    double[] writes = new double[repeats];
    double[] loads = new double[repeats];
    for (int i = 0; i < repeats; i++) {
      Files.deleteIfExists(file);
      long start = System.nanoTime();
      write(file, vector);
      long written = System.nanoTime();
      double[] loaded = load(file, vector.length);
      loads[i] = System.nanoTime() - written;
      writes[i] = written - start;
      if (!Arrays.equals(vector, loaded)) {
        throw new IllegalStateException("other amplitudes were loaded than saved");
      }
    }
    return new Figures()
        .put("writeNanos", Samples.of(writes).median())
        .put("loadNanos", Samples.of(loads).median());
  }

  private static void write(Path file, double[] vector) throws IOException {
    ByteBuffer bytes = buffer(vector.length);
    bytes.asDoubleBuffer().put(vector);
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(true);
    }
  }

  private static double[] load(Path file, int length) throws IOException {
    ByteBuffer bytes = buffer(length);
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      while (bytes.hasRemaining()) {
        if (channel.read(bytes) < 0) {
          throw new EOFException(file + " is too short");
        }
      }
    }
    double[] vector = new double[length];
    bytes.flip().asDoubleBuffer().get(vector);
    return vector;
  }

  private static ByteBuffer buffer(int doubles) {
    return ByteBuffer.allocateDirect(doubles * Double.BYTES).order(ByteOrder.LITTLE_ENDIAN);
  }
}
