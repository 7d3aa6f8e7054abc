// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.quantum.format;

import dev.ringfold.writers.checkpoint.format.FormatException;
import dev.ringfold.writers.checkpoint.quantum.EmotionalContext;
import dev.ringfold.writers.checkpoint.quantum.StateTimes;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the newest entries of a measurement cache say of emotions and fidelity: entries such as
 * {@code {"state":{"pad_values":[p,a,d],"timestamp":"...","measurement_fidelity":0.98}}} or the
 * inner object alone. An entry of another kind says nothing.
 */
final class MeasuredEmotions {
  /** Entries that count as recent. */
  static final int RECENT = 10;

  private final List<double[]> rows = new ArrayList<>();
  private final List<Double> fidelities = new ArrayList<>();
  private @Nullable Instant lastTime;

  private MeasuredEmotions() {}

  static MeasuredEmotions of(List<Object> cache) {
    MeasuredEmotions measured = new MeasuredEmotions();
    for (Object entry : cache.subList(Math.max(0, cache.size() - RECENT), cache.size())) {
      if (entry instanceof Map) {
        Object inner = ((Map<?, ?>) entry).get("state");
        measured.take(inner instanceof Map ? (Map<?, ?>) inner : (Map<?, ?>) entry);
      }
    }
    return measured;
  }

  private void take(Map<?, ?> state) {
    double[] row = row(state);
    if (row != null) {
      rows.add(row);
    }
    if (state.get("measurement_fidelity") instanceof Number) {
      fidelities.add(((Number) state.get("measurement_fidelity")).doubleValue());
    }
    if (state.get("timestamp") instanceof String) {
      try {
        lastTime = StateTimes.parse((String) state.get("timestamp"), "measurement_cache");
      } catch (FormatException notATime) {
        lastTime = null;
      }
    }
  }

  /** Three numbers of a list, or of an object's {@code pad_values}; null when it is neither. */
  static double @Nullable [] row(@Nullable Object value) {
    Object list = value instanceof Map ? ((Map<?, ?>) value).get("pad_values") : value;
    if (!(list instanceof List) || ((List<?>) list).size() != EmotionalContext.ROW_LENGTH) {
      return null;
    }
    double[] row = new double[EmotionalContext.ROW_LENGTH];
    for (int i = 0; i < row.length; i++) {
      if (!(((List<?>) list).get(i) instanceof Number)) {
        return null;
      }
      row[i] = ((Number) ((List<?>) list).get(i)).doubleValue();
    }
    return row;
  }

  double[][] rows() {
    return rows.toArray(new double[0][]);
  }

  /** When the newest entry was measured, or null. */
  @Nullable Instant lastTime() {
    return lastTime;
  }

  Map<String, Object> fidelityMetrics() {
    Map<String, Object> metrics = new LinkedHashMap<>();
    if (!fidelities.isEmpty()) {
      metrics.put("measurement_fidelities", fidelities);
      metrics.put(
          "average_fidelity",
          fidelities.stream().mapToDouble(Double::doubleValue).sum() / fidelities.size());
      metrics.put(
          "min_fidelity", fidelities.stream().mapToDouble(Double::doubleValue).min().orElseThrow());
      metrics.put(
          "max_fidelity", fidelities.stream().mapToDouble(Double::doubleValue).max().orElseThrow());
    }
    return metrics;
  }
}
