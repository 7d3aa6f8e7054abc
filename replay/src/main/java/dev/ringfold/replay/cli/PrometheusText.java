// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.cli;

import dev.ringfold.replay.StoreHealth;
import dev.ringfold.replay.StoreHealth.Fact;
import dev.ringfold.replay.StoreHealth.Part;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;

/**
 * The health of a store in the text format of Prometheus, version 0.0.4: for each metric a line
 * HELP, a line TYPE, and its samples together. Everything is a gauge, since retention and rollbacks
 * make numbers smaller. Stateless.
 */
final class PrometheusText {
  private static final Map<Fact, Metric> METRICS = new EnumMap<>(Fact.class);

  /**
   * How a fact is called.
   *
   * @param name with its unit last
   * @param help without the end of a line or a backslash
   * @param label of the part it is of; empty when there is only one
   */
  private record Metric(String name, String help, String label) {}

  static {
    METRICS.put(
        Fact.EVENTS, new Metric("ringfold_journal_events", "Events the journal still has.", ""));
    METRICS.put(
        Fact.LAST_SEQUENCE,
        new Metric("ringfold_journal_last_sequence", "Newest sequence, -1 for none.", ""));
    METRICS.put(
        Fact.DURABLE_SEQUENCE,
        new Metric(
            "ringfold_journal_durable_sequence",
            "Newest sequence known to be on disk, -1 for none.",
            ""));
    METRICS.put(
        Fact.BLOB_BYTES, new Metric("ringfold_blobs_bytes", "Bytes of all blobs, each once.", ""));
    METRICS.put(
        Fact.DAMAGED_PACKS,
        new Metric("ringfold_blobs_damaged_packs", "Packs of blobs with a damaged index.", ""));
    METRICS.put(
        Fact.ROWS, new Metric("ringfold_table_rows", "Rows of a table's newest commit.", "table"));
    METRICS.put(
        Fact.CHECKPOINTS,
        new Metric("ringfold_checkpoints", "Checkpoints that were not given up.", ""));
    METRICS.put(
        Fact.COMMITTED_SEQUENCE,
        new Metric(
            "ringfold_projection_committed_sequence",
            "Sequence of a projection's newest commit as it said last, -1 for none.",
            "projection"));
    METRICS.put(
        Fact.DEAD_LETTERS,
        new Metric(
            "ringfold_projection_dead_letters",
            "Dead letters of a projection that nobody has decided about, as it said last.",
            "projection"));
  }

  private PrometheusText() {}

  /** All metrics; those without a sample are left out. */
  static String of(Path store, StoreHealth health) {
    StringBuilder text = new StringBuilder(2_048);
    head(text, "ringfold_healthy", "Whether every part of the store is healthy: 1 or 0.");
    sample(text, "ringfold_healthy", store, "", "", health.healthy() ? 1 : 0);
    head(text, "ringfold_part_healthy", "Whether a part of the store is healthy: 1 or 0.");
    for (Part part : health.parts()) {
      long healthy = part.healthy() ? 1 : 0;
      sample(text, "ringfold_part_healthy", store, "part", part.name(), healthy);
    }
    METRICS.forEach((fact, metric) -> samples(text, fact, metric, store, health));
    return text.toString();
  }

  private static void samples(
      StringBuilder text, Fact fact, Metric metric, Path store, StoreHealth health) {
    boolean begun = false;
    for (Part part : health.parts()) {
      Long value = part.facts().get(fact);
      if (value == null) {
        continue;
      }
      if (!begun) {
        head(text, metric.name(), metric.help());
        begun = true;
      }
      sample(text, metric.name(), store, metric.label(), part.name(), value);
    }
  }

  private static void head(StringBuilder text, String name, String help) {
    text.append("# HELP ").append(name).append(' ').append(help).append('\n');
    text.append("# TYPE ").append(name).append(" gauge\n");
  }

  private static void sample(
      StringBuilder text, String name, Path store, String label, String part, long value) {
    text.append(name).append("{store=\"").append(escaped(store.toString())).append('"');
    if (!label.isEmpty()) {
      text.append(',').append(label).append("=\"").append(escaped(part)).append('"');
    }
    text.append("} ").append(value).append('\n');
  }

  /** As the format says: backslash, quote and the end of a line. */
  private static String escaped(String value) {
    return value.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
  }
}
