// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.report;

import dev.ringfold.event.MetricColumn;
import dev.ringfold.event.MetricType;
import dev.ringfold.event.MetricsLogged;
import dev.ringfold.replay.transfer.MetricRow;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Collects curves and totals by run and attempt while the rows of a store go by, in bounded memory:
 * what is over a bound is counted and said in a note. Not thread-safe.
 */
public final class RunCurves {
  /** Most runs and attempts that are shown. */
  static final int MAX_LINES = 200;

  /** Most curves. */
  static final int MAX_SERIES = 600;

  /** Most points of a curve. */
  static final int MAX_POINTS = 2_000;

  /** Most points of the page. */
  static final int MAX_TOTAL_POINTS = 300_000;

  private static final int MAX_TEXT_LENGTH = 100;
  private static final String STEP = "step";
  private static final String EPOCH = "epoch";

  private final List<MetricColumn> columns;
  private final int costColumn;
  private final int creditsColumn;
  private final Map<String, Map<Integer, Integer>> lineByRun = new LinkedHashMap<>();
  private final List<RunFacts> lines = new ArrayList<>();
  private final TreeMap<Long, PointReducer> curves = new TreeMap<>();
  private final RateHistogram rate = new RateHistogram();
  private final int maxTotalPoints;
  private long rows;
  private long rowsWithoutLine;
  private long valuesWithoutCurve;

  /**
   * Begins.
   *
   * @param columns of the rows to come
   */
  public RunCurves(List<MetricColumn> columns) {
    this(columns, MAX_TOTAL_POINTS);
  }

  RunCurves(List<MetricColumn> columns, int maxTotalPoints) {
    this.columns = List.copyOf(columns);
    this.maxTotalPoints = maxTotalPoints;
    this.costColumn = doubleColumn("cost_usd");
    this.creditsColumn = doubleColumn("credits_used");
  }

  private int doubleColumn(String name) {
    return columns.indexOf(new MetricColumn(name, MetricType.DOUBLE));
  }

  /** Takes a row. */
  public void add(MetricRow row) {
    rows++;
    rate.add(row.eventTimeNanos());
    int line = lineOf(row);
    if (line < 0) {
      rowsWithoutLine++;
      return;
    }
    count(lines.get(line), row);
    boolean epoch = row.kind() == MetricsLogged.Kind.EPOCH;
    for (int column = 0; column < columns.size(); column++) {
      if (row.present(column)) {
        addValue(line, epoch, column, row);
      }
    }
  }

  /** Says that a run's attempt was begun with this configuration. */
  public void started(String run, int attempt, String configuration) {
    RunFacts facts = known(run, attempt);
    if (facts != null) {
      facts.started = true;
      facts.configuration = configuration;
    }
  }

  /** Says that a run's attempt was closed in order. */
  public void closed(String run, int attempt) {
    RunFacts facts = known(run, attempt);
    if (facts != null) {
      facts.closed = true;
    }
  }

  /** How many rows there were. */
  public long rows() {
    return rows;
  }

  /** How many runs there were. */
  public int runs() {
    return lineByRun.size();
  }

  List<RunFacts> lines() {
    return lines;
  }

  List<Report.Line> shownLines() {
    List<Report.Line> shown = new ArrayList<>();
    for (RunFacts line : lines) {
      Map<Integer, Integer> attempts = lineByRun.getOrDefault(line.run, Map.of());
      boolean only = attempts.size() == 1 && line.attempt == 0;
      shown.add(new Report.Line(only ? line.run : line.run + ", attempt " + line.attempt));
    }
    return shown;
  }

  Report.Rate rate() {
    return rate.rate();
  }

  /** One chart for each kind and column that has a curve; steps first. */
  List<Report.Chart> charts() {
    fit();
    Map<Long, List<Report.Series>> byChart = new TreeMap<>();
    curves.forEach(
        (key, reducer) -> {
          List<Report.Series> series =
              byChart.computeIfAbsent(key >>> Integer.SIZE, unused -> new ArrayList<>());
          series.add(new Report.Series(key.intValue(), reducer.points()));
        });
    List<Report.Chart> charts = new ArrayList<>();
    byChart.forEach(
        (key, series) -> {
          boolean epoch = key >= columns.size();
          MetricColumn column = columns.get((int) (key % columns.size()));
          charts.add(new Report.Chart(column.name(), note(series), epoch ? EPOCH : STEP, series));
        });
    return charts;
  }

