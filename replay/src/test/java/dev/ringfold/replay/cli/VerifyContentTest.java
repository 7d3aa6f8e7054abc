// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ringfold.AckLevel;
import dev.ringfold.EventLog;
import dev.ringfold.MetricsRow;
import dev.ringfold.Producer;
import dev.ringfold.event.Event;
import dev.ringfold.event.MetricsLogged.Kind;
import dev.ringfold.event.RunClosed;
import dev.ringfold.writers.checkpoint.Checkpoints;
import dev.ringfold.writers.checkpoint.tensor.Tensor;
import dev.ringfold.writers.parquet.Compression;
import dev.ringfold.writers.parquet.MetricTable;
import dev.ringfold.writers.parquet.MetricTables;
import dev.ringfold.writers.parquet.TableOptions;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code verify} says when bytes may differ, and when those of a checkpoint do. */
final class VerifyContentTest {
  private static final int ROWS = 3_000;

  @TempDir private Path folder;

  /** A store whose table is written with gzip of this level. */
  private Path gzip(String name, int level) throws IOException {
    Path store = folder.resolve(name);
    TableOptions options =
        TableOptions.defaults().withCompression(Compression.GZIP, level).withPartRows(1_000);
    Event configured = MetricTables.configuration(store.resolve("outputs"), options).orElseThrow();
    try (EventLog log = Stores.builder(store).build()) {
      try (Producer producer = log.producer("setup")) {
        producer.appendAndAwait(log.stream(MetricTables.STREAM), configured, AckLevel.JOURNAL);
      }
      publish(log);
    }
    TrainingStore.fold(store, MetricTables.metrics());
    return store;
  }

  /** The same rows in every store. */
  private static void publish(EventLog log) {
    try (Producer producer = log.producer("trainer")) {
      MetricsRow row = producer.metrics(log.stream("run"), Stores.LAYOUT);
      for (int step = 0; step < ROWS; step++) {
        row.begin(Kind.STEP, 0, 0, step, 1_000L + step);
        assertThat(row.set(0, step * 0.5).set(1, step * 32L).set(2, "simulator").offer()).isTrue();
      }
      producer.appendAndAwait(log.stream("run"), new RunClosed(0), AckLevel.DISK);
    }
  }

  private static List<Path> parts(Path store) throws IOException {
    MetricTable table = MetricTable.open(MetricTables.metricsTable(store.resolve("outputs")));
    return table.parts().stream().map(part -> part.file()).toList();
  }

  @Test
  void aTableOfGzipIsComparedByItsRowsAndNotByItsBytes() throws IOException {
    Path store = gzip("store", 9);
    Path other = gzip("other", 1);
    List<Path> parts = parts(store);
    compressLike(parts, parts(other));
    commitLike(newestCommit(store), newestCommit(other));

    JsonNode json = Ran.ringfold("verify", store, "--rebuild", "metrics", "--json").json();
    Ran text = Ran.ringfold("verify", store, "--rebuild", "metrics");

    assertThat(json.get("intact").asBoolean()).as(json.toString()).isTrue();
    assertThat(json.at("/rebuild/0/filesByContent").asInt()).isEqualTo(parts.size() + 1);
    assertThat(json.at("/rebuild/0/filesByBytes").asInt()).isZero();
    assertThat(text.exitCode()).isZero();
    assertThat(text.out())
        .contains("0 files compared by SHA-256, " + (parts.size() + 1) + " by content; the same");
  }

  /** As if another JDK had compressed them. */
  private static void compressLike(List<Path> parts, List<Path> others) throws IOException {
    assertThat(parts).hasSizeGreaterThan(1).hasSameSizeAs(others);
    for (int i = 0; i < parts.size(); i++) {
      assertThat(parts.get(i).getFileName()).isEqualTo(others.get(i).getFileName());
      assertThat(Files.mismatch(parts.get(i), others.get(i))).as("bytes").isNotNegative();
      Files.delete(parts.get(i));
      Files.copy(others.get(i), parts.get(i));
    }
  }

