// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.quantum;

import dev.ringfold.writers.checkpoint.Checkpoint;
import dev.ringfold.writers.checkpoint.CheckpointDraft;
import dev.ringfold.writers.checkpoint.CheckpointSummary;
import dev.ringfold.writers.checkpoint.format.FormatException;
import dev.ringfold.writers.checkpoint.internal.json.CanonicalJson;
import dev.ringfold.writers.checkpoint.internal.json.JsonFields;
import dev.ringfold.writers.checkpoint.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Quantum states as checkpoints: arrays in the group {@code quantum_data}, and in the metadata the
 * {@link StateDocument} as {@code quantum_state} with both checksums as {@code quantum_checksums}.
 * Stateless.
 */
public final class StateCheckpoints {
  /** The run that such checkpoints belong to. */
  public static final String RUN = "quantum";

  private static final String DOCUMENT = "quantum_state";
  private static final String CHECKSUMS = "quantum_checksums";
  private static final String ID_PREFIX = "cp-";

  private StateCheckpoints() {}

  /**
   * What to save for a state. Its vector is part of it, unless it is over a cap and the state has a
   * recipe, which is run to see that it gives that vector.
   *
   * @param epoch as the caller counts
   * @param maxQubits most qubits of a vector
   * @throws StateTooLargeException when its vector is over the cap, and there is no recipe, or it
   *     has more than {@link StateVector#MAX_QUBITS} qubits
   * @throws IllegalArgumentException when the recipe gives another vector, or is not known here
   */
  public static CheckpointDraft draft(long epoch, QuantumState state, int maxQubits) {
    QuantumState kept = state;
    double[] given = state.vector();
    if (given != null && state.qubits() > maxQubits) {
      Recipe recipe = state.recipe();
      if (recipe == null) {
        throw new StateTooLargeException(
            "The vector of state '"
                + state.id()
                + "' has "
                + state.qubits()
                + " qubits; a checkpoint takes vectors of up to "
                + maxQubits
                + ". Give the state a recipe.");
      }
      VectorProof.requireComparable(state);
      VectorProof.byRecipe(state, recipe, given);
      kept = state.toBuilder().vector(null).build();
    }
    StateChecksums checksums = StateChecksums.of(kept);
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    Tensor vector = kept.vectorTensor();
    if (vector != null) {
      tensors.put(StateWriter.VECTOR, vector);
    }
    for (int i = 0; i < kept.mps().size(); i++) {
      tensors.put(StateWriter.TENSOR_PREFIX + i, kept.mps().get(i));
    }
    return CheckpointDraft.of(epoch)
        .run(RUN)
        .group(StateWriter.GROUP, tensors)
        .metadata(
            Map.of(
                DOCUMENT,
                StateDocument.map(kept),
                CHECKSUMS,
                Map.of(
                    "quantum_state", checksums.quantumState(), "metadata", checksums.metadata())));
  }

  /** Whether a checkpoint holds a quantum state. */
  public static boolean isState(CheckpointSummary summary) {
    return summary.run().equals(RUN);
  }

  /** The name of a checkpoint in files. */
  public static String id(CheckpointSummary summary) {
    return ID_PREFIX + summary.sequence();
  }

  /**
   * The sequence in a name that {@link #id} gave.
   *
   * @throws IllegalArgumentException when it is another name
   */
  public static long sequence(String id) {
    if (id.startsWith(ID_PREFIX)) {
      try {
        return Long.parseLong(id.substring(ID_PREFIX.length()));
      } catch (NumberFormatException e) {
        throw new IllegalArgumentException("'" + id + "' is no id of a checkpoint", e);
      }
    }
    throw new IllegalArgumentException(
        "'" + id + "' is no id of a checkpoint; those begin with " + ID_PREFIX);
  }

  /**
   * The state that a checkpoint holds, its checksums compared.
   *
   * @throws FormatException when it holds none
   * @throws dev.ringfold.writers.checkpoint.ChecksumMismatchException when it is damaged
   */
  public static QuantumState state(Checkpoint checkpoint) {
    String where = "checkpoint " + checkpoint.sequence();
    JsonFields metadata =
        JsonFields.of(CanonicalJson.parseObject(checkpoint.metadataJson(), where), where);
    if (!metadata.has(DOCUMENT)) {
      throw new FormatException(
          where + " of run '" + checkpoint.summary().run() + "' holds no quantum state");
    }
    Map<String, Tensor> tensors = checkpoint.state(StateWriter.GROUP);
    Tensor vector = tensors.get(StateWriter.VECTOR);
    QuantumState state =
        StateDocument.state(
            metadata.object(DOCUMENT).map(),
            vector == null ? null : vector.toDoubles(),
            mps(tensors),
            where);
    StateChecksums.check(state, where, text(metadata, "quantum_state"), text(metadata, "metadata"));
    return state;
  }

  private static List<Tensor> mps(Map<String, Tensor> tensors) {
    List<Tensor> mps = new ArrayList<>();
    Tensor next = tensors.get(StateWriter.TENSOR_PREFIX + 0);
    while (next != null) {
      mps.add(next);
      next = tensors.get(StateWriter.TENSOR_PREFIX + mps.size());
    }
    return mps;
  }

  private static @Nullable String text(JsonFields metadata, String key) {
    return metadata.has(CHECKSUMS) ? metadata.object(CHECKSUMS).optionalString(key) : null;
  }
}
