// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.quantum.format;

import dev.ringfold.writers.checkpoint.format.FormatException;
import dev.ringfold.writers.checkpoint.internal.json.JsonFields;
import dev.ringfold.writers.checkpoint.quantum.QuantumState;
import dev.ringfold.writers.checkpoint.quantum.StateChecksums;
import dev.ringfold.writers.checkpoint.quantum.StateDocument;
import dev.ringfold.writers.checkpoint.tensor.Tensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Makes states of the documents {@link JsonStates} reads. */
final class JsonReader {
  private JsonReader() {}

  static QuantumState state(Path file, Map<String, Object> document) {
    JsonFields root = JsonFields.of(document, file.toString());
    JsonStates.version(document, root.where());
    Object metadata = document.get("metadata");
    boolean checked =
        metadata instanceof Map && ((Map<?, ?>) metadata).get("metadata_checksum") != null;
    return checked || document.containsKey("quantum_state")
        ? ours(root)
        : JsonOthers.state(file, root);
  }

  private static QuantumState ours(JsonFields root) {
    JsonFields metadata = root.object("metadata");
    JsonFields section = root.object("quantum_state");
    List<Tensor> mps = StateArrays.tensors(section, "mps_tensors");
    double[] vector = null;
    if (section.has("state_vector")) {
      vector = StateArrays.tensor(section.object("state_vector")).toDoubles();
    }
    if (!section.string("policy").equals(vector == null ? "RECIPE" : "RAW")) {
      throw new FormatException(
          section.where()
              + ": the policy is "
              + section.string("policy")
              + " but "
              + (vector == null ? "there is no vector" : "there is a vector"));
    }
    Map<String, Object> document = new LinkedHashMap<>(section.map());
    document.put("version", metadata.string("version"));
    document.put("timestamp", metadata.string("timestamp"));
    document.put("measurement_cache", root.list("measurement_cache"));
    document.put("emotional_context", root.object("emotional_context").map());
    document.put("interface_config", root.object("interface_config").map());
    document.put("fidelity_metrics", root.object("fidelity_metrics").map());
    document.put("mps", shapes(mps));
    QuantumState state = StateDocument.state(document, vector, mps, root.where());
    StateChecksums.check(
        state,
        root.where(),
        checksum(metadata, "quantum_state_checksum"),
        checksum(metadata, "metadata_checksum"));
    return state;
  }

  private static List<Object> shapes(List<Tensor> mps) {
    List<Object> shapes = new ArrayList<>();
    for (Tensor tensor : mps) {
      List<Object> shape = new ArrayList<>();
      for (long dimension : tensor.shape()) {
        shape.add(dimension);
      }
      shapes.add(Map.of("shape", shape));
    }
    return shapes;
  }

  /** A checksum that has to be there. */
  static String checksum(JsonFields fields, String key) {
    String text = fields.string(key);
    if (!StateChecksums.isSha256(text)) {
      throw new FormatException(
          fields.where() + ": expected a SHA-256 in hex as '" + key + "' but found '" + text + "'");
    }
    return text;
  }
}
