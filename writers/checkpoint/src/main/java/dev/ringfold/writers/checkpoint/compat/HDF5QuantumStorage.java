// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.compat;

import dev.ringfold.RingfoldException;
import dev.ringfold.writers.checkpoint.format.FormatException;
import dev.ringfold.writers.checkpoint.quantum.QuantumState;
import dev.ringfold.writers.checkpoint.quantum.QuantumStore;
import dev.ringfold.writers.checkpoint.quantum.SavedState;
import dev.ringfold.writers.checkpoint.quantum.StatePolicy;
import dev.ringfold.writers.checkpoint.quantum.StateTooLargeException;
import dev.ringfold.writers.checkpoint.quantum.format.Hdf5States;
import dev.ringfold.writers.checkpoint.quantum.format.QmsFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;

/**
 * The Quantum Memory's HDF5 storage: an {@code .h5} file with all states in it.
 *
 * <pre>{@code
 * HDF5QuantumStorage storage = new HDF5QuantumStorage(Path.of("quantum_memory.h5"));
 * String stateId = storage.saveQuantumState(state);
 * storage.exportToBinary(stateId, Path.of("export.qms"));
 * QuantumState loaded = storage.loadQuantumState(stateId);
 * String newId = storage.importFromBinary(Path.of("export.qms"));
 * }</pre>
 *
 * <p>States are kept in a log in {@code <file>.ringfold/}; the file is made from it anew after
 * every save, whole or not at all, and {@link #repair} makes it anew when it is broken. A file that
 * is there first, of h5py say, is imported, states and checkpoints, and stays under another name,
 * {@code <file>.original}. Vectors are stored, up to the policy's cap.
 *
 * <p>Thread-safe.
 */
public final class HDF5QuantumStorage implements AutoCloseable {
  private static final int MAX_IMPORTS = 100_000;
  private static final String QMS = "qms";

  private final LinkedStore place;
  private final QuantumStore states;
  private final Hdf5Checkpoints checkpoints;

  /** Opens a file, vectors of up to {@link StatePolicy#DEFAULT_MAX_QUBITS} qubits. */
  public HDF5QuantumStorage(Path file) {
    this(file, StatePolicy.RAW);
  }

  /**
   * Opens a file, which is made when it is missing.
   *
   * @throws FormatException when a file is there that is no HDF5 file, and the log has no states to
   *     make it anew; or when it has states or checkpoints that cannot be imported
   * @throws RingfoldException when the log cannot be opened; the message says why
   */
  public HDF5QuantumStorage(Path file, StatePolicy policy) {
    place = new LinkedStore(file, "quantum_memory.h5");
    place.makeParent();
    boolean first = !Files.exists(place.store());
    states = QuantumStore.builder(place.store()).policy(policy).open();
    checkpoints = new Hdf5Checkpoints(states);
    boolean opened = false;
    try {
      if (Files.exists(file())) {
        new Hdf5Import(file(), states, checkpoints).run(first);
      } else {
        write();
      }
      opened = true;
    } finally {
      if (!opened) {
        checkpoints.close();
        states.close();
      }
    }
  }

  /**
   * Saves a state: in the log, and then in the file.
   *
   * @return its id
   * @throws FormatException when its id has more than 64 bytes
   * @throws StateTooLargeException when its vector is over the cap
   */
  public String saveQuantumState(QuantumState state) {
    return saveQuantumStates(List.of(state)).get(0);
  }

  /** Saves several states, all or none; the file is written once. */
  public synchronized List<String> saveQuantumStates(Collection<QuantumState> all) {
    for (QuantumState state : all) {
      if (bytes(state.id()) > Hdf5States.MAX_ID_BYTES) {
        throw new FormatException(
            "The state id '"
                + state.id()
                + "' has more than "
                + Hdf5States.MAX_ID_BYTES
                + " bytes");
      }
    }
    Hdf5Import.save(states, all);
    write();
    return all.stream().map(QuantumState::id).toList();
  }

  private static int bytes(String id) {
    return id.getBytes(StandardCharsets.UTF_8).length;
  }

  private void write() {
    Hdf5States.write(
        file(),
        () -> states.list().stream().map(states::loadStored).iterator(),
        checkpoints.all(),
        Hdf5States.Options.DEFAULT);
  }

  /**
   * Loads a state, its checksums compared.
   *
   * @throws dev.ringfold.writers.checkpoint.quantum.StateNotFoundException when there is none of
   *     this id; names the nearest
   */
  public QuantumState loadQuantumState(String id) {
    return states.load(id);
  }

  /** The ids of all states, in the order they were saved. */
  public List<String> listQuantumStates() {
    return states.list().stream().map(SavedState::id).toList();
  }

  /**
   * Writes a state as {@code .qms}, and notes in the log that it was exported.
   *
   * @return the file
   * @throws StateTooLargeException when its vector is not stored, and cannot be made up to the cap
   */
  public Path exportToBinary(String id, Path target) {
    SavedState version =
        states
            .find(id)
            .orElseGet(
                () -> {
                  states.load(id); // Throws, and names the nearest.
                  return states.find(id).orElseThrow();
                });
    QuantumState state = states.load(version);
    if (state.vector() == null && (state.recipe() != null || !state.mps().isEmpty())) {
      throw new StateTooLargeException(
          "The vector of state '"
              + id
              + "' with "
              + state.qubits()
              + " qubits is not stored, and cannot be made again up to the cap of "
              + states.policy().maxQubits()
              + " qubits.");
    }
    QmsFile.write(target, state);
    String name = String.valueOf(target.getFileName());
    String exportId = name.endsWith(".qms") ? name.substring(0, name.length() - 4) : name;
    try {
      states.recordExport(version, exportId, QMS, target);
    } catch (IOException e) {
      throw new RingfoldException("The export " + target + " cannot be read again: " + e, e);
    }
    return target;
  }

  /**
   * Reads a {@code .qms} file and saves it as another state.
   *
   * @return the id it has here: that of the file when it is free, else with a number behind it
   */
  public synchronized String importFromBinary(Path source) {
    QuantumState read = QmsFile.read(source);
    String id = freeId(read.id());
    return saveQuantumState(read.toBuilder().id(id).build());
  }

  private String freeId(String wanted) {
    if (states.find(wanted).isEmpty() && bytes(wanted) <= Hdf5States.MAX_ID_BYTES) {
      return wanted;
    }
    for (int number = 1; number <= MAX_IMPORTS; number++) {
      String suffix = "-import-" + number;
      String start = wanted;
      while (bytes(start) + suffix.length() > Hdf5States.MAX_ID_BYTES) {
        start = start.substring(0, start.offsetByCodePoints(start.length(), -1));
      }
      if (states.find(start + suffix).isEmpty()) {
        return start + suffix;
      }
    }
    throw new RingfoldException("The state '" + wanted + "' was imported too often.");
  }

  /** Makes the file anew from the log; what was wrong with it does not matter. */
  public synchronized void repair() {
    write();
  }

  /** The {@code .h5} file. */
  public Path file() {
    return place.path();
  }

  /** The store with the log and the blobs. */
  public Path storePath() {
    return place.store();
  }

  /** The states themselves, for what the seed did not have. */
  public QuantumStore states() {
    return states;
  }

  @Override
  public void close() {
    checkpoints.close();
    states.close();
  }
}
