// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.quantum.format;

import dev.ringfold.internal.io.FileFailure;
import dev.ringfold.writers.checkpoint.format.FormatException;
import dev.ringfold.writers.checkpoint.format.FormatLimits;
import dev.ringfold.writers.checkpoint.format.Npy;
import dev.ringfold.writers.checkpoint.format.Npz;
import dev.ringfold.writers.checkpoint.quantum.EmotionalContext;
import dev.ringfold.writers.checkpoint.quantum.QuantumState;
import dev.ringfold.writers.checkpoint.quantum.StateTooLargeException;
import dev.ringfold.writers.checkpoint.tensor.DType;
import dev.ringfold.writers.checkpoint.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Quantum states as files, whichever format a name tells. The arrays of an {@code .npz} are called
 * {@code state_vector}, {@code mps_tensors/tensor_0} and so on, {@code pad_values}, {@code
 * confidence}, {@code recent_emotions}, {@code stability} and {@code trajectory}. Stateless and
 * thread-safe.
 */
public final class StateFiles {
  private static final String VECTOR = "state_vector";
  private static final String TENSOR = "mps_tensors/tensor_";
  private static final String PAD_VALUES = "pad_values";
  private static final String CONFIDENCE = "confidence";
  private static final String EMOTIONS = "recent_emotions";
  private static final String STABILITY = "stability";
  private static final String TRAJECTORY = "trajectory";
  private static final int AXES = 3;

  private StateFiles() {}

  /**
   * Writes a state; the file appears complete and forced, or not at all, and replaces another.
   *
   * @throws StateTooLargeException when the format needs the vector and the state has none
   * @throws FormatException when the format cannot hold the state
   */
  public static void write(Path file, StateFormat format, QuantumState state) {
    switch (format) {
      case JSON_ZLIB -> JsonStates.writeCompressed(file, state);
      case JSON -> JsonStates.write(file, state);
      case QMS -> QmsFile.write(file, state);
      case HDF5 -> Hdf5States.write(file, List.of(state));
      case NPY -> Npy.write(file, vector(state));
      case NPZ -> Npz.write(file, arrays(state));
    }
  }

  private static Tensor vector(QuantumState state) {
    Tensor vector = state.vectorTensor();
    if (vector == null) {
      throw new StateTooLargeException(
          "State '"
              + state.id()
              + "' has no vector to write as .npy: it was saved as a recipe and is over the cap of"
              + " qubits. Raise the cap, or export it as .qms, .json or .h5");
    }
    return vector;
  }

  private static Map<String, Tensor> arrays(QuantumState state) {
    Map<String, Tensor> arrays = new TreeMap<>();
    Tensor vector = state.vectorTensor();
    if (vector != null) {
      arrays.put(VECTOR, vector);
    }
    for (int i = 0; i < state.mps().size(); i++) {
      arrays.put(TENSOR + i, state.mps().get(i));
    }
    EmotionalContext emotional = state.emotional();
    arrays.put(PAD_VALUES, Tensor.of(state.padValues(), state.padValues().length));
    arrays.put(CONFIDENCE, Tensor.of(new double[] {state.confidence()}));
    arrays.put(EMOTIONS, rows(emotional.recentEmotions()));
    arrays.put(STABILITY, Tensor.of(new double[] {emotional.stability()}));
    arrays.put(TRAJECTORY, rows(emotional.trajectory()));
    return arrays;
  }

  private static Tensor rows(double[][] rows) {
    double[] flat = new double[rows.length * AXES];
    for (int i = 0; i < rows.length; i++) {
      System.arraycopy(rows[i], 0, flat, i * AXES, AXES);
    }
    return Tensor.of(flat, rows.length, AXES);
  }

  /**
   * Reads all states of a file.
   *
   * @param id of a state in a format that has none, {@code .npy} and {@code .npz}; its timestamp is
   *     then the file's
   * @throws FormatException when the file is not what its format says, is damaged, or is over a
   *     limit
   * @throws dev.ringfold.writers.checkpoint.ChecksumMismatchException when a checksum in the file
   *     is not that of its bytes
   */
  public static List<QuantumState> read(
      Path file, StateFormat format, FormatLimits limits, String id) {
    return switch (format) {
      case JSON_ZLIB, JSON -> List.of(JsonStates.read(file, limits));
      case QMS -> List.of(QmsFile.read(file, limits));
      case HDF5 -> readAll(file, limits);
      case NPY -> List.of(ofVector(file, id, Npy.read(file, limits)).build());
      case NPZ -> List.of(ofArrays(file, id, Npz.read(file, limits)));
    };
  }

