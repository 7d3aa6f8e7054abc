// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.quantum.format;

import dev.ringfold.writers.checkpoint.format.FormatException;
import dev.ringfold.writers.checkpoint.format.FormatLimits;
import dev.ringfold.writers.checkpoint.internal.hdf5.Hdf5Node;
import dev.ringfold.writers.checkpoint.internal.json.CanonicalJson;
import dev.ringfold.writers.checkpoint.internal.json.JsonFields;
import dev.ringfold.writers.checkpoint.quantum.EmotionalContext;
import dev.ringfold.writers.checkpoint.quantum.QuantumState;
import dev.ringfold.writers.checkpoint.quantum.Recipe;
import dev.ringfold.writers.checkpoint.quantum.StateChecksums;
import dev.ringfold.writers.checkpoint.quantum.StateDocument;
import dev.ringfold.writers.checkpoint.quantum.StateTimes;
import dev.ringfold.writers.checkpoint.tensor.DType;
import dev.ringfold.writers.checkpoint.tensor.Tensor;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads the four groups of one state or checkpoint. */
final class Hdf5StateReader {
  private final Hdf5Node group;
  private final Hdf5Node metadata;
  private final String id;
  private final FormatLimits limits;

  /** Whether we wrote it: then nothing may be missing. */
  private final boolean ours;

  Hdf5StateReader(Hdf5Node group, String id, FormatLimits limits) {
    this.group = group;
    this.metadata = group.child("metadata");
    this.id = id;
    this.limits = limits;
    this.ours = metadata.attribute("metadata_checksum") != null || metadata.find("extra") != null;
  }

  QuantumState state() {
    try {
      QuantumState state = ours ? own() : others();
      StateChecksums.check(
          state,
          group.where(),
          ForeignStates.checksum(checksum("checksum"), metadata.where()),
          ForeignStates.checksum(checksum("metadata_checksum"), metadata.where()));
      return state;
    } catch (IllegalArgumentException e) {
      throw new FormatException(group.where() + ": " + e.getMessage(), e);
    }
  }

  private @Nullable Object checksum(String name) {
    Object value = metadata.attribute(name);
    if (ours && value == null) {
      throw new FormatException(metadata.where() + ": expected an attribute '" + name + "'");
    }
    return value;
  }

  private QuantumState own() {
    Hdf5Node data = group.child("quantum_data");
    double[] vector = vector(data);
    String policy = vector == null ? "RECIPE" : "RAW";
    if (!policy.equals(metadata.attribute("policy")) || !policy.equals(data.attribute("policy"))) {
      throw new FormatException(
          data.where()
              + ": the policy is "
              + data.attribute("policy")
              + " but "
              + (vector == null ? "there is no vector" : "there is a vector"));
    }
    if (!StateDocument.VERSION.equals(metadata.attribute("version"))) {
      throw new FormatException(
          metadata.where()
              + ": expected version "
              + StateDocument.VERSION
              + " but found "
              + metadata.attribute("version"));
    }
    Hdf5Node extraNode = metadata.child("extra");
    JsonFields extra = JsonFields.of(object(extraNode), extraNode.where());
    Hdf5Node recipe = metadata.find("recipe");
    Recipe made = recipe == null ? null : new Recipe(CanonicalJson.text(object(recipe)));
    return classical(
            QuantumState.builder(id, integer(metadata, "n_qubits", 0, QuantumState.MAX_QUBITS)))
        .timestamp(timestamp())
        .vector(vector)
        .recipe(made)
        .mps(mps(data), bond(data))
        .emotional(emotional())
        .interfaceConfig(extra.object("interface_config").map())
        .fidelityMetrics(extra.object("fidelity_metrics").map())
        .metadata(extra.object("metadata").map())
        .build();
  }

  private QuantumState others() {
    Hdf5Node data = group.find("quantum_data");
    double[] vector = data == null ? null : vector(data);
    int said =
        metadata.attribute("n_qubits") == null
            ? 0
            : integer(metadata, "n_qubits", 0, QuantumState.MAX_QUBITS);
    return classical(
            QuantumState.builder(
                id, vector == null ? said : StateArrays.qubits(vector.length / 2, group.where())))
        .timestamp(timestamp())
        .vector(vector)
        .mps(data == null ? List.of() : mps(data), data == null ? 0 : bond(data))
        .emotional(emotional())
        .metadata(ForeignStates.withSaidQubits(attributes(), said, vector))
        .build();
  }

  /** Attributes of the metadata that have no place of their own in a state. */
  private Map<String, Object> attributes() {
    Map<String, Object> map = new LinkedHashMap<>();
    for (String name : metadata.attributeNames()) {
      Object value = metadata.attribute(name);
      boolean placed =
          name.equals("n_qubits") || name.equals("timestamp") || name.equals("checksum");
      if (!placed && value != null) {
        map.put(name, value instanceof Double d ? JsonFields.form(d) : value);
      }
    }
    return map;
  }

  private double @Nullable [] vector(Hdf5Node data) {
    Hdf5Node node = data.find("state_vector");
    if (node == null) {
      return null;
    }
    Tensor tensor = complex(node);
    long[] shape = tensor.shape();
    if (shape.length != 1) {
      throw new FormatException(
          node.where() + ": expected one dimension but found " + shape.length);
    }
    StateArrays.qubits(shape[0], node.where());
    return tensor.toDoubles();
  }

