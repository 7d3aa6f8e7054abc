// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.format;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringfold.internal.io.DirectoryTree;
import dev.ringfold.writers.checkpoint.ChunkCodec;
import dev.ringfold.writers.checkpoint.tensor.DType;
import dev.ringfold.writers.checkpoint.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Damaged files end in a typed refusal or in data, within two seconds; where the format has a
 * checksum the data is the right one. {@code -Dringfold.seed=N} sets another seed.
 */
class FormatMutationsTest {
  /** A thousand over the four formats. */
  private static final int IN_CI = 250;

  private static final int IN_SOAK = 2_500;

  @TempDir Path folder;

  private interface Format {
    /** Reads a file or a tree; gives the tensors. */
    Map<String, Tensor> read(Path path);
  }

  private static Map<String, Tensor> tensors() {
    Random random = new Random(SampleTensors.seed());
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    tensors.put("a.weight", SampleTensors.random(DType.FLOAT32, random, 20, 30));
    tensors.put("b/c", SampleTensors.random(DType.COMPLEX128, random, 5));
    tensors.put("flags", SampleTensors.random(DType.BOOL, random, 3, 0, 2));
    tensors.put("scalar", SampleTensors.random(DType.INT16, random));
    tensors.put("half", SampleTensors.random(DType.FLOAT16, random, 2, 3));
    return tensors;
  }

  /** Counts how often the format's reader gave data. */
  private int mutate(Path file, Format format, int rounds, boolean checked) throws IOException {
    byte[] whole = Files.readAllBytes(file);
    Map<String, Tensor> right = format.read(file);
    int accepted = 0;
    for (int round = 0; round < rounds; round++) {
      long seed = SampleTensors.seed() * 1_000_003 + round;
      byte[] mutated = new Mutator(seed).mutate(whole);
      Files.write(file, mutated);
      String what = file.getFileName() + ", seed " + seed;
      Object read = Refusals.readOrRefused(what, () -> format.read(file));
      if (read != null) {
        accepted++;
        checkRead(
            (Map<?, ?>) read, right, checked && !java.util.Arrays.equals(mutated, whole), what);
      }
    }
    assertThat(SampleTensors.names(folder)).containsExactly(String.valueOf(file.getFileName()));
    Files.delete(file);
    return accepted;
  }

  private static void checkRead(
      Map<?, ?> read, Map<String, Tensor> right, boolean checked, String what) {
    for (Map.Entry<?, ?> entry : read.entrySet()) {
      Tensor tensor = (Tensor) entry.getValue();
      assertThat(tensor.toBytes()).as(what).hasSize((int) tensor.bytes());
      if (checked) {
        // A name may have been damaged in both of its places; the elements never.
        assertThat(right.values().stream().anyMatch(tensor::contentEquals)).as(what).isTrue();
      }
    }
  }

  private void npy(int rounds) throws IOException {
    int accepted = 0;
    for (Map.Entry<String, Tensor> entry : tensors().entrySet()) {
      Path file = folder.resolve("m.npy");
      Npy.write(file, entry.getValue());
      accepted += mutate(file, path -> Map.of("", Npy.read(path)), rounds / 5, false);
    }
    assertThat(accepted).isBetween(1, rounds - 1);
  }

  private void npz(int rounds) throws IOException {
    int accepted = 0;
    for (int level : new int[] {0, 6}) {
      Path file = folder.resolve("m.npz");
      Npz.write(file, tensors(), level);
      accepted += mutate(file, Npz::read, rounds / 2, true);
    }
    assertThat(accepted).isLessThan(rounds / 2);
  }

  private void safetensors(int rounds) throws IOException {
    Path file = folder.resolve("m.safetensors");
    Safetensors.write(file, tensors(), Map.of("epoch", "3"));
    int accepted = mutate(file, path -> Safetensors.read(path).tensors(), rounds, false);
    assertThat(accepted).isBetween(1, rounds - 1);
  }

  private void zarr(int rounds) throws IOException {
    Path tree = folder.resolve("m.zarr");
    int accepted = 0;
    List<ChunkCodec> codecs = List.of(ChunkCodec.RAW, ChunkCodec.DEFAULT, ChunkCodec.of("gzip", 1));
    for (ZarrVersion version : ZarrVersion.values()) {
      for (ChunkCodec codec : codecs) {
        ChunkCodec chosen = version == ZarrVersion.V2 ? codec.shuffled() : codec;
        Zarr.write(tree, tensors(), Map.of("epoch", 3), chosen, version);
        accepted += mutateTree(tree, rounds / 6);
        DirectoryTree.delete(tree);
      }
    }
    assertThat(accepted).isBetween(1, rounds - 1);
  }

  private static int mutateTree(Path tree, int rounds) throws IOException {
    List<Path> files = new ArrayList<>();
    try (var walked = Files.walk(tree)) {
      walked.filter(Files::isRegularFile).sorted().forEach(files::add);
    }
    int accepted = 0;
    for (int round = 0; round < rounds; round++) {
      long seed = SampleTensors.seed() * 1_000_003 + round;
      Mutator mutator = new Mutator(seed);
      Path file = files.get(mutator.random().nextInt(files.size()));
      byte[] whole = Files.readAllBytes(file);
      boolean deleted = mutator.random().nextInt(20) == 0;
      if (deleted) {
        Files.delete(file);
      } else {
        Files.write(file, mutator.mutate(whole));
      }
      String what = file + (deleted ? ", deleted" : "") + ", seed " + seed;
      Object read = Refusals.readOrRefused(what, () -> Zarr.read(tree).tensors());
      accepted += read != null ? 1 : 0;
      Files.write(file, whole);
    }
    assertThat(Zarr.read(tree).tensors()).hasSize(5);
    return accepted;
  }

  @Test
  void damagedFilesAreRefusedOrReadRightly() throws IOException {
    npy(IN_CI);
    npz(IN_CI);
    safetensors(IN_CI);
    zarr(IN_CI + 2);
  }

  @Test
  @Tag("soak")
  void tenThousandDamagedFilesAreRefusedOrReadRightly() throws IOException {
    npy(IN_SOAK);
    npz(IN_SOAK);
    safetensors(IN_SOAK);
    zarr(IN_SOAK + 2);
  }
}
