// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.compat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringfold.writers.checkpoint.ChecksumMismatchException;
import dev.ringfold.writers.checkpoint.foreign.Foreign;
import dev.ringfold.writers.checkpoint.format.FormatException;
import dev.ringfold.writers.checkpoint.quantum.Backups;
import dev.ringfold.writers.checkpoint.quantum.EmotionalContext;
import dev.ringfold.writers.checkpoint.quantum.QuantumState;
import dev.ringfold.writers.checkpoint.quantum.StateNotFoundException;
import dev.ringfold.writers.checkpoint.quantum.States;
import dev.ringfold.writers.checkpoint.quantum.format.Hdf5StateFile;
import dev.ringfold.writers.checkpoint.quantum.format.Hdf5States;
import dev.ringfold.writers.checkpoint.quantum.format.Migration;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One test for each call of the Quantum Memory's usage and recovery sections. */
class QuantumMemoryUsageTest {
  @TempDir Path directory;

  static QuantumState state(String id, int qubits, double[] vector) {
    return QuantumState.builder(id, qubits)
        .vector(vector)
        .timestamp(Instant.parse("2025-06-30T12:34:56.789Z"))
        .padValues(0.4, 0.2, -0.1)
        .confidence(0.87)
        .measurementCache(List.of(Map.of("outcome", "0101", "shots", 1_000)))
        .emotional(
            new EmotionalContext(
                new double[][] {{0.1, 0.2, 0.3}, {0.2, 0.2, 0.2}}, 0.6, new double[][] {{0, 0, 0}}))
        .interfaceConfig(Map.of("n_qubits", qubits))
        .build();
  }

  private Path file(String name) {
    return directory.resolve(name);
  }

  // interface.save_state("quantum_state.json")
  @Test
  void saveStateWritesJsonThatPythonReads() {
    QuantumInterface quantumInterface = new QuantumInterface(state("s", 3, States.ghz(3)));

    quantumInterface.saveState(file("quantum_state.json"));

    assertThat(
            Foreign.python(
                List.of(),
                """
                import json, sys
                d = json.load(open(sys.argv[1]))
                print(d["metadata"]["version"], sorted(d), d["emotional_context"]["stability"])
                """,
                file("quantum_state.json")))
        .isEqualTo(
            "2.0 ['emotional_context', 'fidelity_metrics', 'interface_config',"
                + " 'measurement_cache', 'metadata', 'quantum_state'] 0.6");
  }

  // interface.save_state_compressed("quantum_state.json")
  @Test
  void saveStateCompressedWritesZlibThatPythonReads() {
    QuantumInterface quantumInterface = new QuantumInterface(state("s", 3, States.ghz(3)));

    Path written = quantumInterface.saveStateCompressed(file("quantum_state.json"));

    assertThat(written).isEqualTo(file("quantum_state.json.zlib"));
    assertThat(
            Foreign.python(
                List.of(),
                """
                import json, sys, zlib
                d = json.loads(zlib.decompress(open(sys.argv[1], "rb").read()))
                print(d["metadata"]["version"], d["measurement_cache"][0]["shots"])
                """,
                written))
        .isEqualTo("2.0 1000");
  }

  // interface.load_state("quantum_state.json")  # with automatic migration
  @Test
  void loadStateTakesVersionTwoPlainAndCompressedAndVersionOne() throws IOException {
    QuantumState state = state("s", 3, States.ghz(3));
    new QuantumInterface(state).saveState(file("plain.json"));
    new QuantumInterface(state).saveStateCompressed(file("packed.json"));
    Files.writeString(
        file("old.json"),
        "{\"interface_config\":{\"n_qubits\":4},\"measurement_cache\":[{\"a\":1}]}");
    QuantumInterface quantumInterface = new QuantumInterface();

    assertThat(quantumInterface.loadState(file("plain.json"))).isEqualTo(state);
    assertThat(quantumInterface.loadState(file("packed.json"))).isEqualTo(state);
    assertThat(quantumInterface.loadState(file("packed.json.zlib"))).isEqualTo(state);
    QuantumState old = quantumInterface.loadState(file("old.json"));
    assertThat(old.interfaceConfig()).containsEntry("n_qubits", 4L);
    assertThat(quantumInterface.state()).isSameAs(old);
    assertThatThrownBy(() -> new QuantumInterface().state())
        .isInstanceOf(IllegalStateException.class);
  }