  private static Tensor complex(Hdf5Node node) {
    Tensor tensor = node.tensor();
    if (tensor.dtype() != DType.COMPLEX128) {
      throw new FormatException(node.where() + ": expected complex128 but found " + tensor.dtype());
    }
    return tensor;
  }

  private List<Tensor> mps(Hdf5Node data) {
    Hdf5Node node = data.find("mps_tensors");
    List<Tensor> tensors = new ArrayList<>();
    if (node == null) {
      return tensors;
    }
    int present = node.names().size();
    int count =
        node.attribute("n_tensors") == null ? present : integer(node, "n_tensors", 0, present);
    for (int i = 0; i < count; i++) {
      tensors.add(complex(node.child("tensor_" + i)));
    }
    return tensors;
  }

  private static int bond(Hdf5Node data) {
    Hdf5Node node = data.find("mps_tensors");
    return node == null || node.attribute("bond_dimension") == null || node.names().isEmpty()
        ? 0
        : integer(node, "bond_dimension", 0, 1 << 24);
  }

  private QuantumState.Builder classical(QuantumState.Builder builder) {
    Hdf5Node node = group.find("classical_data");
    if (node == null) {
      if (ours) {
        throw new FormatException(group.where() + ": expected 'classical_data'");
      }
      return builder;
    }
    Hdf5Node pad = node.find("pad_values");
    if (pad != null) {
      builder.padValues(reals(pad));
    }
    Double confidence = scalar(node, "confidence");
    if (confidence != null) {
      builder.confidence(confidence);
    }
    Hdf5Node cache = node.find("measurement_cache");
    if (cache != null) {
      Object value = json(cache);
      builder.measurementCache(value instanceof List ? (List<?>) value : List.of(value));
    }
    return builder;
  }

  private EmotionalContext emotional() {
    Hdf5Node node = group.find("emotional_context");
    if (node == null) {
      return EmotionalContext.NONE;
    }
    Double stability = scalar(node, "stability");
    return new EmotionalContext(
        rows(node, "recent_emotions"), stability == null ? 0 : stability, rows(node, "trajectory"));
  }

  private static double[][] rows(Hdf5Node group, String name) {
    Hdf5Node node = group.find(name);
    if (node == null) {
      return new double[0][];
    }
    long[] shape = node.shape();
    double[] flat = reals(node);
    if (flat.length == 0) {
      return new double[0][];
    }
    if (shape.length != 2 || shape[1] != EmotionalContext.ROW_LENGTH) {
      throw new FormatException(
          node.where() + ": expected rows of " + EmotionalContext.ROW_LENGTH + " numbers");
    }
    double[][] rows = new double[flat.length / EmotionalContext.ROW_LENGTH][];
    for (int i = 0; i < rows.length; i++) {
      int from = i * EmotionalContext.ROW_LENGTH;
      rows[i] = java.util.Arrays.copyOfRange(flat, from, from + EmotionalContext.ROW_LENGTH);
    }
    return rows;
  }

  /** A number that is an array without dimensions or an attribute of its group. */
  private static @Nullable Double scalar(Hdf5Node group, String name) {
    Hdf5Node node = group.find(name);
    if (node != null) {
      double[] values = reals(node);
      if (values.length != 1) {
        throw new FormatException(
            node.where() + ": expected one number but found " + values.length);
      }
      return values[0];
    }
    Object value = group.attribute(name);
    if (value == null) {
      return null;
    }
    if (value instanceof Number number) {
      return number.doubleValue();
    }
    throw new FormatException(group.where() + ": expected a number as '" + name + "'");
  }

  private static double[] reals(Hdf5Node node) {
    Tensor tensor = node.tensor();
    switch (tensor.dtype()) {
      case FLOAT64 -> {
        return tensor.toDoubles();
      }
      case FLOAT32 -> {
        float[] floats = tensor.toFloats();
        double[] values = new double[floats.length];
        for (int i = 0; i < values.length; i++) {
          values[i] = floats[i];
        }
        return values;
      }
      case INT64 -> {
        return java.util.Arrays.stream(tensor.toLongs()).asDoubleStream().toArray();
      }
      case INT32 -> {
        return java.util.Arrays.stream(tensor.toInts()).asDoubleStream().toArray();
      }
      default ->
          throw new FormatException(
              node.where() + ": expected real numbers but found " + tensor.dtype());
    }
  }

  private Object json(Hdf5Node node) {
    Object value =
        CanonicalJson.parse(node.string().getBytes(StandardCharsets.UTF_8), node.where(), limits);
    return value == null ? List.of() : value;
  }

  private Map<String, Object> object(Hdf5Node node) {
    return CanonicalJson.parseObject(
        node.string().getBytes(StandardCharsets.UTF_8), node.where(), limits);
  }

  private Instant timestamp() {
    Object value = metadata.attribute("timestamp");
    if (value == null) {
      return Instant.EPOCH;
    }
    return value instanceof Number number
        ? StateTimes.ofSeconds(number.doubleValue(), metadata.where())
        : StateTimes.parse(value.toString(), metadata.where());
  }

  static int integer(Hdf5Node node, String name, int least, int most) {
    Object value = node.attribute(name);
    if (value instanceof Long l && l >= least && l <= most) {
      return l.intValue();
    }
    throw new FormatException(
        node.where()
            + ": expected a whole number from "
            + least
            + " to "
            + most
            + " as '"
            + name
            + "' but found "
            + value);
  }
}
