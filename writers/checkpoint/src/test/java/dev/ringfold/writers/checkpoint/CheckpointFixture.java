// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint;

import dev.ringfold.EventLogBuilder;
import dev.ringfold.LogOption;
import dev.ringfold.writers.checkpoint.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;

/** Stores for tests, and what is saved to them. */
public final class CheckpointFixture {
  /** Runs repeat with it; override with {@code -Dringfold.seed=N}. */
  public static final long SEED = Long.getLong("ringfold.seed", 20260818L);

  /** How long a test waits for what happens in the background. */
  public static final Duration PATIENCE = Duration.ofSeconds(60);

  private CheckpointFixture() {}

  /** A builder over a small journal, without trees. */
  public static CheckpointsBuilder builder(Path store) {
    return Checkpoints.builder(store).trees(false).log(CheckpointFixture::small);
  }

  /** Options of a small journal. */
  public static void small(EventLogBuilder log) {
    log.environment(Map.of())
        .set(LogOption.RING_SLOTS, 4096)
        .set(LogOption.SEGMENT_BYTES, 16 << 20)
        .set(LogOption.BLOCK_BYTES, 1 << 20)
        .set(LogOption.RESERVE_BYTES, 1 << 20);
  }

  /** A store's checkpoints, opened. */
  public static Checkpoints open(Path store) {
    return builder(store).open();
  }

  /** Numbers that hardly compress. */
  public static float[] floats(int count, long seed) {
    Random random = new Random(seed);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = Float.intBitsToFloat(random.nextInt() & 0x7F7FFFFF);
    }
    return values;
  }

  /** A model of some layers. */
  public static Map<String, Tensor> model(int layers, int floatsPerLayer, long seed) {
    Map<String, Tensor> state = new LinkedHashMap<>();
    for (int i = 0; i < layers; i++) {
      float[] values = floats(floatsPerLayer, seed + i);
      state.put("layer" + i + ".weight", Tensor.of(values, floatsPerLayer));
    }
    return state;
  }

  /** Bytes of all files below a directory; a file with two names counts once. */
  public static long bytesBelow(Path directory) throws IOException {
    try (Stream<Path> walk = Files.walk(directory)) {
      Map<Object, Long> sizes = new LinkedHashMap<>();
      for (Path path : walk.filter(Files::isRegularFile).toList()) {
        sizes.put(Files.getAttribute(path, "unix:ino"), Files.size(path));
      }
      return sizes.values().stream().mapToLong(Long::longValue).sum();
    }
  }

  /** All files of the blob store. */
  public static List<Path> blobFiles(Path store) throws IOException {
    try (Stream<Path> walk = Files.walk(store.resolve("blobs"))) {
      return walk.filter(Files::isRegularFile).sorted().toList();
    }
  }
}