  // storage = HDF5QuantumStorage("quantum_memory.h5")
  // state_id = storage.save_quantum_state(state_data)
  @Test
  void saveQuantumStatePutsItIntoTheFile() {
    try (HDF5QuantumStorage storage = new HDF5QuantumStorage(file("quantum_memory.h5"))) {
      String id = storage.saveQuantumState(state("bell", 2, States.ghz(2)));

      assertThat(id).isEqualTo("bell");
    }
    assertThat(
            Foreign.python(
                List.of("h5py"),
                """
                import h5py, sys
                f = h5py.File(sys.argv[1], "r")
                v = f["quantum_states/bell/quantum_data/state_vector"][:]
                print(v.dtype, len(v), f["index"].attrs["latest"], f["index"].attrs["count"])
                """,
                file("quantum_memory.h5")))
        .isEqualTo("complex128 4 bell 1");
  }

  // state_data = storage.load_quantum_state(state_id)
  @Test
  void loadQuantumStateGivesWhatWasSaved() {
    QuantumState state = state("r", 8, States.random(8, 1));
    try (HDF5QuantumStorage storage = new HDF5QuantumStorage(file("m.h5"))) {
      storage.saveQuantumStates(List.of(state, state("q", 2, States.ghz(2))));
    }
    try (HDF5QuantumStorage storage = new HDF5QuantumStorage(file("m.h5"))) {
      assertThat(storage.loadQuantumState("r")).isEqualTo(state);
      assertThat(storage.listQuantumStates()).containsExactly("r", "q");
      assertThatThrownBy(() -> storage.loadQuantumState("rr"))
          .isInstanceOf(StateNotFoundException.class)
          .hasMessageContaining("[r, q]");
    }
  }

  // storage.export_to_binary(state_id, "export.qms")
  // new_id = storage.import_from_binary("export.qms")
  @Test
  void exportToBinaryAndImportFromBinaryGiveTheSameStateUnderANewId() {
    QuantumState state = state("r", 6, States.random(6, 1));
    try (HDF5QuantumStorage storage = new HDF5QuantumStorage(file("m.h5"))) {
      storage.saveQuantumState(state);
      storage.exportToBinary("r", file("export.qms"));

      String newId = storage.importFromBinary(file("export.qms"));
      String another = storage.importFromBinary(file("export.qms"));

      assertThat(List.of("r", newId, another)).doesNotHaveDuplicates();
      assertThat(storage.loadQuantumState(newId).vector()).isEqualTo(state.vector());
      assertThat(storage.loadQuantumState(newId)).isEqualTo(state.toBuilder().id(newId).build());
      assertThat(storage.listQuantumStates()).containsExactly("r", newId, another);
    }
  }

  @Test
  void fileOfH5pyIsTakenIn() throws IOException {
    Foreign.python(
        List.of("h5py", "numpy"),
        """
        import h5py, sys, numpy as np
        f = h5py.File(sys.argv[1], "w")
        f.attrs["schema_version"] = "1.0"
        s = f.create_group("quantum_states/theirs")
        m = s.create_group("metadata")
        m.attrs["version"] = "2.0"; m.attrs["n_qubits"] = 2
        m.attrs["timestamp"] = "2025-06-30T12:34:56"
        s.create_dataset("quantum_data/state_vector", data=np.array([1, 0, 0, 1j]) / np.sqrt(2))
        f.copy(s, f, "checkpoints/before")
        f["notes"] = "nobody else knows of these"
        """,
        file("theirs.h5"));
    byte[] theirs = Files.readAllBytes(file("theirs.h5"));

    try (HDF5QuantumStorage storage = new HDF5QuantumStorage(file("theirs.h5"))) {
      assertThat(storage.loadQuantumState("theirs").vector()[7]).isEqualTo(1 / Math.sqrt(2));
      storage.saveQuantumState(state("ours", 2, States.ghz(2)));
    }
    try (Hdf5StateFile open = Hdf5States.open(file("theirs.h5"))) {
      assertThat(open.ids()).containsExactly("theirs", "ours");
      assertThat(open.checkpointIds()).containsExactly("before");
      assertThat(open.readCheckpoint("before").vector()[7]).isEqualTo(1 / Math.sqrt(2));
    }
    assertThat(Files.readAllBytes(file("theirs.h5.original"))).isEqualTo(theirs);
  }

