// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringfold.examples.bench.checkpoints.CheckpointPeer;
import dev.ringfold.examples.bench.checkpoints.Fingerprint;
import dev.ringfold.examples.bench.checkpoints.StateClass;
import dev.ringfold.examples.bench.checkpoints.WeightContent;
import dev.ringfold.examples.bench.checkpoints.Weights;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import picocli.CommandLine;

/** Small tensors: shows that every row works and checks what it saved; asserts no time. */
@Tag("smoke")
class CheckpointBenchTest {
  private static final int TENSORS = 10;
  private static final int FLOATS = 20_000;
  private static final long BYTES = (long) TENSORS * FLOATS * Float.BYTES;
  private static final long SEED = 7;
  private static final CheckpointScale TINY =
      new CheckpointScale(true, 1, 0, TENSORS, FLOATS, 2, 6, 2, 6, 1, 10);
  private static final Clock NOON =
      Clock.fixed(Instant.parse("2026-11-21T12:00:00Z"), ZoneOffset.UTC);

  @TempDir Path directory;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream progress = new ByteArrayOutputStream();

  private static PrintStream print(ByteArrayOutputStream bytes) {
    return new PrintStream(bytes, true, StandardCharsets.UTF_8);
  }

  private static Call weights(String operation, WeightContent content) {
    return Call.of(operation)
        .with("content", content.code())
        .with("tensors", TENSORS)
        .with("floats", FLOATS);
  }

  private Figures call(CheckpointKind kind, Call call) throws Exception {
    return CheckpointWorker.OPERATIONS.run(kind, directory, call.with("seed", SEED));
  }

  private static Weights filled(WeightContent content) {
    Weights weights = new Weights(TENSORS, FLOATS);
    weights.fill(content, SEED);
    return weights;
  }

  @ParameterizedTest
  @EnumSource
  void everybodySavesAndLoadsEveryContent(CheckpointKind kind) throws Exception {
    for (WeightContent content : WeightContent.values()) {
      Figures figures = call(kind, weights("transfer", content));

      assertThat(figures.get("saveNanos")).isPositive();
      assertThat(figures.get("loadNanos")).isPositive();
      double most = content == WeightContent.ZEROS ? 0.35 : 1.01;
      assertThat(figures.get("storedBytes") / BYTES).as(content.label()).isBetween(0.05, most);
    }
  }

  @ParameterizedTest
  @EnumSource
  void aWrongByteOnTheDiskIsFound(CheckpointKind kind) throws Exception {
    Weights weights = filled(WeightContent.RANDOM);
    Fingerprint expected = Fingerprint.of(weights.tensors());
    try (CheckpointPeer peer = kind.open(directory)) {
      peer.save(3, weights).join();
      peer.reopen();
      expected.verify(peer.load(3));
      flipByteOfLargestTensorFile();

      assertThatThrownBy(() -> expected.verify(peer.load(3))).isInstanceOf(Exception.class);
    }
  }

