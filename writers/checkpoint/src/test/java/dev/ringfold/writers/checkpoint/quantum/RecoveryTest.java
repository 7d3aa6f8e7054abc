// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.quantum;

import static dev.ringfold.writers.checkpoint.quantum.QuantumStoreTest.state;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringfold.EventLog;
import dev.ringfold.EventLogReader;
import dev.ringfold.LogOption;
import dev.ringfold.internal.io.DirectoryTree;
import dev.ringfold.writers.checkpoint.Checkpoints;
import dev.ringfold.writers.checkpoint.foreign.Foreign;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecoveryTest {
  @TempDir Path directory;

  private final QuantumState bell = state("bell", 2).vector(States.ghz(2)).build();
  private final QuantumState random = state("random", 7).vector(States.random(7, 1)).build();
  private final QuantumState recipe =
      state("recipe", 6).recipe(Recipe.of(States.ghzCircuit(6))).build();
  private QuantumMemoryLayout layout;

  @BeforeEach
  void exportEverything() {
    try (EventLog log =
            EventLog.builder(store()).set(LogOption.LEDGER_INTERVAL, Duration.ofHours(1)).build();
        QuantumStore states = QuantumStore.on(log).policy(StatePolicy.RAW).open();
        Checkpoints checkpoints = Checkpoints.on(log).open()) {
      states.saveAll(List.of(bell, random, recipe)).join();
      checkpoints.save(StateCheckpoints.draft(1, random, 20).label("experiment_start")).await();
    }
    export(tree());
    layout = QuantumMemoryLayout.at(tree());
  }

  private Path store() {
    return directory.resolve("store");
  }

  private Path tree() {
    return directory.resolve("project-sanctuary");
  }

  private QuantumMemoryExport.Report export(Path to) {
    try (EventLogReader log = EventLog.openReadOnly(store());
        QuantumMemoryExport export = new QuantumMemoryExport(log)) {
      return export.write(to);
    }
  }

  @Test
  void treeIsTheSeedsTree() throws IOException {
    assertThat(files(tree()).keySet())
        .containsExactly(
            ".backups/backup_metadata.json",
            ".backups/bell-1.json.zlib",
            ".backups/random-2.json.zlib",
            ".backups/recipe-3.json.zlib",
            ".checkpoints/checkpoint_registry.json",
            ".checkpoints/cp-4.json",
            "exports/bell-1.qms",
            "exports/bell-1_metadata.json",
            "exports/random-2.qms",
            "exports/random-2_metadata.json",
            "exports/recipe-3.qms",
            "exports/recipe-3_metadata.json",
            "quantum_states/quantum_memory.h5");
    assertThat(tree().resolve(".checkpoints/backups")).isDirectory();
    assertThat(layout.contractions()).isEmptyDirectory();
  }

  @Test
  void sameLogGivesTheSameTree() throws IOException {
    Path other = directory.resolve("other").resolve("project-sanctuary");

    QuantumMemoryExport.Report report = export(other);

    assertThat(report.states()).isEqualTo(3);
    assertThat(report.checkpoints()).isEqualTo(1);
    assertThat(report.withoutVector()).isEmpty();
    TreeMap<String, String> first = files(tree());
    TreeMap<String, String> second = files(other);
    first.remove(".backups/backup_metadata.json"); // Has absolute paths.
    second.remove(".backups/backup_metadata.json");
    assertThat(second).isEqualTo(first);
    export(tree());
    TreeMap<String, String> again = files(tree());
    again.remove(".backups/backup_metadata.json");
    assertThat(again).isEqualTo(first);
  }

  private static TreeMap<String, String> files(Path root) throws IOException {
    TreeMap<String, String> found = new TreeMap<>();
    try (Stream<Path> all = Files.walk(root)) {
      for (Path file : (Iterable<Path>) all.filter(Files::isRegularFile)::iterator) {
        found.put(root.relativize(file).toString(), FileHash.of(file).sha256());
      }
    }
    return found;
  }

  @Test
  void foreignProgramsReadTheTree() {
    assertThat(
            Foreign.python(
                List.of("h5py", "numpy"),
                """
                import h5py, json, struct, sys, zlib, os
                root = sys.argv[1]
                f = h5py.File(root + "/quantum_states/quantum_memory.h5", "r")
                print([i.decode() for i in f["index/chronological"][:]], list(f["checkpoints"]))
                print(f["quantum_states/recipe/quantum_data"].attrs["policy"],
                      "state_vector" in f["quantum_states/recipe/quantum_data"])
                r = json.load(open(root + "/.checkpoints/checkpoint_registry.json"))
                print(r["latest"], r["checkpoints"][0]["name"])
                b = json.load(open(root + "/.backups/backup_metadata.json"))["backups"][0]
                d = json.loads(zlib.decompress(open(root + "/.backups/" + b["backup_file"],
                    "rb").read()))
                print(d["metadata"]["version"])
                q = open(root + "/exports/recipe-3.qms", "rb").read()
                n = struct.unpack("<I", q[:4])[0]
                print(json.loads(q[4:4 + n])["n_qubits"], q[4 + n:8 + n])
                m = json.load(open(root + "/exports/recipe-3_metadata.json"))
                print(m["sequence"], m["bytes"] == len(q))
                """,
                tree()))
        .isEqualTo(
            """
            ['bell', 'random', 'recipe'] ['cp-4']
            RECIPE False
            cp-4 experiment_start
            2.0
            6 b'RAW '
            3 True\
            """);
  }

  @Test
  void answerSaysWhichLevelItCameFrom() throws IOException {
    try (QuantumStore log = QuantumStore.builder(store()).policy(StatePolicy.RAW).open()) {
      Recovery recovery = Recovery.of(layout, log);
      List<RecoveryLevel> levels = new ArrayList<>();

      levels.add(require(recovery, 0));
      Files.write(layout.hdf5(), new byte[64]);
      levels.add(require(recovery, 1));
      Files.write(layout.backups().resolve("random-2.json.zlib"), new byte[64]);
      levels.add(require(recovery, 3));
      Files.write(layout.checkpoint("cp-4"), new byte[64]);
      levels.add(require(recovery, 5));
      Files.write(layout.export("random-2"), new byte[64]);
      levels.add(require(recovery, 7));

      assertThat(levels)
          .containsExactly(
              RecoveryLevel.PRIMARY,
              RecoveryLevel.BACKUP,
              RecoveryLevel.CHECKPOINT,
              RecoveryLevel.EXPORT,
              RecoveryLevel.LOG);
      assertThat(levels).extracting(RecoveryLevel::number).containsExactly(1, 2, 3, 4, 0);
    }
  }

  private RecoveryLevel require(Recovery recovery, int leastProblems) {
    Recovered recovered = recovery.load("random");
    assertThat(recovered.state().vector()).isEqualTo(random.vector());
    assertThat(recovered.state().confidence()).isEqualTo(random.confidence());
    assertThat(recovered.source()).startsWith(directory.toString());
    assertThat(recovered.problems()).hasSizeGreaterThanOrEqualTo(leastProblems);
    return recovered.level();
  }

  @Test
  void damagedListsDoNotHideTheirFiles() throws IOException {
    Files.delete(layout.hdf5());
    Files.writeString(layout.backups().resolve(Backups.METADATA), "{");
    assertThat(Recovery.of(layout).load("bell").level()).isEqualTo(RecoveryLevel.BACKUP);

    DirectoryTree.delete(layout.backups());
    Files.writeString(layout.checkpointRegistry(), "no json");
    assertThat(Recovery.of(layout).load("random").level()).isEqualTo(RecoveryLevel.CHECKPOINT);
    assertThat(Recovery.of(layout).load("bell").level()).isEqualTo(RecoveryLevel.EXPORT);
  }

  @Test
  void whatIsNowhereIsNotFoundAndWhatIsDamagedEverywhereIsNotRecovered() throws IOException {
    assertThatThrownBy(() -> Recovery.of(layout).load("rundom"))
        .isInstanceOf(StateNotFoundException.class)
        .hasMessageContaining("[random, ");
    DirectoryTree.delete(layout.backups());
    Files.write(layout.hdf5(), new byte[64]);
    Files.write(layout.export("bell-1"), new byte[64]);
    assertThatThrownBy(() -> Recovery.of(layout).load("bell"))
        .isInstanceOfSatisfying(
            StateUnrecoverableException.class,
            e -> assertThat(e.problems()).anyMatch(line -> line.startsWith("level 4")));
    assertThatThrownBy(() -> Recovery.of(layout).load("../bell"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void brokenHdf5IsMadeAnewFromTheLog() throws IOException {
    byte[] whole = Files.readAllBytes(layout.hdf5());
    Files.write(layout.hdf5(), new byte[64]);

    try (EventLogReader log = EventLog.openReadOnly(store());
        QuantumMemoryExport export = new QuantumMemoryExport(log)) {
      export.writeHdf5(layout.hdf5());
    }

    assertThat(layout.hdf5()).hasBinaryContent(whole);
    assertThat(Recovery.of(layout).load("random").level()).isEqualTo(RecoveryLevel.PRIMARY);
  }

  @Test
  void scratchFolderIsEmptiedAndLeftoversAreSweptAtOpen() throws IOException {
    Files.createDirectories(layout.contractions().resolve("deep"));
    Files.writeString(layout.contractions().resolve("deep").resolve("x"), "x");
    Path leftover = Files.writeString(layout.exports().resolve(".a.qms.1f.tmp"), "x");
    Path kept = Files.writeString(layout.exports().resolve("notes.tmp.txt"), "x");

    QuantumMemoryLayout.open(tree());

    assertThat(layout.contractions()).isEmptyDirectory();
    assertThat(leftover).doesNotExist();
    assertThat(kept).exists();
    assertThat(layout.hdf5()).exists();
  }

  @Test
  void stateOverTheCapIsRefusedByNameUnlessItMayGoWithoutItsVector() {
    try (QuantumStore states = QuantumStore.builder(store()).open()) {
      states.save(state("wide", 21).recipe(Recipe.of(States.ghzCircuit(21))).build()).join();
    }
    Path tree = directory.resolve("wide");

    assertThatThrownBy(() -> export(tree))
        .isInstanceOf(StateTooLargeException.class)
        .hasMessageContaining("the cap of 20 qubits: 'wide' (21 qubits). Nothing was written")
        .hasMessageContaining("--without-vectors");
    assertThat(tree).doesNotExist();

    try (EventLogReader log = EventLog.openReadOnly(store());
        QuantumMemoryExport export = new QuantumMemoryExport(log)) {
      QuantumMemoryExport.Report report = export.write(tree, true);

      assertThat(report.withoutVector()).containsExactly("wide");
      assertThat(report.states()).isEqualTo(4);
    }
  }

  @Test
  void vectorThatIsTooLargeForJsonIsInTheOtherFiles() throws IOException {
    Path other = directory.resolve("large.store");
    try (QuantumStore states = QuantumStore.builder(other).policy(StatePolicy.raw(22)).open()) {
      states.save(state("large", 22).vector(States.ghz(22)).build()).join();
    }
    QuantumMemoryLayout large = QuantumMemoryLayout.open(directory.resolve("large"));
    try (EventLogReader log = EventLog.openReadOnly(other);
        QuantumMemoryExport export = new QuantumMemoryExport(log)) {
      assertThat(export.write(large.root()).withoutVector()).isEmpty();
    }

    assertThat(large.backups()).isDirectoryNotContaining("glob:**large*");
    assertThat(large.contractions()).isEmptyDirectory();
    Recovered found = Recovery.of(large).load("large");
    assertThat(found.level()).isEqualTo(RecoveryLevel.PRIMARY);
    assertThat(found.problems()).isEmpty();
    Files.delete(large.hdf5());
    assertThat(Recovery.of(large).load("large").level()).isEqualTo(RecoveryLevel.EXPORT);
  }

  @Test
  void readersSeeStatesOfAStoreThatIsOpenForWriting() {
    try (QuantumStore writer = QuantumStore.builder(store()).open();
        EventLogReader log = EventLog.openReadOnly(store());
        StoredStates states = QuantumStates.open(log)) {
      assertThat(states.list())
          .extracting(SavedState::id)
          .containsExactly("bell", "random", "recipe");
      SavedState saved =
          writer.save(state("late", 3).recipe(Recipe.of(States.ghzCircuit(3))).build()).join();

      assertThat(states.find("late")).contains(saved);
      assertThat(states.load("late").vector()).isEqualTo(States.ghz(3));
      assertThat(states.loadAt("bell", 3).vector()).isEqualTo(bell.vector());
      assertThat(states.versions("bell")).hasSize(1);
      double[] streamed = new double[8];
      states.stream(
          "bell", (first, part) -> part.get(streamed, (int) (2 * first), part.remaining()));
      assertThat(streamed).isEqualTo(bell.vector());
      assertThatThrownBy(() -> states.load("no")).isInstanceOf(StateNotFoundException.class);
    }
  }
}
