// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.quantum.format;

import dev.ringfold.internal.io.FileFailure;
import dev.ringfold.writers.checkpoint.format.FormatException;
import dev.ringfold.writers.checkpoint.internal.json.JsonFields;
import dev.ringfold.writers.checkpoint.quantum.QuantumState;
import dev.ringfold.writers.checkpoint.quantum.StateChecksums;
import dev.ringfold.writers.checkpoint.quantum.StateTimes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * States in the JSON of other writers and of version 1.0. Those are loose: what has a place in a
 * state is taken to it, everything else is kept as it is in the state's metadata.
 */
final class JsonOthers {
  private static final Set<String> TAKEN =
      Set.of(
          "version",
          "metadata",
          "interface_config",
          "measurement_cache",
          "emotional_context",
          "fidelity_metrics",
          "state_vector",
          "pad_values",
          "confidence",
          "state_id",
          "n_qubits");

  private final Path file;
  private final JsonFields root;
  private final JsonFields metadata;
  private final String version;

  private JsonOthers(Path file, JsonFields root) {
    this.file = file;
    this.root = root;
    this.metadata = JsonFields.of(root.optionalMap("metadata"), root.where() + ".metadata");
    this.version = JsonStates.version(root.map(), root.where());
  }

  static QuantumState state(Path file, JsonFields root) {
    return new JsonOthers(file, root).state();
  }

  private QuantumState state() {
    double[] vector = root.has("state_vector") ? StateArrays.pairs(root, "state_vector") : null;
    List<Object> cache = root.optionalList("measurement_cache");
    Map<String, Object> config = root.optionalMap("interface_config");
    MeasuredEmotions measured = MeasuredEmotions.of(cache);
    EmotionalSource emotional = EmotionalSource.of(root, measured);
    int said = saidQubits(config);
    try {
      QuantumState.Builder builder =
          QuantumState.builder(
                  id(), vector == null ? said : StateArrays.qubits(vector.length / 2, root.where()))
              .timestamp(timestamp(measured))
              .vector(vector)
              .measurementCache(cache)
              .interfaceConfig(config)
              .emotional(emotional.context())
              .fidelityMetrics(fidelity(measured))
              .metadata(ForeignStates.withSaidQubits(remaining(emotional), said, vector));
      if (root.has("pad_values")) {
        builder.padValues(root.reals("pad_values"));
      }
      if (root.has("confidence")) {
        builder.confidence(root.real("confidence"));
      }
      QuantumState state = builder.build();
      StateChecksums.check(state, root.where(), checksum(), null);
      return state;
    } catch (IllegalArgumentException e) {
      throw new FormatException(root.where() + ": " + e.getMessage(), e);
    }
  }

  private String id() {
    if (root.has("state_id")) {
      return root.string("state_id");
    }
    return metadata.has("state_id")
        ? metadata.string("state_id")
        : ForeignStates.idOfName(String.valueOf(file.getFileName()));
  }

  private int saidQubits(Map<String, Object> config) {
    if (root.has("n_qubits")) {
      return root.integer("n_qubits", 0, QuantumState.MAX_QUBITS);
    }
    JsonFields fields = JsonFields.of(config, root.where() + ".interface_config");
    return fields.has("n_qubits") ? fields.integer("n_qubits", 0, QuantumState.MAX_QUBITS) : 0;
  }

  private Map<String, Object> fidelity(MeasuredEmotions measured) {
    return root.has("fidelity_metrics")
        ? root.optionalMap("fidelity_metrics")
        : measured.fidelityMetrics();
  }

  private Instant timestamp(MeasuredEmotions measured) {
    Object said = metadata.map().get("timestamp");
    if (said == null) {
      said = root.map().get("timestamp");
    }
    if (said instanceof Number) {
      return StateTimes.ofSeconds(((Number) said).doubleValue(), root.where());
    }
    if (said != null) {
      return StateTimes.parse(said.toString(), root.where());
    }
    Instant last = measured.lastTime();
    return last != null ? last : modified();
  }

  /** When the file was written is the last thing known of a state that says no time. */
  private Instant modified() {
    try {
      return Files.getLastModifiedTime(file).toInstant();
    } catch (IOException e) {
      throw FileFailure.of("cannot read the time of", file, e);
    }
  }

  private @Nullable String checksum() {
    Object said = metadata.map().get("quantum_state_checksum");
    return root.has("state_vector") ? ForeignStates.checksum(said, metadata.where()) : null;
  }

  private Map<String, Object> remaining(EmotionalSource emotional) {
    Map<String, Object> rest = new LinkedHashMap<>();
    root.map()
        .forEach(
            (key, value) -> {
              if (!TAKEN.contains(key)) {
                rest.put(key, value);
              }
            });
    if (!metadata.map().isEmpty()) {
      rest.put("file_metadata", metadata.map());
    }
    if (emotional.remainder() != null) {
      rest.put("emotional_context", emotional.remainder());
    }
    if (version.equals(JsonStates.OLD_VERSION)) {
      rest.put("migration_info", Map.of("migrated_from", JsonStates.OLD_VERSION));
    }
    return rest;
  }
}
