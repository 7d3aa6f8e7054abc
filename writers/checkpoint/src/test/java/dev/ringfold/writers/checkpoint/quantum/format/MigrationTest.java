// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.quantum.format;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringfold.writers.checkpoint.quantum.QuantumState;
import dev.ringfold.writers.checkpoint.quantum.format.Migration.Outcome;
import dev.ringfold.writers.checkpoint.quantum.format.Migration.Report;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.DeflaterOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class MigrationTest {
  private static final String OLD =
      "{\"interface_config\":{\"n_qubits\":5},\"measurement_cache\":[{\"pad_values\":[1,2,3]}]}";

  @TempDir Path folder;
  private Path states;

  @BeforeEach
  void makeADirectory() throws Exception {
    states = Files.createDirectories(folder.resolve("quantum_states/inner")).getParent();
    Files.writeString(states.resolve("a.json"), OLD);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (DeflaterOutputStream zlib = new DeflaterOutputStream(out)) {
      zlib.write(OLD.getBytes(StandardCharsets.UTF_8));
    }
    Files.write(states.resolve("inner/b.json.zlib"), out.toByteArray());
    JsonStates.write(states.resolve("current.json"), SampleStates.full("c", 2, 1));
    Files.writeString(states.resolve("broken.json"), "{\"interface_config\":");
    Files.writeString(states.resolve("backup_metadata.json"), "{\"backups\":[]}");
    Files.writeString(states.resolve("notes.txt"), OLD);
  }

  private Map<String, String> contents() throws Exception {
    Map<String, String> contents = new TreeMap<>();
    try (Stream<Path> walk = Files.walk(folder)) {
      for (Path file : walk.filter(Files::isRegularFile).toList()) {
        contents.put(
            folder.relativize(file).toString(),
            new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1));
      }
    }
    return contents;
  }

  @Test
  void planAndDryRunWriteNothing() throws Exception {
    Map<String, String> before = contents();

    Report plan = Migration.of(states).plan();
    Report dryRun = Migration.of(states).dryRun();

    assertThat(contents()).isEqualTo(before);
    for (Report report : new Report[] {plan, dryRun}) {
      assertThat(report.processed()).isEqualTo(4);
      assertThat(report.count(Outcome.PLANNED)).isEqualTo(2);
      assertThat(report.count(Outcome.CURRENT)).isEqualTo(1);
      assertThat(report.count(Outcome.SKIPPED)).isEqualTo(1);
      assertThat(report.migrated()).isZero();
      assertThat(report.failed()).isEqualTo(1);
    }
  }

  @Test
  void aRunMigratesKeepsTheOriginalsAndReports() throws Exception {
    Map<String, String> before = contents();

    Report report = Migration.of(states).run();

    assertThat(report.processed()).isEqualTo(4);
    assertThat(report.migrated()).isEqualTo(2);
    assertThat(report.failed()).isEqualTo(1);
    assertThat(contents()).containsAllEntriesOf(before);
    assertThat(contents().keySet())
        .contains("quantum_states/a.v2.json", "quantum_states/inner/b.v2.json.zlib")
        .hasSize(before.size() + 2);
    QuantumState state = JsonStates.read(states.resolve("a.v2.json"));
    assertThat(state.qubits()).isEqualTo(5);
    assertThat(state.id()).isEqualTo("a");
    assertThat(state.emotional().recentEmotions()).isDeepEqualTo(new double[][] {{1, 2, 3}});
    assertThat(JsonStates.read(states.resolve("inner/b.v2.json.zlib")).id()).isEqualTo("b");
    assertThat(Files.readString(states.resolve("a.v2.json")))
        .contains("\"quantum_state_checksum\":\"", "\"version\":\"2.0\"");
  }

  @Test
  void aSecondRunDoesNothing() throws Exception {
    Migration.of(states).run();
    Map<String, String> before = contents();

    Report again = Migration.of(states).run();

    assertThat(again.migrated()).isZero();
    assertThat(again.count(Outcome.CURRENT)).isEqualTo(5);
    assertThat(contents()).isEqualTo(before);
  }

  @Test
  void aCopyOfAnotherOriginalIsNotWrittenOver() throws Exception {
    Migration.of(states).run();
    Files.writeString(states.resolve("a.json"), OLD.replace("5", "6"));
    Map<String, String> before = contents();

    Report report = Migration.of(states).run();

    assertThat(report.failed()).isEqualTo(2);
    assertThat(report.items().get(0).note()).contains("move it away");
    assertThat(contents()).isEqualTo(before);
  }

  @Test
  void anotherDirectoryGetsTheSameNames() throws Exception {
    Report report = Migration.of(states).into(folder.resolve("new")).run();

    assertThat(report.migrated()).isEqualTo(2);
    assertThat(JsonStates.read(folder.resolve("new/a.json")).qubits()).isEqualTo(5);
    assertThat(JsonStates.read(folder.resolve("new/inner/b.json.zlib")).qubits()).isEqualTo(5);
  }

  @Test
  void linksAreNotFollowed() throws Exception {
    Path outside = Files.writeString(folder.resolve("outside.json"), OLD);
    Files.createSymbolicLink(states.resolve("link.json"), outside);
    Files.createSymbolicLink(states.resolve("loop"), states);

    Report report = Migration.of(states).run();

    assertThat(report.processed()).isEqualTo(4);
  }
}