  /** As {@link #read}, giving out one state after the other and holding none of them. */
  public static void forEach(
      Path file,
      StateFormat format,
      FormatLimits limits,
      String id,
      Consumer<? super QuantumState> sink) {
    if (format != StateFormat.HDF5) {
      read(file, format, limits, id).forEach(sink);
      return;
    }
    try (Hdf5StateFile open = Hdf5States.open(file, limits)) {
      open.ids().forEach(each -> sink.accept(open.read(each)));
    }
  }

  private static List<QuantumState> readAll(Path file, FormatLimits limits) {
    List<QuantumState> states = new ArrayList<>();
    forEach(file, StateFormat.HDF5, limits, "", states::add);
    return states;
  }

  private static QuantumState.Builder ofVector(Path file, String id, Tensor vector) {
    long length = vector.elements();
    boolean power = length > 1 && Long.bitCount(length) == 1;
    if (vector.dtype() != DType.COMPLEX128 || vector.dimensions() != 1 || !power) {
      throw new FormatException(
          file
              + ": a state vector is COMPLEX128 with 2, 4, 8 or another power of two elements, but"
              + " this is "
              + vector);
    }
    return builder(file, id, Long.numberOfTrailingZeros(length)).vector(vector.toDoubles());
  }

  /** NumPy's files say nothing of when; their own time is the best there is. */
  private static QuantumState.Builder builder(Path file, String id, int qubits) {
    try {
      return QuantumState.builder(id, qubits)
          .timestamp(Files.getLastModifiedTime(file).toInstant().truncatedTo(ChronoUnit.MILLIS));
    } catch (IOException e) {
      throw FileFailure.of("cannot look at", file, e);
    }
  }

  private static QuantumState ofArrays(Path file, String id, Map<String, Tensor> arrays) {
    List<Tensor> mps = new ArrayList<>();
    int bond = 1;
    for (Tensor tensor = arrays.get(TENSOR + 0);
        tensor != null;
        tensor = arrays.get(TENSOR + mps.size())) {
      mps.add(tensor);
      bond = (int) Math.max(bond, tensor.dimension(tensor.dimensions() - 1));
    }
    Tensor vector = arrays.get(VECTOR);
    if (vector == null && mps.isEmpty()) {
      throw new FormatException(
          file
              + " is no state: it has neither "
              + VECTOR
              + " nor "
              + TENSOR
              + "0, but "
              + arrays.keySet());
    }
    QuantumState.Builder state =
        vector != null ? ofVector(file, id, vector) : builder(file, id, mps.size());
    if (!mps.isEmpty()) {
      state.mps(mps, bond);
    }
    double[] pad = doubles(file, PAD_VALUES, arrays.get(PAD_VALUES));
    if (pad.length == QuantumState.PAD_LENGTH) {
      state.padValues(pad);
    }
    double[] confidence = doubles(file, CONFIDENCE, arrays.get(CONFIDENCE));
    if (confidence.length == 1) {
      state.confidence(confidence[0]);
    }
    double[] stability = doubles(file, STABILITY, arrays.get(STABILITY));
    return state
        .emotional(
            new EmotionalContext(
                rows(file, EMOTIONS, arrays.get(EMOTIONS)),
                stability.length == 1 ? stability[0] : 0,
                rows(file, TRAJECTORY, arrays.get(TRAJECTORY))))
        .build();
  }

  private static double[] doubles(Path file, String name, @Nullable Tensor tensor) {
    if (tensor == null) {
      return new double[0];
    }
    if (tensor.dtype() != DType.FLOAT64) {
      throw new FormatException(file + ": " + name + " is FLOAT64 in a state, but here " + tensor);
    }
    return tensor.toDoubles();
  }

  private static double[][] rows(Path file, String name, @Nullable Tensor tensor) {
    double[] flat = doubles(file, name, tensor);
    if (tensor != null && (tensor.dimensions() != 2 || tensor.dimension(1) != AXES)) {
      throw new FormatException(file + ": " + name + " has rows of 3 numbers, but here " + tensor);
    }
    double[][] rows = new double[flat.length / AXES][AXES];
    for (int i = 0; i < rows.length; i++) {
      System.arraycopy(flat, i * AXES, rows[i], 0, AXES);
    }
    return rows;
  }
}
