// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ringfold.replay.LogEnd;
import dev.ringfold.replay.at.StoreView;
import dev.ringfold.replay.query.QueryLimits;
import dev.ringfold.replay.query.StoreTables;
import dev.ringfold.replay.query.TableSession;
import dev.ringfold.replay.query.TableView;
import dev.ringfold.writers.checkpoint.CheckpointSummary;
import dev.ringfold.writers.checkpoint.quantum.SavedState;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What {@code at} shows.
 *
 * @param view the store as it was
 * @param end newest sequence there is now
 * @param missingBelow rows of metrics below this sequence are gone; 0 for none
 * @param rows of metrics, of all runs
 * @param attempts how many runs and attempts there are
 * @param runs by their newest row; at most {@link #MAX_RUNS}
 * @param checkpoints oldest first
 * @param gone of these, those that cannot be loaded any more, by sequence
 * @param states newest version of each
 * @param ledger of the journal's sessions
 * @param hashes by view; empty when they were not asked for
 */
record AtReport(
    StoreView view,
    long end,
    long missingBelow,
    long rows,
    long attempts,
    List<RunRow> runs,
    List<CheckpointSummary> checkpoints,
    List<Long> gone,
    List<SavedState> states,
    LedgerReading ledger,
    Map<String, String> hashes) {
  /** Runs and attempts that are shown, those with the newest rows. */
  static final int MAX_RUNS = 100;

  /** Checkpoints and states that are shown as text, the newest. */
  static final int MAX_SHOWN = 20;

  private static final Set<String> SYSTEM_COLUMNS =
      StoreTables.EMPTY.stream().map(TableView.Column::name).collect(Collectors.toSet());
  private static final List<String> RUN_HEADINGS =
      List.of("run", "attempt", "rows", "newest", "kind", "epoch", "step", "values");
  private static final List<String> CHECKPOINT_HEADINGS =
      List.of("checkpoint", "epoch", "run", "time", "tensors", "bytes", "label", "pinned", "");
  private static final List<String> STATE_HEADINGS =
      List.of("state", "qubits", "sequence", "time", "bytes");
  private static final List<String> LEDGER_HEADINGS =
      List.of("session", "producer", "offered", "stored", "dropped", "open");
  private static final int LEFT_OF_RUNS = 1;
  private static final int LEFT_OF_LEDGER = 2;

  /**
   * One attempt of a run.
   *
   * @param run its name
   * @param attempt from 0
   * @param rows how many
   * @param newest columns and values of its newest row, without those that are absent
   */
  record RunRow(String run, long attempt, long rows, Map<String, Object> newest) {}

  static AtReport of(StoreView view, boolean hashed) throws IOException {
    List<CheckpointSummary> checkpoints = view.checkpoints().list();
    List<Long> gone =
        checkpoints.stream()
            .filter(one -> !view.checkpoints().isStored(one))
            .map(CheckpointSummary::sequence)
            .toList();
    Map<String, String> hashes = new LinkedHashMap<>();
    if (hashed) {
      hashes.put("metrics", view.metricsHash());
      hashes.put("checkpoints", view.checkpointsHash());
      hashes.put("states", view.statesHash());
    }
    TableSession tables = view.tables(QueryLimits.DEFAULT);
    QueryRows all = new QueryRows();
    tables.query("SELECT count(*), count(DISTINCT (run_id, attempt)) FROM metrics", all);
    return new AtReport(
        view,
        LogEnd.of(view.log()).lastSequence(),
        view.metricsMissingBelow(),
        ((Number) all.rows().get(0).get(0)).longValue(),
        ((Number) all.rows().get(0).get(1)).longValue(),
        runs(tables),
        checkpoints,
        gone,
        view.states().list(),
        LedgerReading.of(view.log(), view.outputs(), view.log().floorSequence(), view.sequence()),
        hashes);
  }

  private static List<RunRow> runs(TableSession tables) {
    QueryRows groups = new QueryRows();
    tables.query(
        "SELECT run_id, attempt, count(*) AS n, max(seq) AS newest FROM metrics"
            + " GROUP BY run_id, attempt ORDER BY newest DESC LIMIT "
            + MAX_RUNS,
        groups);
    List<String> newest = groups.rows().stream().map(row -> row.get(3).toString()).toList();
    if (newest.isEmpty()) {
      return List.of();
    }
    QueryRows rows = new QueryRows();
    tables.query("SELECT * FROM metrics WHERE seq IN (" + String.join(", ", newest) + ")", rows);
    Map<String, Map<String, Object>> bySequence = new LinkedHashMap<>();
    for (int i = 0; i < rows.rows().size(); i++) {
      Map<String, Object> row = rows.present(i);
      bySequence.put(String.valueOf(row.get("seq")), row);
    }
    List<RunRow> runs = new ArrayList<>();
    for (List<Object> group : groups.rows()) {
      runs.add(
          new RunRow(
              group.get(0).toString(),
              ((Number) group.get(1)).longValue(),
              ((Number) group.get(2)).longValue(),
              bySequence.getOrDefault(group.get(3).toString(), Map.of())));
    }
    return runs;
  }

  /** What every answer about a place begins with. */
  static ObjectNode head(StoreView view, long end) {
    ObjectNode root = Json.object();
    root.put("store", view.log().directory().toString());
    root.put("storeId", view.log().storeId());
    root.put("sequence", view.sequence());
    root.put("time", view.time().map(Object::toString).orElse(""));
    root.put("end", end);
    return root;
  }

  ObjectNode toJson() {
    ObjectNode root = head(view, end);
    root.put("missingBelow", missingBelow);
    root.put("rows", rows);
    root.put("attempts", attempts);
    var runArray = root.putArray("runs");
    for (RunRow run : runs) {
      ObjectNode node = runArray.addObject();
      node.put("run", run.run()).put("attempt", run.attempt()).put("rows", run.rows());
      ObjectNode newest = node.putObject("newest");
      run.newest().forEach((name, value) -> QueryOutput.put(newest, name, value));
    }
    var checkpointArray = root.putArray("checkpoints");
    for (CheckpointSummary one : checkpoints) {
      checkpointArray.add(
          CheckpointCommand.toJson(one).put("stored", !gone.contains(one.sequence())));
    }
    var stateArray = root.putArray("states");
    states.forEach(state -> stateArray.add(StateCommand.toJson(state)));
    var ledgerArray = root.putArray("ledger");
    ledger.rows().forEach(row -> ledgerArray.add(row.toJson()));
    if (!hashes.isEmpty()) {
      hashes.forEach(root.putObject("hashes")::put);
    }
    return root;
  }

  List<String> lines() {
    List<String> lines = new ArrayList<>();
    lines.add("store     " + view.log().directory());
    lines.add("sequence  " + view.sequence() + " of " + end);
    lines.add("time      " + view.time().map(Object::toString).orElse("before the first event"));
    lines.add("metrics   " + rows + " rows of " + attempts + " runs and attempts" + leftOut());
    if (missingBelow > 0) {
      lines.add("          those below sequence " + missingBelow + " were deleted by retention");
    }
    hashes.forEach((name, hash) -> lines.add("hash      " + name + " " + hash));
    if (!runs.isEmpty()) {
      lines.add("");
      lines.addAll(
          TextTable.lines(RUN_HEADINGS, runs.stream().map(AtReport::row).toList(), LEFT_OF_RUNS));
    }
    if (!checkpoints.isEmpty()) {
      lines.add("");
      lines.addAll(
          TextTable.lines(
              CHECKPOINT_HEADINGS,
              newest(checkpoints).stream().map(this::row).toList(),
              CHECKPOINT_HEADINGS.size()));
    }
    if (!states.isEmpty()) {
      lines.add("");
      lines.addAll(
          TextTable.lines(
              STATE_HEADINGS,
              newest(states).stream().map(AtReport::row).toList(),
              STATE_HEADINGS.size()));
    }
    if (!ledger.rows().isEmpty()) {
      lines.add("");
      lines.addAll(
          TextTable.lines(
              LEDGER_HEADINGS,
              newest(ledger.rows()).stream().map(AtReport::row).toList(),
              LEFT_OF_LEDGER));
    }
    return lines;
  }

  private String leftOut() {
    return attempts == runs.size()
        ? ""
        : "; the " + runs.size() + " with the newest rows are shown, --sql shows all";
  }

  private static <T> List<T> newest(List<T> all) {
    return all.subList(Math.max(0, all.size() - MAX_SHOWN), all.size());
  }

  private static List<String> row(RunRow run) {
    Map<String, Object> newest = run.newest();
    List<String> values = new ArrayList<>();
    newest.entrySet().stream()
        .filter(cell -> !SYSTEM_COLUMNS.contains(cell.getKey()))
        .forEach(cell -> values.add(cell.getKey() + "=" + cell.getValue()));
    return List.of(
        Quantities.printable(run.run()),
        Long.toString(run.attempt()),
        Long.toString(run.rows()),
        text(newest, "seq"),
        text(newest, "kind"),
        text(newest, "epoch"),
        text(newest, "step"),
        Quantities.printable(String.join(" ", values)));
  }

  private static String text(Map<String, Object> row, String column) {
    return String.valueOf(row.getOrDefault(column, ""));
  }

  private List<String> row(CheckpointSummary one) {
    return List.of(
        Long.toString(one.sequence()),
        Long.toString(one.epoch()),
        Quantities.printable(one.run()),
        one.time().toString(),
        Integer.toString(one.tensors()),
        Quantities.bytes(one.rawBytes()),
        Quantities.printable(one.label()),
        one.pinned() ? "yes" : "",
        gone.contains(one.sequence()) ? "metadata only" : "");
  }

  private static List<String> row(SavedState state) {
    return List.of(
        Quantities.printable(state.id()),
        Integer.toString(state.qubits()),
        Long.toString(state.sequence()),
        state.savedAt().toString(),
        Quantities.bytes(state.rawBytes()));
  }

  private static List<String> row(LedgerRow row) {
    return List.of(
        Integer.toString(row.mark().session()),
        Quantities.printable(row.name()),
        Long.toString(row.mark().offered()),
        Long.toString(row.mark().stored()),
        Long.toString(row.mark().dropped()),
        Long.toString(row.open()));
  }
}