  private static Path newestCommit(Path store) throws IOException {
    Path table = MetricTables.metricsTable(store.resolve("outputs"));
    try (Stream<Path> commits = Files.list(table.resolve("_commits"))) {
      return commits
          .filter(file -> file.toString().endsWith(".json"))
          .max(Comparator.naturalOrder())
          .orElseThrow();
    }
  }

  /** Its parts and their sum as the other commit has them, under a checksum of its own. */
  private static void commitLike(Path commit, Path other) throws IOException {
    List<String> lines = Files.readAllLines(commit);
    List<String> others = Files.readAllLines(other);
    StringBuilder body = new StringBuilder();
    for (int i = 0; i < lines.size() - 1; i++) {
      String line = lines.get(i);
      boolean size = line.startsWith("{\"name\":\"part-") || line.startsWith("\"rows\":");
      body.append(size ? others.get(i) : line).append('\n');
    }
    CRC32C crc = new CRC32C();
    crc.update(body.toString().getBytes(StandardCharsets.UTF_8));
    String end = String.format(Locale.ROOT, "\"crc32c\":\"%08x\"}\n", crc.getValue());
    Files.delete(commit);
    Files.writeString(commit, body + end);
  }

  @Test
  void aDamagedPartOfATableOfGzipIsFoundByWhatIsInIt() throws IOException {
    Path store = gzip("store", 6);
    Path part = parts(store).get(0);
    flip(part);

    Ran damaged = Ran.ringfold("verify", store, "--rebuild", "metrics");

    assertThat(damaged.exitCode()).as(damaged.out()).isEqualTo(ExitCodes.DAMAGED);
    assertThat(damaged.out())
        .contains("ERROR metrics " + part.getFileName() + ": expected 1000 rows of hash ");
  }

  private static void flip(Path file) throws IOException {
    file.toFile().setWritable(true);
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length / 2] ^= 1;
    Files.write(file, bytes);
  }

  @Test
  void aDamagedBlobOfACheckpointIsNamed() throws IOException {
    Path store = folder.resolve("store");
    byte[] noise = new byte[1 << 20];
    new Random(5).nextBytes(noise);
    int[] weights = new int[noise.length / Integer.BYTES];
    java.nio.ByteBuffer.wrap(noise).asIntBuffer().get(weights);
    try (Checkpoints checkpoints = Checkpoints.builder(store).trees(false).open()) {
      checkpoints
          .save(1, Map.of("w", Tensor.of(weights, weights.length)), Map.of(), Map.of())
          .await();
    }
    assertThat(Ran.ringfold("verify", store, "--full").exitCode()).isZero();
    Path blob = largest(store.resolve("blobs"));
    flip(blob);

    Ran full = Ran.ringfold("verify", store, "--full");
    JsonNode json = Ran.ringfold("verify", store, "--full", "--json").json();

    assertThat(full.exitCode()).as(full.out() + full.err()).isEqualTo(ExitCodes.DAMAGED);
    assertThat(full.out())
        .contains("ERROR ", blob.toString(), "SHA-256 of the file's " + Files.size(blob) + " bytes")
        .contains("Restore it from a backup")
        .endsWith("DAMAGED\n");
    assertThat(json.get("intact").asBoolean()).isFalse();
    assertThat(json.at("/findings/0/file").asText()).isEqualTo(blob.toString());
    assertThat(json.at("/findings/0/severity").asText()).isEqualTo("error");
    // What only looks at the journal cannot know.
    assertThat(Ran.ringfold("verify", store, "--deep").exitCode()).isZero();
  }

  private static Path largest(Path directory) throws IOException {
    Path largest = null;
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        largest = largest == null || Files.size(file) > Files.size(largest) ? file : largest;
      }
    }
    return java.util.Objects.requireNonNull(largest);
  }
}
