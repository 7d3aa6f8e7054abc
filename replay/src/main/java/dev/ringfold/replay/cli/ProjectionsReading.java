// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ringfold.EventLogReader;
import dev.ringfold.projections.DeadLetters;
import dev.ringfold.projections.ProjectionControl;
import dev.ringfold.writers.parquet.MetricTable;
import dev.ringfold.writers.parquet.MetricTables;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * How the projections of a store are: as the process says that runs them, or, when nobody does, as
 * their commits, the dead letters in the journal and what was last said tell. Changes nothing.
 *
 * @param live whether a process runs them now
 * @param pid of the process that runs them or ran them last; 0 when none is known
 * @param rows by name
 */
record ProjectionsReading(boolean live, long pid, List<ProjectionRow> rows) {
  private static final String NOT_RUNNING = "not running";
  private static final String PAUSED = "paused";

  static ProjectionsReading of(EventLogReader reader, Path outputs, long lastSequence)
      throws IOException {
    Path store = reader.directory();
    JsonNode said = said(store);
    long pid = said.path("pid").asLong(0);
    StoreHolder holder = StoreHolder.of(store);
    boolean live =
        holder.status() == StoreHolder.Status.OUT_OF_SIGHT
            || (holder.held()
                && holder.pid() == pid
                && said.path("session").asLong() == reader.session());
    Map<String, ProjectionRow> rows = new TreeMap<>();
    for (JsonNode one : said.path("projections")) {
      ProjectionRow row = row(one);
      rows.put(row.name(), row);
    }
    if (live && !rows.isEmpty()) {
      return new ProjectionsReading(true, pid, new ArrayList<>(rows.values()));
    }
    Map<String, Long> letters = openLetters(reader);
    addTable(rows, MetricTables.METRICS, MetricTables.metricsTable(outputs));
    addTable(rows, MetricTables.LEDGER, MetricTables.ledgerTable(outputs));
    letters.keySet().forEach(name -> rows.putIfAbsent(name, row(name, -1)));
    List<ProjectionRow> resting = new ArrayList<>();
    for (ProjectionRow row : rows.values()) {
      resting.add(resting(row, store, lastSequence, letters.getOrDefault(row.name(), 0L)));
    }
    return new ProjectionsReading(false, pid, resting);
  }

  private static JsonNode said(Path store) {
    ObjectMapper mapper = new ObjectMapper();
    try {
      return mapper.readTree(ProjectionControl.statusJson(store).orElse("{}"));
    } catch (JsonProcessingException cutByAPowerLoss) {
      return mapper.createObjectNode();
    }
  }

  private static ProjectionRow row(JsonNode said) {
    return new ProjectionRow(
        said.path("name").asText(),
        said.path("version").asInt(),
        said.path("state").asText().toLowerCase(Locale.ROOT).replace('_', ' '),
        said.path("appliedSequence").asLong(-1),
        said.path("committedSequence").asLong(-1),
        said.path("lagEvents").asLong(),
        said.path("lagSeconds").asDouble(),
        said.path("deadLetters").asLong(),
        said.path("failure").asText());
  }

  private static ProjectionRow row(String name, long committed) {
    return new ProjectionRow(name, 0, NOT_RUNNING, committed, committed, 0, Double.NaN, 0, "");
  }

  /** What a commit says is newer than what its process said last, and stands after a crash. */
  private static void addTable(Map<String, ProjectionRow> rows, String name, Path table)
      throws IOException {
    try {
      long committed = MetricTable.open(table).sequence();
      ProjectionRow known = rows.getOrDefault(name, row(name, committed));
      rows.put(
          name,
          new ProjectionRow(
              name,
              known.version(),
              known.state(),
              committed,
              committed,
              0,
              Double.NaN,
              0,
              known.failure()));
    } catch (NoSuchFileException absent) {
      // No such table; if it is known at all, then from its process.
    }
  }

  private static ProjectionRow resting(
      ProjectionRow row, Path store, long lastSequence, long letters) {
    boolean paused = Files.exists(store.resolve("control").resolve(row.name() + ".paused"));
    return new ProjectionRow(
        row.name(),
        row.version(),
        paused ? PAUSED : NOT_RUNNING,
        row.committed(),
        row.committed(),
        Math.max(0, lastSequence - row.committed()),
        Double.NaN,
        letters,
        row.failure());
  }

  private static Map<String, Long> openLetters(EventLogReader reader) {
    Map<String, Long> open = new TreeMap<>();
    for (DeadLetters.DeadLetter letter : DeadLetters.list(reader)) {
      if (letter.state() == DeadLetters.State.OPEN) {
        open.merge(letter.projection(), 1L, Long::sum);
      }
    }
    return open;
  }
}
