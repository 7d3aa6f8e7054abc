// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.quantum.format;

import dev.ringfold.writers.checkpoint.format.FormatException;
import dev.ringfold.writers.checkpoint.format.FormatLimits;
import dev.ringfold.writers.checkpoint.internal.hdf5.Hdf5Group;
import dev.ringfold.writers.checkpoint.internal.hdf5.Hdf5Storage;
import dev.ringfold.writers.checkpoint.internal.hdf5.Hdf5Writer;
import dev.ringfold.writers.checkpoint.internal.json.CanonicalJson;
import dev.ringfold.writers.checkpoint.quantum.EmotionalContext;
import dev.ringfold.writers.checkpoint.quantum.QuantumState;
import dev.ringfold.writers.checkpoint.quantum.StateChecksums;
import dev.ringfold.writers.checkpoint.quantum.StateDocument;
import dev.ringfold.writers.checkpoint.quantum.StateTimes;
import dev.ringfold.writers.checkpoint.tensor.Tensor;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * States in the HDF5 layout of the Quantum Memory.
 *
 * <pre>
 * /                                    @schema_version "1.0"  @created  @description
 * /quantum_states/{id}/metadata        @version "2.0"  @n_qubits  @timestamp  @compression
 *                                      and @checksum  @metadata_checksum  @policy
 *     recipe                           JSON string, when the state has one
 *     extra                            JSON string: fidelity_metrics, interface_config, metadata
 * /quantum_states/{id}/quantum_data    @policy
 *     state_vector                     complex128[2^n], gzip and shuffle; absent by policy RECIPE
 *     mps_tensors/tensor_0 ...         complex128[...]  group: @n_tensors  @bond_dimension
 * /quantum_states/{id}/classical_data  @confidence
 *     pad_values                       float64[3]
 *     confidence                       float64
 *     measurement_cache                JSON string
 * /quantum_states/{id}/emotional_context  @stability
 *     recent_emotions, trajectory      float64[N,3]
 *     stability                        float64
 * /checkpoints/{id}                    the four groups of a state
 * /index                               @latest  @count
 *     chronological                    64-byte strings
 * </pre>
 *
 * What is not of the published layout, {@code metadata_checksum}, {@code policy}, {@code recipe}
 * and {@code extra}, may be missing in files of others. The checksums are those of {@link
 * StateChecksums}. Attributes that are strings are of variable length, in UTF-8, as h5py makes
 * them. Chunks have a sixteenth of an array's bytes, 64 KiB to 1 MiB.
 *
 * <p>All methods are thread-safe.
 */
public final class Hdf5States {
  /** The version of the layout. */
  public static final String SCHEMA_VERSION = "1.0";

  /** Most bytes of an id. */
  public static final int MAX_ID_BYTES = 64;

  static final String STATES = "quantum_states";
  static final String CHECKPOINTS = "checkpoints";
  static final String INDEX = "index";

  private Hdf5States() {}

  /**
   * How a file is written.
   *
   * @param gzipLevel of the vector and the MPS tensors, 1 to 9, or 0 for none
   * @param shuffle whether bytes of the same significance are put together before
   * @param description of the file
   * @param created when; {@link Instant#MIN} for the time of the last state, so that the same
   *     states give the same file
   */
  public record Options(int gzipLevel, boolean shuffle, String description, Instant created) {
    /** Level 6, shuffled, "Quantum Memory Storage", created when the last state was. */
    public static final Options DEFAULT =
        new Options(6, true, "Quantum Memory Storage", Instant.MIN);

    Hdf5Storage storage() {
      return new Hdf5Storage(gzipLevel, shuffle && gzipLevel > 0);
    }
  }

  /** Writes states in chronological order and no checkpoints, with the default options. */
  public static void write(Path file, Iterable<QuantumState> states) {
    write(file, states, List.of(), Options.DEFAULT);
  }

  /**
   * Writes a file, whole or not at all. States are taken one after the other; one is not held any
   * longer when the next is asked for.
   *
   * @param states in chronological order
   * @param checkpoints likewise, named by their ids
   * @throws FormatException when an id is over 64 bytes or there twice, or an attribute over 64 KiB
   */
  public static void write(
      Path file,
      Iterable<QuantumState> states,
      Iterable<QuantumState> checkpoints,
      Options options) {
    try (Hdf5Writer writer = Hdf5Writer.create(file)) {
      Hdf5Group root = writer.root();
      Instant last = Instant.EPOCH;
      List<String> ids = new ArrayList<>();
      Hdf5Group group = root.group(STATES);
      for (QuantumState state : states) {
        write(group.group(checkedId(state)), state, options);
        ids.add(state.id());
        last = state.timestamp();
      }
      group = root.group(CHECKPOINTS);
      for (QuantumState checkpoint : checkpoints) {
        write(group.group(checkedId(checkpoint)), checkpoint, options);
      }
      index(root.group(INDEX), ids);
      Instant created = options.created().equals(Instant.MIN) ? last : options.created();
      root.attribute("schema_version", SCHEMA_VERSION)
          .attribute("created", StateTimes.format(created))
          .attribute("description", options.description());
      writer.freeze();
    }
  }

