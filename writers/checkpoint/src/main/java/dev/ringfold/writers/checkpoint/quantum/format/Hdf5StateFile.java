// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.quantum.format;

import dev.ringfold.writers.checkpoint.format.FormatException;
import dev.ringfold.writers.checkpoint.format.FormatLimits;
import dev.ringfold.writers.checkpoint.internal.hdf5.Hdf5File;
import dev.ringfold.writers.checkpoint.internal.hdf5.Hdf5Node;
import dev.ringfold.writers.checkpoint.quantum.QuantumState;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** An open file of {@link Hdf5States}. States are read when asked for. Used by one thread. */
public final class Hdf5StateFile implements AutoCloseable {
  private static final int NAMED_AT_MOST = 5;

  private final Hdf5File file;
  private final FormatLimits limits;

  private Hdf5StateFile(Hdf5File file, FormatLimits limits) {
    this.file = file;
    this.limits = limits;
  }

  static Hdf5StateFile open(Path path, FormatLimits limits) {
    Hdf5File file = Hdf5File.open(path, limits);
    try {
      Object version = file.root().attribute("schema_version");
      if (version != null && !version.equals(Hdf5States.SCHEMA_VERSION)) {
        throw new FormatException(
            path
                + ": expected schema_version "
                + Hdf5States.SCHEMA_VERSION
                + " but found "
                + version);
      }
      return new Hdf5StateFile(file, limits);
    } catch (RuntimeException e) {
      file.close();
      throw e;
    }
  }

  /**
   * Ids of all states: those of the index in its order, then others by name.
   *
   * @throws FormatException when the index is not of this file
   */
  public List<String> ids() {
    Set<String> names = names(Hdf5States.STATES);
    Set<String> ids = new LinkedHashSet<>();
    Hdf5Node index = file.root().find(Hdf5States.INDEX);
    if (index != null && index.find("chronological") != null) {
      for (String id : index.child("chronological").strings()) {
        if (!names.contains(id) || !ids.add(id)) {
          throw new FormatException(
              index.where()
                  + ": names the state '"
                  + id
                  + "', which is "
                  + (ids.contains(id) ? "there twice" : "not in the file"));
        }
      }
      check(index, ids);
    } else if (!names.isEmpty() && isOurs(names.iterator().next())) {
      throw new FormatException(file.path() + ": the index is missing");
    }
    ids.addAll(names);
    return List.copyOf(ids);
  }

  private boolean isOurs(String id) {
    Hdf5Node state = file.root().child(Hdf5States.STATES).child(id);
    return state.child("metadata").attribute("metadata_checksum") != null;
  }

  private static void check(Hdf5Node index, Set<String> ids) {
    Object count = index.attribute("count");
    Object latest = index.attribute("latest");
    String last = "";
    for (String id : ids) {
      last = id;
    }
    if (count instanceof Number number && number.longValue() != ids.size()
        || latest != null && !latest.equals(last)) {
      throw new FormatException(
          index.where()
              + ": counts "
              + count
              + " states up to '"
              + latest
              + "' but has "
              + ids.size()
              + " up to '"
              + last
              + "'");
    }
  }

  /** Ids of all checkpoints, by name. */
  public List<String> checkpointIds() {
    return List.copyOf(names(Hdf5States.CHECKPOINTS));
  }

  private Set<String> names(String group) {
    Hdf5Node node = file.root().find(group);
    return node == null ? Set.of() : new TreeSet<>(node.names());
  }

  /**
   * Reads a state.
   *
   * @throws FormatException when it is not there, or wrong
   * @throws dev.ringfold.writers.checkpoint.ChecksumMismatchException when it is not what was
   *     written
   */
  public QuantumState read(String id) {
    return read(Hdf5States.STATES, id);
  }

  /** As {@link #read}, of a checkpoint. */
  public QuantumState readCheckpoint(String id) {
    return read(Hdf5States.CHECKPOINTS, id);
  }

  private QuantumState read(String group, String id) {
    Hdf5Node all = file.root().find(group);
    Hdf5Node node = all == null || id.isEmpty() ? null : all.find(id);
    if (node == null) {
      List<String> names = List.copyOf(names(group));
      throw new FormatException(
          file.path()
              + ": has no '"
              + id
              + "' in "
              + group
              + "; it has "
              + names.size()
              + (names.isEmpty()
                  ? ""
                  : ", such as "
                      + String.join(
                          ", ", names.subList(0, Math.min(NAMED_AT_MOST, names.size())))));
    }
    return new Hdf5StateReader(node, id, limits).state();
  }

  /** Everything the file says of a state besides its arrays, without checking its checksums. */
  public Entry entry(String id) {
    Hdf5Node node = file.root().child(Hdf5States.STATES).child(id);
    Hdf5Node metadata = node.child("metadata");
    Hdf5Node data = node.find("quantum_data");
    return new Entry(
        id,
        Hdf5StateReader.integer(metadata, "n_qubits", 0, QuantumState.MAX_QUBITS),
        String.valueOf(metadata.attribute("timestamp")),
        String.valueOf(metadata.attribute("version")),
        String.valueOf(metadata.attribute("compression")),
        data != null && data.find("state_vector") != null,
        data != null && data.find("mps_tensors") != null);
  }

  /**
   * What a list of states shows.
   *
   * @param id of the state
   * @param qubits as the file says
   * @param timestamp likewise
   * @param version likewise
   * @param compression likewise
   * @param vector whether the vector is in the file
   * @param mps whether MPS tensors are
   */
  public record Entry(
      String id,
      int qubits,
      String timestamp,
      String version,
      String compression,
      boolean vector,
      boolean mps) {}

  @Override
  public void close() {
    file.close();
  }
}
