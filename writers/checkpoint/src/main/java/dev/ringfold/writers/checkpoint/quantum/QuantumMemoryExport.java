// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.quantum;

import dev.ringfold.EventLogReader;
import dev.ringfold.internal.io.FileFailure;
import dev.ringfold.writers.checkpoint.CheckpointReader;
import dev.ringfold.writers.checkpoint.CheckpointSummary;
import dev.ringfold.writers.checkpoint.format.FormatException;
import dev.ringfold.writers.checkpoint.internal.io.TargetFile;
import dev.ringfold.writers.checkpoint.internal.json.CanonicalJson;
import dev.ringfold.writers.checkpoint.quantum.format.Hdf5States;
import dev.ringfold.writers.checkpoint.quantum.format.JsonStates;
import dev.ringfold.writers.checkpoint.quantum.format.QmsFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes the states of a log as the directory tree of the Quantum Memory, see {@link
 * QuantumMemoryLayout}: the newest version of each state in {@code quantum_memory.h5}, as a backup
 * and as an export, and the quantum checkpoints. Every file appears whole or not at all; the same
 * log gives the same files. For one thread.
 */
public final class QuantumMemoryExport implements AutoCloseable {
  /** Most ids that a message lists. */
  private static final int MAX_NAMED = 10;

  /**
   * What was written.
   *
   * @param states how many
   * @param checkpoints how many
   * @param bytes of all files written
   * @param withoutVector ids of states whose {@code .qms} has no vector, since it is not stored and
   *     cannot be made again up to the cap; none unless that was asked for
   */
  public record Report(int states, int checkpoints, long bytes, List<String> withoutVector) {
    /** Copies the ids. */
    public Report {
      withoutVector = List.copyOf(withoutVector);
    }
  }

  private final StoredStates states;
  private final CheckpointReader checkpoints;
  private long bytes;

  /** An export of a log, which stays open when this is closed. */
  public QuantumMemoryExport(EventLogReader log) {
    this.states = QuantumStates.open(log);
    this.checkpoints = CheckpointReader.open(log);
  }

  /**
   * Writes the whole tree; files of an earlier export that have other names stay. What is too large
   * for JSON, see {@link JsonStates#MAX_BYTES}, is not among the backups and checkpoint files.
   *
   * @throws StateTooLargeException when a state's vector is not stored and cannot be made again up
   *     to the cap of {@link StatePolicy#DEFAULT_MAX_QUBITS}; names the states, and nothing is
   *     written
   * @throws dev.ringfold.writers.checkpoint.ChecksumMismatchException when a state is damaged
   * @throws dev.ringfold.writers.checkpoint.format.FormatException when an id is longer than the
   *     HDF5 layout takes
   */
  public Report write(Path directory) {
    return write(directory, false);
  }

  /**
   * As {@link #write(Path)}.
   *
   * @param withoutVectors true to write a state whose vector cannot be made again without it,
   *     instead of refusing everything
   * @throws dev.ringfold.writers.checkpoint.ChecksumMismatchException when a state is damaged
   * @throws dev.ringfold.writers.checkpoint.format.FormatException when an id is longer than the
   *     HDF5 layout takes
   */
  public Report write(Path directory, boolean withoutVectors) {
    List<SavedState> missing = statesWithoutVector();
    if (!withoutVectors && !missing.isEmpty()) {
      throw refusal(missing);
    }
    QuantumMemoryLayout layout = QuantumMemoryLayout.open(directory);
    bytes = 0;
    List<CheckpointSummary> summaries =
        checkpoints.list().stream().filter(StateCheckpoints::isState).toList();
    writeHdf5(layout.hdf5());
    writeCheckpoints(layout, summaries);
    Backups backups = Backups.in(layout.backups());
    for (SavedState version : states.list()) {
      QuantumState state = states.load(version);
      writeBackup(layout, backups, version);
      writeExport(layout, version, state);
    }
    List<String> withoutVector = missing.stream().map(SavedState::id).toList();
    return new Report(states.list().size(), summaries.size(), bytes, withoutVector);
  }

  /** Those of which a vector could be expected: others were saved without anything like it. */
  private List<SavedState> statesWithoutVector() {
    List<SavedState> missing = new ArrayList<>();
    for (SavedState version : states.list()) {
      if (version.raw()) {
        continue;
      }
      QuantumState state = states.loadStored(version);
      if (state.vector() == null
          && (state.recipe() != null || !state.mps().isEmpty())
          && !StateReader.canBeMade(state, StatePolicy.DEFAULT_MAX_QUBITS)) {
        missing.add(version);
      }
    }
    return missing;
  }