  List<String> notes() {
    List<String> notes = new ArrayList<>();
    if (rowsWithoutLine > 0) {
      notes.add(
          "Only the first "
              + MAX_LINES
              + " runs and attempts are shown; "
              + rowsWithoutLine
              + " rows of others are not.");
    }
    if (valuesWithoutCurve > 0) {
      notes.add(
          "Only the first "
              + MAX_SERIES
              + " curves are shown; "
              + valuesWithoutCurve
              + " values of others are not.");
    }
    return notes;
  }

  private int lineOf(MetricRow row) {
    Map<Integer, Integer> attempts = lineByRun.get(row.run());
    Integer known = attempts == null ? null : attempts.get(row.attempt());
    if (known != null) {
      return known;
    }
    if (lines.size() == MAX_LINES) {
      return -1;
    }
    lineByRun.computeIfAbsent(row.run(), run -> new TreeMap<>()).put(row.attempt(), lines.size());
    lines.add(new RunFacts(row.run(), row.attempt(), row.eventTimeNanos()));
    return lines.size() - 1;
  }

  private @Nullable RunFacts known(String run, int attempt) {
    Integer line = lineByRun.getOrDefault(run, Map.of()).get(attempt);
    return line == null ? null : lines.get(line);
  }

  private void count(RunFacts facts, MetricRow row) {
    facts.lastNanos = Math.max(facts.lastNanos, row.eventTimeNanos());
    if (row.kind() == MetricsLogged.Kind.EPOCH) {
      facts.epochRows++;
      return;
    }
    facts.stepRows++;
    facts.firstStep = Math.min(facts.firstStep, row.step());
    facts.lastStep = Math.max(facts.lastStep, row.step());
    if (costColumn >= 0 && row.present(costColumn)) {
      facts.costUsd += row.doubleAt(costColumn);
    }
    if (creditsColumn >= 0 && row.present(creditsColumn)) {
      facts.creditsUsed += row.doubleAt(creditsColumn);
    }
  }

  private void addValue(int line, boolean epoch, int column, MetricRow row) {
    MetricType type = columns.get(column).type();
    if (type == MetricType.STRING) {
      String text = row.textAt(column);
      lines
          .get(line)
          .texts
          .put(
              columns.get(column).name(),
              text.length() <= MAX_TEXT_LENGTH ? text : text.substring(0, MAX_TEXT_LENGTH) + "…");
      return;
    }
    long chart = epoch ? columns.size() + (long) column : column;
    long key = chart << Integer.SIZE | line;
    PointReducer curve = curves.get(key);
    if (curve == null) {
      if (curves.size() == MAX_SERIES) {
        valuesWithoutCurve++;
        return;
      }
      curve = new PointReducer(MAX_POINTS, lines.get(line).firstNanos);
      curves.put(key, curve);
    }
    double value =
        switch (type) {
          case DOUBLE -> row.doubleAt(column);
          case LONG -> row.longAt(column);
          default -> row.booleanAt(column) ? 1 : 0;
        };
    curve.add(epoch ? row.epoch() : row.step(), row.eventTimeNanos(), value);
  }

  /** Makes the longest curves shorter until the page is small enough. */
  private void fit() {
    long total = curves.values().stream().mapToLong(PointReducer::size).sum();
    int longest = MAX_POINTS;
    while (total > maxTotalPoints && longest > 8) {
      longest /= 2;
      for (PointReducer curve : curves.values()) {
        while (curve.size() > longest) {
          curve.halve();
        }
      }
      total = curves.values().stream().mapToLong(PointReducer::size).sum();
    }
  }

  private static String note(List<Report.Series> series) {
    long lost = 0;
    for (Report.Series one : series) {
      lost += one.points().lostRows();
    }
    return lost == 0 ? "" : lost + " not finite";
  }
}
