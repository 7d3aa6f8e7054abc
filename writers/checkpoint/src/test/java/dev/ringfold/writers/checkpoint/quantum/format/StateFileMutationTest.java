// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.quantum.format;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringfold.writers.checkpoint.ChecksumMismatchException;
import dev.ringfold.writers.checkpoint.format.FormatException;
import dev.ringfold.writers.checkpoint.format.Hdf5Tensors;
import dev.ringfold.writers.checkpoint.internal.hdf5.Hdf5Checksums;
import dev.ringfold.writers.checkpoint.quantum.QuantumState;
import dev.ringfold.writers.checkpoint.tensor.Tensor;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.InflaterInputStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Damaged files give the right data or a typed refusal, soon, and nothing else. */
class StateFileMutationTest {
  private static final int CI_MUTATIONS = 1_000;
  private static final int SOAK_MUTATIONS = 10_000;
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  /** Of the processor: the clock would count the neighbours' as well. */
  private static final long MOST_NANOS = 2_000_000_000L;

  @TempDir Path folder;

  /**
   * A kind of file.
   *
   * @param good what is damaged
   * @param read reads a file
   * @param repair makes checksums of the format itself right again, so that damage gets deeper
   * @param whole whether all data are under our checksums
   */
  private record Kind(
      String name,
      byte[] good,
      Function<Path, Object> read,
      UnaryOperator<byte[]> repair,
      boolean whole) {}

  @Test
  @Timeout(120)
  void aThousandDamagedFilesGiveTheRightDataOrAreRefused() throws Exception {
    mutate(CI_MUTATIONS, SampleStates.SEED);
  }

  @Test
  @Tag("soak")
  @Timeout(1_800)
  void tenThousandDamagedFilesGiveTheRightDataOrAreRefused() throws Exception {
    mutate(SOAK_MUTATIONS, SampleStates.SEED + 1);
  }

  private void mutate(int count, long seed) throws Exception {
    System.out.println("seed " + seed + " (-Dringfold.seed=N)");
    List<Kind> kinds = kinds();
    Map<String, int[]> outcomes = new TreeMap<>();
    Random random = new Random(seed);
    long slowest = 0;
    Path file = folder.resolve("damaged");
    for (int i = 0; i < count; i++) {
      Kind kind = kinds.get(i % kinds.size());
      long mutation = random.nextLong();
      byte[] bad = Mutations.of(kind.good(), new Random(mutation));
      if (i / kinds.size() % 2 == 0) {
        bad = kind.repair().apply(bad);
      }
      Files.write(file, bad);
      int[] outcome = outcomes.computeIfAbsent(kind.name(), key -> new int[2]);
      long start = THREADS.getCurrentThreadCpuTime();
      try {
        Object data = kind.read().apply(file);
        if (kind.whole()) {
          assertThat(data).as("%s, mutation %d", kind.name(), mutation).isEqualTo(read(kind));
        }
        outcome[0]++;
      } catch (FormatException | ChecksumMismatchException e) {
        outcome[1]++;
      } catch (RuntimeException | Error e) {
        throw new AssertionError(kind.name() + ", mutation " + mutation, e);
      }
      long nanos = THREADS.getCurrentThreadCpuTime() - start;
      slowest = Math.max(slowest, nanos);
      assertThat(nanos).as("%s, mutation %d", kind.name(), mutation).isLessThan(MOST_NANOS);
    }
    outcomes.forEach(
        (name, outcome) ->
            System.out.println(name + ": right " + outcome[0] + ", refused " + outcome[1]));
    System.out.println("slowest " + slowest / 1_000_000 + " ms");
    assertThat(outcomes.values()).allMatch(outcome -> outcome[1] > 0);
  }

  private Object read(Kind kind) {
    try {
      return kind.read().apply(Files.write(folder.resolve("good"), kind.good()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private List<Kind> kinds() throws IOException {
    QuantumState state = SampleStates.full("state-ü", 4, 3);
    QuantumState large = SampleStates.plain("large", SampleStates.ghz(17));
    List<Kind> kinds = new ArrayList<>();
    UnaryOperator<byte[]> none = bytes -> bytes;
    Path file = folder.resolve("good");
    QmsFile.write(file, state);
    kinds.add(new Kind("qms", Files.readAllBytes(file), QmsFile::read, none, true));
    QmsFile.write(file, large);
    kinds.add(new Kind("qms compressed", Files.readAllBytes(file), QmsFile::read, none, true));
    JsonStates.write(file, state);
    kinds.add(new Kind("json", Files.readAllBytes(file), JsonStates::read, none, true));
    JsonStates.writeCompressed(file, state);
    kinds.add(new Kind("json.zlib", Files.readAllBytes(file), JsonStates::read, none, true));
    kinds.add(new Kind("json in zlib", inflated(file), path -> deflatedRead(path), none, true));
    Hdf5States.write(file, List.of(state, SampleStates.recipeOnly("recipe", 30)));
    kinds.add(
        new Kind(
            "hdf5",
            Files.readAllBytes(file),
            StateFileMutationTest::states,
            Hdf5Checksums::repair,
            true));
    Hdf5Tensors.write(
        file, Map.of("a/b", Tensor.of(new float[10_000], 100, 100)), Map.of("m", "x"), 6, true);
    kinds.add(
        new Kind(
            "hdf5 tensors",
            Files.readAllBytes(file),
            StateFileMutationTest::tensors,
            Hdf5Checksums::repair,
            false));
    for (String name : List.of("h5py-earliest.h5", "h5py-latest.h5")) {
      kinds.add(
          new Kind(
              name, golden(name), StateFileMutationTest::states, Hdf5Checksums::repair, false));
    }
    return kinds;
  }

  private static byte[] golden(String name) throws IOException {
    try (InputStream in = StateFileMutationTest.class.getResourceAsStream("/golden/" + name)) {
      return Objects.requireNonNull(in).readAllBytes();
    }
  }

  private static byte[] inflated(Path file) throws IOException {
    try (InputStream in = new InflaterInputStream(Files.newInputStream(file))) {
      return in.readAllBytes();
    }
  }

  private static Object deflatedRead(Path file) {
    try {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      try (DeflaterOutputStream zlib = new DeflaterOutputStream(out)) {
        zlib.write(Files.readAllBytes(file));
      }
      Files.write(file, out.toByteArray());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return JsonStates.read(file);
  }

  private static Object states(Path path) {
    List<QuantumState> states = new ArrayList<>();
    try (Hdf5StateFile file = Hdf5States.open(path)) {
      for (String id : file.ids()) {
        states.add(file.read(id));
      }
    }
    return states;
  }

  private static Object tensors(Path path) {
    return Hdf5Tensors.read(path).tensors().keySet();
  }
}
