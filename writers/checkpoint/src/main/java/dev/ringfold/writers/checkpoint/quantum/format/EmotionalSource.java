// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.quantum.format;

import dev.ringfold.writers.checkpoint.internal.json.CanonicalJson;
import dev.ringfold.writers.checkpoint.internal.json.JsonFields;
import dev.ringfold.writers.checkpoint.quantum.EmotionalContext;
import dev.ringfold.writers.checkpoint.quantum.StateDocument;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where a file of another writer or of version 1.0 keeps the emotional context: in a section of its
 * own, or, the old way, at the top or only in the measurements.
 *
 * @param context what could be taken
 * @param remainder the section as it was, when the context does not say all of it
 */
record EmotionalSource(EmotionalContext context, @Nullable Map<String, Object> remainder) {
  static EmotionalSource of(JsonFields root, MeasuredEmotions measured) {
    if (root.has("emotional_context")) {
      Map<String, Object> section = root.object("emotional_context").map();
      EmotionalContext context = context(section);
      boolean all =
          CanonicalJson.text(section).equals(CanonicalJson.text(StateDocument.emotional(context)));
      return new EmotionalSource(context, all ? null : section);
    }
    EmotionalContext top = context(root.map());
    if (!top.equals(EmotionalContext.NONE)) {
      return new EmotionalSource(top, null);
    }
    return new EmotionalSource(new EmotionalContext(measured.rows(), 0, new double[0][]), null);
  }

  private static EmotionalContext context(Map<String, Object> map) {
    return new EmotionalContext(
        rows(map.get("recent_emotions")),
        number(map, "stability", "emotional_stability"),
        rows(
            map.containsKey("trajectory")
                ? map.get("trajectory")
                : map.get("emotional_trajectory")));
  }

  /** The rows of a list, or none when one of them is of another kind. */
  private static double[][] rows(@Nullable Object value) {
    if (!(value instanceof List)) {
      return new double[0][];
    }
    List<?> list = (List<?>) value;
    double[][] rows = new double[list.size()][];
    for (int i = 0; i < rows.length; i++) {
      double[] row = MeasuredEmotions.row(list.get(i));
      if (row == null) {
        return new double[0][];
      }
      rows[i] = row;
    }
    return rows;
  }

  private static double number(Map<String, Object> map, String... keys) {
    for (String key : keys) {
      if (map.get(key) instanceof Number) {
        return ((Number) map.get(key)).doubleValue();
      }
    }
    return 0;
  }
}