  private static StateTooLargeException refusal(List<SavedState> missing) {
    List<String> named =
        missing.stream()
            .limit(MAX_NAMED)
            .map(version -> "'" + version.id() + "' (" + version.qubits() + " qubits)")
            .toList();
    return new StateTooLargeException(
        "The export needs vectors that are not stored and cannot be made again up to the cap of "
            + StatePolicy.DEFAULT_MAX_QUBITS
            + " qubits: "
            + String.join(", ", named)
            + (missing.size() > MAX_NAMED ? " and " + (missing.size() - MAX_NAMED) + " others" : "")
            + ". Nothing was written. Say --without-vectors to write these states without theirs.");
  }

  /**
   * Writes {@code quantum_memory.h5} alone, which also mends a broken one.
   *
   * @param file to write or replace
   */
  public void writeHdf5(Path file) {
    List<CheckpointSummary> summaries =
        checkpoints.list().stream().filter(StateCheckpoints::isState).toList();
    Hdf5States.write(
        file,
        () -> states.list().stream().map(states::loadStored).iterator(),
        () -> summaries.stream().map(this::asCheckpoint).iterator(),
        Hdf5States.Options.DEFAULT);
    count(file);
  }

  /** In HDF5 a checkpoint goes by its own id. */
  private QuantumState asCheckpoint(CheckpointSummary summary) {
    QuantumState state = state(summary);
    Map<String, Object> metadata = new LinkedHashMap<>(state.metadata());
    metadata.put("checkpoint_of", state.id());
    metadata.put("checkpoint_name", summary.label());
    return state.toBuilder().id(StateCheckpoints.id(summary)).metadata(metadata).build();
  }

  private QuantumState state(CheckpointSummary summary) {
    return StateCheckpoints.state(checkpoints.loadAt(summary.sequence()));
  }

  private void writeCheckpoints(QuantumMemoryLayout layout, List<CheckpointSummary> summaries) {
    List<Object> entries = new ArrayList<>();
    String latest = "";
    for (CheckpointSummary summary : summaries) {
      QuantumState state = state(summary);
      String id = StateCheckpoints.id(summary);
      Path file = layout.checkpoint(id);
      if (!writtenAsJson(file, state)) {
        continue;
      }
      Map<String, Object> entry = new LinkedHashMap<>();
      entry.put("checkpoint_id", id);
      entry.put("name", summary.label());
      entry.put("state_id", state.id());
      entry.put("n_qubits", state.qubits());
      entry.put("timestamp", StateTimes.format(summary.time()));
      entry.put("sequence", summary.sequence());
      entry.put("file", String.valueOf(file.getFileName()));
      entry.put("sha256", count(file).sha256());
      entries.add(entry);
      latest = id;
    }
    Map<String, Object> registry = new LinkedHashMap<>();
    registry.put("version", "1.0");
    registry.put("store_id", states.storeId());
    registry.put("checkpoints", entries);
    if (!latest.isEmpty()) {
      registry.put("latest", latest);
    }
    write(layout.checkpointRegistry(), registry);
  }

  private void writeBackup(QuantumMemoryLayout layout, Backups backups, SavedState version) {
    String id = version.id() + "-" + version.sequence();
    Path scratch = layout.contractions().resolve("backup.json");
    try {
      if (!writtenAsJson(scratch, states.loadStored(version))) {
        return;
      }
      Path named = layout.root().resolve(version.id() + ".json");
      bytes += backups.put(scratch, named, id, version.savedAt()).storedBytes();
      Files.delete(scratch);
    } catch (IOException e) {
      throw FileFailure.of("cannot delete", scratch, e);
    }
  }

  /** False when it is too large for JSON; then it is in the HDF5 file, and as {@code .qms}. */
  private static boolean writtenAsJson(Path file, QuantumState state) {
    try {
      JsonStates.write(file, state);
      return true;
    } catch (FormatException tooLarge) {
      return false;
    }
  }

  private void writeExport(QuantumMemoryLayout layout, SavedState version, QuantumState state) {
    String id = version.id() + "-" + version.sequence();
    Path file = layout.export(id);
    QmsFile.write(file, state);
    FileHash hash = count(file);
    Map<String, Object> metadata = new LinkedHashMap<>();
    metadata.put("export_id", id);
    metadata.put("state_id", version.id());
    metadata.put("format", QmsFile.FORMAT);
    metadata.put("n_qubits", version.qubits());
    metadata.put("timestamp", StateTimes.format(version.savedAt()));
    metadata.put("sequence", version.sequence());
    metadata.put("store_id", states.storeId());
    metadata.put("bytes", hash.bytes());
    metadata.put("sha256", hash.sha256());
    write(layout.exportMetadata(id), metadata);
  }

  private void write(Path file, Map<String, Object> json) {
    TargetFile.write(file, CanonicalJson.bytes(json));
    count(file);
  }

  private FileHash count(Path file) {
    try {
      FileHash hash = FileHash.of(file);
      bytes += hash.bytes();
      return hash;
    } catch (IOException e) {
      throw FileFailure.of("cannot read", file, e);
    }
  }

  @Override
  public void close() {
    states.close();
    checkpoints.close();
  }
}
