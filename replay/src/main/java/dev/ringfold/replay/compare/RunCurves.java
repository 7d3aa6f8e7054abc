// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.compare;

import dev.ringfold.event.MetricColumn;
import dev.ringfold.event.MetricType;
import dev.ringfold.event.MetricsLogged;
import dev.ringfold.replay.at.StoreView;
import dev.ringfold.replay.transfer.MetricRow;
import dev.ringfold.replay.transfer.RowFilter;
import dev.ringfold.replay.transfer.RowSource;
import java.io.IOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The numbers of one run by metric and kind, and its rows by epoch and step; where two attempts
 * logged the same step, the later one counts there. Memory: up to {@link #MAX_ROWS} rows.
 */
final class RunCurves {
  /** Rows that are kept for comparing step by step; of later ones only the numbers are. */
  static final int MAX_ROWS = 200_000;

  private final List<MetricColumn> columns;
  private final Map<Key, Curve> curves = new LinkedHashMap<>();
  private final Map<Place, Cells> rows = new LinkedHashMap<>();
  private long rowCount;
  private boolean isCut;

  private RunCurves(List<MetricColumn> columns) {
    this.columns = List.copyOf(columns);
  }

  /** A metric of one kind of rows. */
  record Key(String metric, String kind) {}

  /** A row's place in its run. */
  record Place(MetricsLogged.Kind kind, long epoch, long step) {
    String text() {
      return kind == MetricsLogged.Kind.EPOCH
          ? "epoch " + epoch
          : "epoch " + epoch + " step " + step;
    }
  }

  /** The numbers of a row; one that is there may be NaN. */
  private static final class Cells {
    private final double[] values;
    private final BitSet present = new BitSet();

    Cells(int columns) {
      values = new double[columns];
    }

    void put(int column, double value) {
      values[column] = value;
      present.set(column);
    }
  }

  /** What a metric's numbers are. */
  static final class Curve {
    private TableChanges.Numbers numbers = TableChanges.Numbers.NONE;
    private double last = Double.NaN;

    RunDiffReport.Curve summary() {
      return new RunDiffReport.Curve(
          numbers.count(), last, numbers.least(), numbers.greatest(), numbers.mean());
    }
  }

  static RunCurves of(StoreView view, String run) throws IOException {
    RowSource source = view.metrics();
    RunCurves curves = new RunCurves(source.columns());
    source.forEach(
        RowFilter.ofRuns(Set.of(run)),
        row -> {
          curves.add(row);
          return true;
        });
    return curves;
  }

  private void add(MetricRow row) {
    rowCount++;
    Cells cells = new Cells(columns.size());
    String kind = row.kind().name().toLowerCase(Locale.ROOT);
    for (int i = 0; i < columns.size(); i++) {
      if (row.present(i) && isNumber(i)) {
        double value = columns.get(i).type() == MetricType.DOUBLE ? row.doubleAt(i) : row.longAt(i);
        cells.put(i, value);
        Curve curve =
            curves.computeIfAbsent(new Key(columns.get(i).name(), kind), key -> new Curve());
        curve.numbers = curve.numbers.plus(value);
        curve.last = value;
      }
    }
    Place place = new Place(row.kind(), row.epoch(), row.step());
    if (rows.size() < MAX_ROWS || rows.containsKey(place)) {
      rows.put(place, cells);
    } else {
      isCut = true;
    }
  }

  private boolean isNumber(int column) {
    MetricType type = columns.get(column).type();
    return type == MetricType.DOUBLE || type == MetricType.LONG;
  }

  long rowCount() {
    return rowCount;
  }

  /** Whether there were more rows than are kept. */
  boolean isCut() {
    return isCut;
  }

  /** The curves that either of both has. */
  static List<RunDiffReport.CurveChange> compare(RunCurves a, RunCurves b) {
    Map<Key, Gap> gaps = gaps(a, b);
    Map<Key, Curve> all = new LinkedHashMap<>(a.curves);
    b.curves.forEach(all::putIfAbsent);
    List<RunDiffReport.CurveChange> changes = new ArrayList<>();
    for (Key key : all.keySet()) {
      Gap gap = gaps.getOrDefault(key, new Gap());
      changes.add(
          new RunDiffReport.CurveChange(
              key.metric(),
              key.kind(),
              a.curves.getOrDefault(key, new Curve()).summary(),
              b.curves.getOrDefault(key, new Curve()).summary(),
              gap.common,
              gap.greatest,
              gap.greatestAt == null ? "" : gap.greatestAt.text(),
              gap.firstAt == null ? "" : gap.firstAt.text()));
    }
    return changes;
  }

  /** How far two curves are apart at the steps that both have. */
  private static final class Gap {
    private long common;
    private double greatest;
    private @Nullable Place greatestAt;
    private @Nullable Place firstAt;

    void add(Place place, double mine, double theirs) {
      common++;
      double difference = Double.compare(mine, theirs) == 0 ? 0 : Math.abs(mine - theirs);
      if (difference == 0) {
        return;
      }
      if (firstAt == null) {
        firstAt = place;
      }
      // That only one of both is NaN is further apart than any number, and stays so.
      if (difference > greatest || (Double.isNaN(difference) && !Double.isNaN(greatest))) {
        greatest = difference;
        greatestAt = place;
      }
    }
  }

  private static Map<Key, Gap> gaps(RunCurves a, RunCurves b) {
    int[] theirs = new int[a.columns.size()];
    for (int i = 0; i < theirs.length; i++) {
      theirs[i] = b.columns.indexOf(a.columns.get(i));
    }
    Map<Key, Gap> gaps = new LinkedHashMap<>();
    a.rows.forEach(
        (place, mine) -> {
          Cells other = b.rows.get(place);
          String kind = place.kind().name().toLowerCase(Locale.ROOT);
          for (int i = 0; other != null && i < theirs.length; i++) {
            if (theirs[i] >= 0 && mine.present.get(i) && other.present.get(theirs[i])) {
              gaps.computeIfAbsent(new Key(a.columns.get(i).name(), kind), key -> new Gap())
                  .add(place, mine.values[i], other.values[theirs[i]]);
            }
          }
        });
    return gaps;
  }
}