  @Test
  void checkpointsOfAFileStayInItWhateverIsSaved() throws IOException {
    QuantumState one = state("one", 3, States.random(3, 1));
    QuantumState two = state("2", 12, States.random(12, 2));
    Hdf5States.write(file("m.h5"), List.of(one), List.of(one, two), Hdf5States.Options.DEFAULT);
    for (int round = 0; round < 2; round++) {
      try (HDF5QuantumStorage storage = new HDF5QuantumStorage(file("m.h5"))) {
        storage.saveQuantumState(state("round " + round, 2, States.ghz(2)));
        storage.states().optimize();
        storage.repair();
      }
      try (Hdf5StateFile open = Hdf5States.open(file("m.h5"))) {
        assertThat(open.ids()).hasSize(2 + round);
        assertThat(open.checkpointIds()).containsExactly("2", "one");
        assertThat(open.readCheckpoint("one")).isEqualTo(one);
        assertThat(open.readCheckpoint("2")).isEqualTo(two);
      }
    }
    assertThat(file("m.h5.original2")).doesNotExist();
    // The log has them: what becomes of the file does not matter.
    Files.delete(file("m.h5"));
    new HDF5QuantumStorage(file("m.h5")).close();
    try (Hdf5StateFile open = Hdf5States.open(file("m.h5"))) {
      assertThat(open.checkpointIds()).containsExactly("2", "one");
    }
  }

  @Test
  void fileOfMoreStatesThanOneGroupTakesIsTakenIn() {
    int count = 1_100;
    List<QuantumState> many =
        IntStream.range(0, count).mapToObj(i -> state("s" + i, 1, States.ghz(1))).toList();
    Hdf5States.write(file("m.h5"), many);

    try (HDF5QuantumStorage storage = new HDF5QuantumStorage(file("m.h5"))) {
      assertThat(storage.listQuantumStates()).hasSize(count).startsWith("s0", "s1");
    }
  }

  @Test
  void fileWithAStateThatCannotBeReadIsRefusedEachTimeAndLeftAsItIs() throws IOException {
    Foreign.python(
        List.of("h5py", "numpy"),
        """
        import h5py, sys, numpy as np
        f = h5py.File(sys.argv[1], "w")
        for name, length in [("a", 4), ("b", 5)]:
            s = f.create_group("checkpoints/" + name)
            s.create_group("metadata").attrs["timestamp"] = "2025-06-30T12:34:56"
            v = np.ones(length) / np.sqrt(length) + 0j
            s.create_dataset("quantum_data/state_vector", data=v)
        """,
        file("theirs.h5"));
    byte[] theirs = Files.readAllBytes(file("theirs.h5"));

    for (int attempt = 0; attempt < 2; attempt++) {
      assertThatThrownBy(() -> new HDF5QuantumStorage(file("theirs.h5")))
          .isInstanceOf(FormatException.class)
          .hasMessageContaining("checkpoints/b");
    }
    assertThat(Files.readAllBytes(file("theirs.h5"))).isEqualTo(theirs);
  }