  private static void index(Hdf5Group index, List<String> ids) {
    index.texts("chronological", ids, MAX_ID_BYTES);
    index.attribute("count", ids.size());
    if (!ids.isEmpty()) {
      index.attribute("latest", ids.get(ids.size() - 1));
    }
  }

  private static String checkedId(QuantumState state) {
    int bytes = state.id().getBytes(java.nio.charset.StandardCharsets.UTF_8).length;
    if (bytes > MAX_ID_BYTES) {
      throw new FormatException(
          "The state id '"
              + state.id()
              + "' has "
              + bytes
              + " bytes; the HDF5 layout takes at most "
              + MAX_ID_BYTES
              + ". Export it under another id");
    }
    return state.id();
  }

  private static void write(Hdf5Group group, QuantumState state, Options options) {
    StateChecksums checksums = StateChecksums.of(state);
    String policy = state.vector() == null ? "RECIPE" : "RAW";
    Hdf5Group metadata = group.group("metadata");
    metadata
        .attribute("version", StateDocument.VERSION)
        .attribute("n_qubits", state.qubits())
        .attribute("timestamp", StateTimes.format(state.timestamp()))
        .attribute("compression", options.gzipLevel() > 0 ? "gzip" : "none")
        .attribute("checksum", checksums.quantumState())
        .attribute("metadata_checksum", checksums.metadata())
        .attribute("policy", policy);
    if (state.recipe() != null) {
      metadata.text("recipe", state.recipe().json());
    }
    metadata.text("extra", extra(state));
    quantumData(group.group("quantum_data").attribute("policy", policy), state, options);
    classicalData(group.group("classical_data"), state);
    emotionalContext(group.group("emotional_context"), state.emotional());
  }

  private static String extra(QuantumState state) {
    Map<String, Object> extra = new LinkedHashMap<>();
    extra.put("interface_config", state.interfaceConfig());
    extra.put("fidelity_metrics", state.fidelityMetrics());
    extra.put("metadata", state.metadata());
    return CanonicalJson.text(extra);
  }

  private static void quantumData(Hdf5Group group, QuantumState state, Options options) {
    Tensor vector = state.vectorTensor();
    if (vector != null) {
      group.tensor("state_vector", vector, options.storage());
    }
    if (!state.mps().isEmpty()) {
      Hdf5Group mps = group.group("mps_tensors");
      for (int i = 0; i < state.mps().size(); i++) {
        mps.tensor("tensor_" + i, state.mps().get(i), options.storage());
      }
      mps.attribute("n_tensors", state.mps().size());
      mps.attribute("bond_dimension", state.bondDimension());
    }
  }

  private static void classicalData(Hdf5Group group, QuantumState state) {
    group.tensor(
        "pad_values", Tensor.of(state.padValues(), QuantumState.PAD_LENGTH), Hdf5Storage.PLAIN);
    group.scalar("confidence", state.confidence());
    group.attribute("confidence", state.confidence());
    group.text("measurement_cache", CanonicalJson.text(state.measurementCache()));
  }

  private static void emotionalContext(Hdf5Group group, EmotionalContext context) {
    rows(group, "recent_emotions", context.recentEmotions());
    group.scalar("stability", context.stability());
    group.attribute("stability", context.stability());
    rows(group, "trajectory", context.trajectory());
  }

  private static void rows(Hdf5Group group, String name, double[][] rows) {
    double[] flat = new double[rows.length * EmotionalContext.ROW_LENGTH];
    for (int i = 0; i < rows.length; i++) {
      System.arraycopy(
          rows[i], 0, flat, i * EmotionalContext.ROW_LENGTH, EmotionalContext.ROW_LENGTH);
    }
    group.tensor(
        name, Tensor.of(flat, rows.length, EmotionalContext.ROW_LENGTH), Hdf5Storage.PLAIN);
  }

  /** Opens a file with the limits of {@link FormatLimits#DEFAULT}. */
  public static Hdf5StateFile open(Path file) {
    return open(file, FormatLimits.DEFAULT);
  }

  /**
   * Opens a file, of ours or of h5py, with superblock version 0, 2 or 3. One array has at most 2
   * GiB.
   *
   * @throws FormatException when it is no HDF5 file, damaged, or over a limit
   */
  public static Hdf5StateFile open(Path file, FormatLimits limits) {
    return Hdf5StateFile.open(file, limits);
  }

  /** Reads one state with the limits of {@link FormatLimits#DEFAULT}. */
  public static QuantumState read(Path file, String id) {
    return read(file, id, FormatLimits.DEFAULT);
  }

  /**
   * Reads one state.
   *
   * @throws FormatException when it is not there, or wrong
   * @throws dev.ringfold.writers.checkpoint.ChecksumMismatchException when it is not what was
   *     written
   */
  public static QuantumState read(Path file, String id, FormatLimits limits) {
    try (Hdf5StateFile open = open(file, limits)) {
      return open.read(id);
    }
  }
}
