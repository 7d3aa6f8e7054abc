// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.quantum;

import dev.ringfold.writers.checkpoint.format.FormatException;
import dev.ringfold.writers.checkpoint.internal.json.CanonicalJson;
import dev.ringfold.writers.checkpoint.internal.json.JsonFields;
import dev.ringfold.writers.checkpoint.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Everything about a state except the numbers of its arrays, as one canonical JSON object. Its
 * SHA-256 is the state's metadata checksum.
 *
 * <pre>
 * {"bond_dimension":8,"confidence":0.9,
 *  "emotional_context":{"recent_emotions":[[p,a,d],...],"stability":0.5,"trajectory":[...]},
 *  "fidelity_metrics":{...},"interface_config":{...},"measurement_cache":[...],"metadata":{...},
 *  "mps":[{"sha256":"...","shape":[1,2,8]},...],"n_qubits":16,"pad_values":[p,a,d],
 *  "recipe":{...},"state_id":"...","timestamp":"2025-06-30T12:34:56.789Z","version":"2.0"}
 * </pre>
 *
 * {@code recipe} is there only when the state has one. The tensors of the MPS are in it by their
 * hashes, so that one checksum covers them; the vector is not, it has the other checksum.
 */
public final class StateDocument {
  /** The version of the form. */
  public static final String VERSION = "2.0";

  /** Deepest bond that is believed. */
  private static final int MAX_BOND_DIMENSION = 1 << 24;

  private StateDocument() {}

  /** The document of a state, as JSON values. */
  public static Map<String, Object> map(QuantumState state) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("version", VERSION);
    map.put("state_id", state.id());
    map.put("n_qubits", state.qubits());
    map.put("timestamp", StateTimes.format(state.timestamp()));
    map.put("pad_values", JsonFields.forms(state.padValues()));
    map.put("confidence", JsonFields.form(state.confidence()));
    map.put("bond_dimension", state.bondDimension());
    map.put("mps", tensors(state.mps()));
    map.put("measurement_cache", state.measurementCache());
    map.put("emotional_context", emotional(state.emotional()));
    map.put("interface_config", state.interfaceConfig());
    map.put("fidelity_metrics", state.fidelityMetrics());
    map.put("metadata", state.metadata());
    if (state.recipe() != null) {
      map.put("recipe", CanonicalJson.parseObject(state.recipe().json(), "recipe"));
    }
    return map;
  }

  /** The document of a state, in canonical form. */
  public static String json(QuantumState state) {
    return CanonicalJson.text(map(state));
  }

  /** An emotional context as JSON values. */
  public static Map<String, Object> emotional(EmotionalContext context) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("recent_emotions", JsonFields.forms(context.recentEmotions()));
    map.put("stability", JsonFields.form(context.stability()));
    map.put("trajectory", JsonFields.forms(context.trajectory()));
    return map;
  }

  private static List<Object> tensors(List<Tensor> tensors) {
    List<Object> list = new ArrayList<>();
    for (Tensor tensor : tensors) {
      Map<String, Object> entry = new LinkedHashMap<>();
      entry.put("shape", tensor.shape());
      entry.put("sha256", StateChecksums.sha256(tensor));
      list.add(entry);
    }
    return list;
  }

  /**
   * The state of a document and the arrays that belong to it.
   *
   * @param where file and part, for messages
   * @throws FormatException when a field is missing or wrong, or the tensors are not those it names
   */
  public static QuantumState state(
      Map<String, Object> document, double @Nullable [] vector, List<Tensor> mps, String where) {
    JsonFields fields = JsonFields.of(document, where);
    if (!fields.string("version").equals(VERSION)) {
      throw new FormatException(
          where + ": expected version " + VERSION + " but found " + fields.string("version"));
    }
    checkTensors(fields, mps);
    String recipe = fields.has("recipe") ? CanonicalJson.text(fields.object("recipe").map()) : null;
    try {
      return QuantumState.builder(
              fields.string("state_id"), fields.integer("n_qubits", 0, QuantumState.MAX_QUBITS))
          .timestamp(StateTimes.parse(fields.string("timestamp"), where))
          .vector(vector)
          .recipe(recipe == null ? null : new Recipe(recipe))
          .mps(mps, fields.integer("bond_dimension", 0, MAX_BOND_DIMENSION))
          .padValues(fields.reals("pad_values"))
          .confidence(fields.real("confidence"))
          .measurementCache(fields.list("measurement_cache"))
          .emotional(emotional(fields.object("emotional_context")))
          .interfaceConfig(fields.object("interface_config").map())
          .fidelityMetrics(fields.object("fidelity_metrics").map())
          .metadata(fields.object("metadata").map())
          .build();
    } catch (IllegalArgumentException e) {
      throw new FormatException(where + ": " + e.getMessage(), e);
    }
  }

  private static EmotionalContext emotional(JsonFields fields) {
    return new EmotionalContext(
        fields.rows("recent_emotions"), fields.real("stability"), fields.rows("trajectory"));
  }

  private static void checkTensors(JsonFields fields, List<Tensor> mps) {
    List<JsonFields> entries = fields.objects("mps");
    if (entries.size() != mps.size()) {
      throw new FormatException(
          fields.where() + ": expected " + entries.size() + " MPS tensors but found " + mps.size());
    }
    for (int i = 0; i < mps.size(); i++) {
      double[] expected = entries.get(i).reals("shape");
      double[] found = Arrays.stream(mps.get(i).shape()).asDoubleStream().toArray();
      if (!Arrays.equals(expected, found)) {
        throw new FormatException(
            fields.where()
                + ": expected the shape "
                + Arrays.toString(expected)
                + " of MPS tensor "
                + i
                + " but found "
                + Arrays.toString(found));
      }
    }
  }
}
