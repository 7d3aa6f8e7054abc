// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.quantum;

import dev.ringfold.writers.checkpoint.internal.json.CanonicalJson;
import dev.ringfold.writers.checkpoint.tensor.DType;
import dev.ringfold.writers.checkpoint.tensor.Tensor;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A quantum state and what was known about it. The state itself is a vector, a recipe, MPS tensors
 * or several of these; which of them are kept is a matter of policy.
 *
 * <p>Immutable as long as nobody changes the arrays handed in: those are not copied. Maps and lists
 * are; their values are those of {@link CanonicalJson}.
 *
 * @param id see {@link StateIds}
 * @param qubits 1 or more, or 0 when an old file does not say
 * @param vector amplitudes, real and imaginary part in turn: 2·2^qubits numbers
 * @param recipe how to make the vector again
 * @param mps matrix product tensors, {@link DType#COMPLEX128}, first site first
 * @param bondDimension largest dimension between two of them, 0 without
 * @param padValues pleasure, arousal, dominance
 * @param confidence of the mapping to {@code padValues}, by the measure of who wrote it
 * @param measurementCache results of earlier measurements, oldest first, usually objects
 * @param emotional the emotions that went with it
 * @param interfaceConfig configuration of the interface that saved it
 * @param fidelityMetrics how well it was prepared and measured
 * @param metadata everything else
 * @param timestamp UTC, whole milliseconds
 */
public record QuantumState(
    String id,
    int qubits,
    double @Nullable [] vector,
    @Nullable Recipe recipe,
    List<Tensor> mps,
    int bondDimension,
    double[] padValues,
    double confidence,
    List<Object> measurementCache,
    EmotionalContext emotional,
    Map<String, Object> interfaceConfig,
    Map<String, Object> fidelityMetrics,
    Map<String, Object> metadata,
    Instant timestamp) {
  /** Most qubits a state with a recipe or MPS tensors may have. */
  public static final int MAX_QUBITS = 65_536;

  /** Most qubits of a vector: 8 GiB, what a Java array of doubles holds. */
  public static final int MAX_VECTOR_QUBITS = 29;

  /** Numbers in {@code padValues}. */
  public static final int PAD_LENGTH = 3;

  /** Checks that the parts fit each other. */
  @SuppressWarnings("unchecked")
  public QuantumState {
    StateIds.check(id);
    checkQubits(qubits, vector);
    mps = List.copyOf(mps);
    for (Tensor tensor : mps) {
      if (tensor.dtype() != DType.COMPLEX128) {
        throw new IllegalArgumentException("An MPS tensor is COMPLEX128, not " + tensor.dtype());
      }
    }
    if (bondDimension < 0 || bondDimension > 0 && mps.isEmpty()) {
      throw new IllegalArgumentException(
          "bondDimension " + bondDimension + " with " + mps.size() + " MPS tensors");
    }
    if (padValues.length != PAD_LENGTH) {
      throw new IllegalArgumentException(
          "padValues has " + padValues.length + " numbers, not " + PAD_LENGTH);
    }
    measurementCache = (List<Object>) Objects.requireNonNull(CanonicalJson.copy(measurementCache));
    Objects.requireNonNull(emotional, "emotional");
    interfaceConfig = CanonicalJson.copyObject(interfaceConfig);
    fidelityMetrics = CanonicalJson.copyObject(fidelityMetrics);
    metadata = CanonicalJson.copyObject(metadata);
    timestamp = timestamp.truncatedTo(ChronoUnit.MILLIS);
  }

  private static void checkQubits(int qubits, double @Nullable [] vector) {
    if (qubits < 0 || qubits > MAX_QUBITS) {
      throw new IllegalArgumentException(qubits + " qubits; 1 to " + MAX_QUBITS + " are possible");
    }
    if (vector == null) {
      return;
    }
    if (qubits < 1 || qubits > MAX_VECTOR_QUBITS || vector.length != 2L << qubits) {
      throw new IllegalArgumentException(
          "A vector of "
              + vector.length
              + " doubles is not one of "
              + qubits
              + " qubits, which has 2·2^n, with n from 1 to "
              + MAX_VECTOR_QUBITS);
    }
  }

  /** Begins a state; besides what is given here only the timestamp has to be set. */
  public static Builder builder(String id, int qubits) {
    return new Builder(id, qubits);
  }

  /** Begins another state from this one. */
  public Builder toBuilder() {
    return new Builder(this);
  }

  /** The vector as a tensor of 2^n elements, a view; null without. */
  public @Nullable Tensor vectorTensor() {
    return vector == null ? null : Tensor.complex128(vector, vector.length / 2);
  }

  /** Compares every number by its bits, and tensors by their contents. */
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof QuantumState that
        && id.equals(that.id)
        && qubits == that.qubits
        && Arrays.equals(vector, that.vector)
        && Objects.equals(recipe, that.recipe)
        && sameTensors(mps, that.mps)
        && bondDimension == that.bondDimension
        && Arrays.equals(padValues, that.padValues)
        && Double.compare(confidence, that.confidence) == 0
        && measurementCache.equals(that.measurementCache)
        && emotional.equals(that.emotional)
        && interfaceConfig.equals(that.interfaceConfig)
        && fidelityMetrics.equals(that.fidelityMetrics)
        && metadata.equals(that.metadata)
        && timestamp.equals(that.timestamp);
  }

  private static boolean sameTensors(List<Tensor> a, List<Tensor> b) {
    if (a.size() != b.size()) {
      return false;
    }
    for (int i = 0; i < a.size(); i++) {
      if (!a.get(i).contentEquals(b.get(i))) {
        return false;
      }
    }
    return true;
  }

  /** Of id, qubits and timestamp only: the arrays are large. */
  @Override
  public int hashCode() {
    return Objects.hash(id, qubits, timestamp);
  }

  /** What it is and which parts it has, without numbers. */
  @Override
  public String toString() {
    return "QuantumState["
        + id
        + ", qubits="
        + qubits
        + ", vector="
        + (vector == null ? "none" : vector.length / 2)
        + ", recipe="
        + (recipe == null ? "none" : recipe.json().length() + " chars")
        + ", mps="
        + mps.size()
        + ", measurements="
        + measurementCache.size()
        + ", "
        + timestamp
        + "]";
  }

  /** Collects the parts of a state; not thread-safe. */
  public static final class Builder {
    private String id;
    private int qubits;
    private double @Nullable [] vector;
    private @Nullable Recipe recipe;
    private List<Tensor> mps = List.of();
    private int bondDimension;
    private double[] padValues = new double[PAD_LENGTH];
    private double confidence = 1;
    private List<?> measurementCache = List.of();
    private EmotionalContext emotional = EmotionalContext.NONE;
    private Map<String, ?> interfaceConfig = Map.of();
    private Map<String, ?> fidelityMetrics = Map.of();
    private Map<String, ?> metadata = Map.of();
    private @Nullable Instant timestamp;

    private Builder(String id, int qubits) {
      this.id = id;
      this.qubits = qubits;
    }

    private Builder(QuantumState state) {
      this(state.id, state.qubits);
      vector = state.vector;
      recipe = state.recipe;
      mps = state.mps;
      bondDimension = state.bondDimension;
      padValues = state.padValues;
      confidence = state.confidence;
      measurementCache = state.measurementCache;
      emotional = state.emotional;
      interfaceConfig = state.interfaceConfig;
      fidelityMetrics = state.fidelityMetrics;
      metadata = state.metadata;
      timestamp = state.timestamp;
    }

    /** Another id. */
    public Builder id(String value) {
      id = value;
      return this;
    }

    /** Another number of qubits. */
    public Builder qubits(int value) {
      qubits = value;
      return this;
    }

    /** Amplitudes, real and imaginary part in turn; not copied. */
    public Builder vector(double @Nullable [] interleaved) {
      vector = interleaved;
      return this;
    }

    /** How to make the vector again. */
    public Builder recipe(@Nullable Recipe value) {
      recipe = value;
      return this;
    }

    /** MPS tensors and the largest dimension between two of them. */
    public Builder mps(List<Tensor> tensors, int largestBond) {
      mps = tensors;
      bondDimension = largestBond;
      return this;
    }

    /** Pleasure, arousal, dominance; not copied. Three zeros when not set. */
    public Builder padValues(double... values) {
      padValues = values;
      return this;
    }

    /** Of the mapping to pad values; 1 when not set. */
    public Builder confidence(double value) {
      confidence = value;
      return this;
    }

    /** Results of earlier measurements, JSON values. */
    public Builder measurementCache(List<?> values) {
      measurementCache = values;
      return this;
    }

    /** The emotions that went with it. */
    public Builder emotional(EmotionalContext value) {
      emotional = value;
      return this;
    }

    /** Configuration of the interface that saves it, JSON values. */
    public Builder interfaceConfig(Map<String, ?> values) {
      interfaceConfig = values;
      return this;
    }

    /** How well it was prepared and measured, JSON values. */
    public Builder fidelityMetrics(Map<String, ?> values) {
      fidelityMetrics = values;
      return this;
    }

    /** Everything else, JSON values. */
    public Builder metadata(Map<String, ?> values) {
      metadata = values;
      return this;
    }

    /** When it was taken; kept in whole milliseconds. */
    public Builder timestamp(Instant value) {
      timestamp = value;
      return this;
    }

    /**
     * The state.
     *
     * @throws IllegalArgumentException when a part is missing, wrong or has no JSON form
     */
    @SuppressWarnings("unchecked")
    public QuantumState build() {
      if (timestamp == null) {
        throw new IllegalArgumentException("The state " + id + " has no timestamp");
      }
      return new QuantumState(
          id,
          qubits,
          vector,
          recipe,
          mps,
          bondDimension,
          padValues,
          confidence,
          (List<Object>) measurementCache,
          emotional,
          (Map<String, Object>) interfaceConfig,
          (Map<String, Object>) fidelityMetrics,
          (Map<String, Object>) metadata,
          timestamp);
    }
  }
}