  // checkpoint_manager = CheckpointManager()
  // cp_id = checkpoint_manager.create_checkpoint(interface, "experiment_start")
  // checkpoint_manager.restore_checkpoint(interface, cp_id)
  @Test
  void checkpointOfAnInterfaceIsRestoredById() {
    QuantumState before = state("s", 5, States.random(5, 1));
    QuantumInterface quantumInterface = new QuantumInterface(before);
    String id;
    try (CheckpointManager manager = new CheckpointManager(file(".checkpoints"))) {
      id = manager.createCheckpoint(quantumInterface, "experiment_start");
      quantumInterface.state(state("s", 5, States.ghz(5)));
      manager.restoreCheckpoint(quantumInterface, id);
      assertThat(quantumInterface.state()).isEqualTo(before);
    }
    try (CheckpointManager manager = new CheckpointManager(file(".checkpoints"))) {
      assertThat(manager.restoreCheckpoint(id)).isEqualTo(before);
      assertThat(manager.listStateCheckpoints()).containsExactly(Map.entry(id, "experiment_start"));
      assertThat(manager.listCheckpoints()).isEmpty();
      assertThatThrownBy(() -> manager.restoreCheckpoint("cp-999"))
          .hasMessageContaining("sequence 999");
      assertThatThrownBy(() -> manager.restoreCheckpoint("x"))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  // h5recover quantum_memory.h5
  @Test
  void corruptedHdf5IsMadeAnewFromTheLog() throws IOException {
    try (HDF5QuantumStorage storage = new HDF5QuantumStorage(file("m.h5"))) {
      storage.saveQuantumState(state("r", 6, States.random(6, 1)));
    }
    byte[] whole = Files.readAllBytes(file("m.h5"));
    Files.write(file("m.h5"), new byte[100]);
    try (HDF5QuantumStorage storage = new HDF5QuantumStorage(file("m.h5"))) {
      assertThat(storage.loadQuantumState("r").vector()).isEqualTo(States.random(6, 1));

      storage.repair();

      assertThat(Files.readAllBytes(file("m.h5"))).isEqualTo(whole);
    }
    Files.write(file("other.h5"), new byte[100]);
    assertThatThrownBy(() -> new HDF5QuantumStorage(file("other.h5")))
        .isInstanceOf(FormatException.class);
  }

  // backup_path = backup_manager.get_latest_backup(checkpoint_file)
  // backup_manager.restore_backup(backup_path)
  @Test
  void latestBackupRestoresTheFile() throws IOException {
    BackupManager backupManager = new BackupManager(file(".backups"));
    QuantumInterface quantumInterface =
        new QuantumInterface(state("s", 3, States.ghz(3)), backupManager);
    Path checkpoint = file("checkpoint.json");
    quantumInterface.saveState(checkpoint);
    byte[] first = Files.readAllBytes(checkpoint);
    assertThat(backupManager.getLatestBackup(checkpoint)).isEmpty();
    quantumInterface.state(state("s", 3, States.product(3)));
    quantumInterface.saveState(checkpoint);
    Files.delete(checkpoint);

    Optional<Path> backup = backupManager.getLatestBackup(checkpoint);
    backupManager.restoreBackup(backup.orElseThrow());

    assertThat(Files.readAllBytes(checkpoint)).isEqualTo(first);
    assertThat(backup.orElseThrow().toString()).endsWith(".json.zlib");
    assertThat(file(".backups").resolve(Backups.METADATA)).exists();
    assertThat(
            Foreign.python(
                List.of(),
                "import sys, zlib; sys.stdout.buffer.write(zlib.decompress(open(sys.argv[1],"
                    + " 'rb').read()))",
                backup.orElseThrow()))
        .isEqualTo(new String(first, java.nio.charset.StandardCharsets.UTF_8).strip());
  }

  // utils = MigrationUtilities(); utils.batch_migrate_directory("./quantum_states")
  @Test
  void batchMigrateDirectoryReportsAndKeepsOriginals() throws IOException {
    String old = "{\"interface_config\":{\"n_qubits\":4},\"measurement_cache\":[]}";
    Files.writeString(file("a.json"), old);
    Files.writeString(file("b.json"), "{\"interface_config\":[}");
    MigrationUtilities utils = new MigrationUtilities();

    assertThat(utils.planDirectory(directory).count(Migration.Outcome.PLANNED)).isEqualTo(1);
    Migration.Report report = utils.batchMigrateDirectory(directory);

    assertThat(report.migrated()).isEqualTo(1);
    assertThat(report.failed()).isEqualTo(1);
    assertThat(report.processed()).isEqualTo(2);
    assertThat(file("a.json")).hasContent(old);
    assertThat(new QuantumInterface().loadState(file("a.v2.json")).interfaceConfig())
        .containsEntry("n_qubits", 4L);
  }

  // "Checksum mismatch": restore from backup
  @Test
  void checksumMismatchIsFoundAndTheBackupIsWhole() throws IOException {
    BackupManager backupManager = new BackupManager(file(".backups"));
    Path file = file("s.json");
    QuantumInterface quantumInterface =
        new QuantumInterface(state("s", 3, States.ghz(3)), backupManager);
    quantumInterface.saveState(file);
    quantumInterface.saveState(file);
    Files.writeString(file, Files.readString(file).replace("0.87", "0.88"));

    assertThatThrownBy(() -> quantumInterface.loadState(file))
        .isInstanceOf(ChecksumMismatchException.class)
        .hasMessageContaining("Checksum mismatch");
    backupManager.restoreBackup(backupManager.getLatestBackup(file).orElseThrow());
    assertThat(quantumInterface.loadState(file).confidence()).isEqualTo(0.87);
  }
}