  private void flipByteOfLargestTensorFile() throws IOException {
    Path file;
    try (Stream<Path> files = Files.walk(directory)) {
      file =
          files
              .filter(path -> path.toString().contains("blobs") || path.toString().endsWith(".bin"))
              .filter(Files::isRegularFile)
              .max(Comparator.comparing(path -> path.toFile().length()))
              .orElseThrow();
    }
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      ByteBuffer one = ByteBuffer.allocate(1);
      long at = channel.size() / 2;
      channel.read(one, at);
      channel.write(one.put(0, (byte) (one.get(0) ^ 0x10)).flip(), at);
    }
  }

  @Test
  void fingerprintNamesTheTensorWithAWrongBit() {
    Weights weights = filled(WeightContent.WEIGHTS);
    Fingerprint expected = Fingerprint.of(weights.tensors());
    expected.verify(weights.frozen());
    float[] array = weights.arrays().get("layer004.weight");
    array[FLOATS - 1] = Float.intBitsToFloat(Float.floatToRawIntBits(array[FLOATS - 1]) ^ 1);

    assertThatThrownBy(() -> expected.verify(weights.tensors()))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("layer004.weight");
    assertThatThrownBy(() -> expected.verify(new Weights(1, FLOATS).tensors()))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("instead of");
  }

  @ParameterizedTest
  @EnumSource
  void contentIsAFunctionOfItsSeedAndNoTwoTensorsAreAlike(WeightContent content) {
    Weights weights = filled(content);
    float[] zeroth = weights.arrays().get("layer000.weight").clone();
    float[] first = weights.arrays().get("layer001.weight").clone();

    Fingerprint.of(weights.tensors()).verify(filled(content).tensors());
    assertThat(zeroth).isNotEqualTo(first);
    weights.changeSome(content, SEED + 1);
    assertThat(weights.arrays().get("layer000.weight")).isNotEqualTo(zeroth);
    assertThat(weights.arrays().get("layer001.weight")).isEqualTo(first);
  }

  @Test
  void captureCountsOneCopyAndNoneOfFrozenTensors() throws Exception {
    Figures figures =
        call(
            CheckpointKind.RINGFOLD,
            weights("capture", WeightContent.RANDOM).with("captures", 2).with("floats", 500_000));

    assertThat(figures.get("nanos")).isPositive();
    assertThat(figures.get("frozenCopies")).isLessThan(0.1);
    assertThat(figures.get("copies")).isBetween(0.9, 1.5);
    assertThat(
            call(CheckpointKind.RAW_ZSTD, weights("copy", WeightContent.ZEROS).with("captures", 2))
                .get("nanos"))
        .isPositive();
  }

  @ParameterizedTest
  @EnumSource(names = {"RINGFOLD", "RAW_ZSTD"})
  void bothSavesAreLoadedAgain(CheckpointKind kind) throws Exception {
    Figures figures = call(kind, weights("second", WeightContent.RANDOM));

    assertThat(figures.get("firstNanos")).isPositive();
    assertThat(figures.get("secondNanos")).isPositive();
  }

  @ParameterizedTest
  @EnumSource(names = {"RINGFOLD", "RAW_ZSTD"})
  void trainingGoesOnDuringASave(CheckpointKind kind) throws Exception {
    Call call = weights("training", WeightContent.WEIGHTS).with("saves", 2).with("millis", 10);

    Figures figures = call(kind, call);

    assertThat(figures.get("duringNanos")).isPositive();
    assertThat(figures.get("outsideNanos")).isPositive();
  }

  @Test
  void statesComeBackFromEveryFormat() throws Exception {
    Call call = Call.of("states").with("qubits", 8).with("repeats", 2);

    Figures figures = call(CheckpointKind.RINGFOLD, call);

    for (String format : List.of("qms", "hdf5", "json")) {
      assertThat(figures.get(format + "LoadNanos")).isPositive();
      assertThat(figures.get(format + "WriteNanos")).isPositive();
    }
    Call vector = new Call("vector", call.arguments());
    assertThat(call(CheckpointKind.RAW_ZSTD, vector).get("loadNanos")).isPositive();
  }

  @Test
  void anotherStateIsNotTheSame() {
    var state = StateClass.MPS.state(4, SEED);

    StateTransfers.requireSame(state, StateClass.MPS.state(4, SEED));
    assertThatThrownBy(() -> StateTransfers.requireSame(state, StateClass.MPS.state(4, SEED + 1)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("loaded");
  }

  @Test
  void stateWithoutEntanglementIsStoredInLessThanARandomOne() throws Exception {
    Call call = Call.of("compression").with("qubits", 11);

    Figures product = call(CheckpointKind.RINGFOLD, call.with("class", StateClass.PRODUCT.code()));
    Figures random = call(CheckpointKind.RINGFOLD, call.with("class", StateClass.RANDOM.code()));

    assertThat(product.get("mps")).isGreaterThan(random.get("mps"));
    assertThat(product.get("classical")).isBetween(30.0, 100.0);
    assertThat(random.get("hdf5")).isLessThan(10);
  }

  @Test
  void unknownOperationIsRefused() {
    assertThatThrownBy(() -> call(CheckpointKind.JAVA_GZIP, Call.of("nothing")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("nothing");
  }

  @Test
  void everyRowIsMeasuredInChildrenAndPrintedAsJson() throws IOException {
    TableRun.Options<CheckpointScale> options =
        new TableRun.Options<>(TINY, Set.of(), directory, true, "ringfold bench checkpoint");

    List<RowResult> lines = new CheckpointBench(options, print(out), print(progress)).run(NOON);

    assertThat(lines).extracting(RowResult::note).containsOnly("");
    for (Row<CheckpointSession> row : CheckpointBench.ROWS) {
      assertThat(lines).anyMatch(line -> line.row().startsWith(row.name() + "."));
    }
    assertThat(out.toString(StandardCharsets.UTF_8).lines())
        .hasSameSizeAs(lines)
        .allMatch(line -> line.startsWith("{\"bench\":\"checkpoint\",\"row\":\""));
    try (Stream<Path> left = Files.list(directory)) {
      assertThat(left).isEmpty();
    }
  }

  @Test
  void commandRefusesWrongArguments() {
    CommandLine command = new CommandLine(new BenchCommand());
    command.setErr(new PrintWriter(print(progress), true));
    command.setOut(new PrintWriter(print(out), true));

    assertThat(command.execute("checkpoint", "--row", "nothing")).isEqualTo(2);
    assertThat(progress.toString(StandardCharsets.UTF_8)).contains("capture, save");
    assertThat(command.execute("checkpoint", "--rounds", "0")).isEqualTo(2);
    assertThat(command.execute("checkpoint", "--help")).isZero();
    assertThat(out.toString(StandardCharsets.UTF_8)).contains("--quick", "second");
  }
}
