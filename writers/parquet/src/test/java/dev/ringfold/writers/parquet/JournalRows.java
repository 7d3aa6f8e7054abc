// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.parquet;

import dev.ringfold.EventLog;
import dev.ringfold.EventLogBuilder;
import dev.ringfold.EventLogReader;
import dev.ringfold.LogNames;
import dev.ringfold.LogOption;
import dev.ringfold.Tailer;
import dev.ringfold.event.BuiltinTypes;
import dev.ringfold.event.MetricLayout;
import dev.ringfold.event.MetricsLogged;
import dev.ringfold.event.RunClosed;
import dev.ringfold.event.RunStarted;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Small stores, and what the journal of one holds. */
public final class JournalRows {
  private JournalRows() {}

  /**
   * A row of metrics in the journal.
   *
   * @param run its stream
   * @param metrics the columns that are present, in the order of the layout
   */
  public record Row(
      long sequence,
      String run,
      int attempt,
      MetricsLogged.Kind kind,
      int epoch,
      long step,
      long eventTimeNanos,
      Map<String, Object> metrics) {}

  /** Makes a log small. */
  public static void small(EventLogBuilder builder) {
    builder
        .environment(Map.of())
        .set(LogOption.SEGMENT_BYTES, 1 << 20)
        .set(LogOption.BLOCK_BYTES, 256 << 10)
        .set(LogOption.RESERVE_BYTES, 256 << 10);
  }

  /** Every row of a store, in order. */
  public static List<Row> read(Path store) {
    List<Row> rows = new ArrayList<>();
    try (EventLogReader reader = EventLog.openReadOnly(store);
        Tailer tailer = reader.tailer().types(BuiltinTypes.METRICS_LOGGED.id()).open()) {
      LogNames names = tailer.names();
      tailer.poll(
          event -> {
            MetricsLogged row = (MetricsLogged) tailer.decode(event);
            rows.add(
                new Row(
                    event.sequence(),
                    event.stream().name(),
                    row.attempt(),
                    row.kind(),
                    row.epoch(),
                    row.step(),
                    event.eventTimeNanos(),
                    metrics(row, names)));
          },
          Integer.MAX_VALUE);
    }
    return rows;
  }

  private static Map<String, Object> metrics(MetricsLogged row, LogNames names) {
    MetricLayout layout = names.layout(row.layoutId());
    Map<String, Object> metrics = new LinkedHashMap<>();
    for (int i = 0; i < layout.size(); i++) {
      if (row.present(i)) {
        Object value =
            switch (layout.column(i).type()) {
              case DOUBLE -> row.doubleAt(i);
              case LONG -> row.longAt(i);
              case BOOLEAN -> row.longAt(i) != 0;
              case STRING -> names.name((int) row.longAt(i));
            };
        metrics.put(layout.column(i).name(), value);
      }
    }
    return metrics;
  }

  /** The begins and ends of runs as text, in order. */
  public static List<String> runs(Path store) {
    List<String> facts = new ArrayList<>();
    try (EventLogReader reader = EventLog.openReadOnly(store);
        Tailer tailer =
            reader
                .tailer()
                .types(BuiltinTypes.RUN_STARTED.id(), BuiltinTypes.RUN_CLOSED.id())
                .open()) {
      tailer.poll(
          event -> {
            if (tailer.decode(event) instanceof RunStarted started) {
              facts.add(
                  "start "
                      + event.stream().name()
                      + " "
                      + started.attempt()
                      + (started.configuration().isEmpty() ? "" : " " + started.configuration()));
            } else if (tailer.decode(event) instanceof RunClosed ended) {
              facts.add("end " + event.stream().name() + " " + ended.attempt());
            }
          },
          Integer.MAX_VALUE);
    }
    return facts;
  }
}
