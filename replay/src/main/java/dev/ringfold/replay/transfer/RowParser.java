// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.transfer;

import dev.ringfold.event.MetricColumn;
import dev.ringfold.event.MetricLayout;
import dev.ringfold.event.MetricType;
import dev.ringfold.event.MetricsLogged;
import dev.ringfold.event.StreamKey;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Turns records into rows of metrics. A metric's type is the one declared in the options, or that
 * of the training metrics, or follows from its first value; it never changes. After one pass over a
 * file it knows all columns, and a second pass gives the same rows. One thread.
 */
final class RowParser {
  /** Most different texts: each is kept by the log for ever. */
  static final int MAX_TEXTS = 10_000;

  /** Most runs in one file. */
  static final int MAX_RUNS = 10_000;

  private static final int MAX_ATTEMPT = 0xFFFF;
  private static final int MAX_TEXT_BYTES = 1_024;
  private static final String STEP = "step";
  private static final String EPOCH = "epoch";

  private final ImportOptions options;
  private final List<MetricColumn> columns = new ArrayList<>();
  private final Map<String, Integer> places = new HashMap<>();
  private final Set<String> texts = new HashSet<>();
  private final Set<String> runs = new TreeSet<>();
  private final ImportRow row = new ImportRow();
  private final EnumSet<SystemColumn> given = EnumSet.noneOf(SystemColumn.class);

  RowParser(ImportOptions options) {
    this.options = options;
  }

  /** The metrics seen so far, by their first appearance. */
  MetricLayout layout() {
    MetricLayout seen = MetricLayout.of(columns);
    return seen.equals(MetricLayout.training()) ? MetricLayout.training() : seen;
  }

  /** The runs seen so far, sorted. */
  Set<String> runs() {
    return runs;
  }

  /** The row of a record; the same object each time. */
  ImportRow parse(List<Cell> cells) throws BadLineException {
    begin();
    for (Cell cell : cells) {
      SystemColumn system = SystemColumn.of(cell.name());
      try {
        if (system == null) {
          addMetric(cell);
        } else {
          // A run's name is taken as it is, spaces included.
          boolean name = system == SystemColumn.RUN_ID;
          setSystem(system, name ? cell.text() : cell.text().strip());
        }
      } catch (BadLineException e) {
        throw new BadLineException("column " + Numbers.shown(cell.name()) + ": " + e.getMessage());
      }
    }
    complete();
    return row;
  }

  private void begin() {
    row.values.clear();
    row.run = options.run();
    row.kind = MetricsLogged.Kind.STEP;
    row.attempt = 0;
    row.epoch = 0;
    row.step = -1;
    row.eventTimeNanos = ImportRow.NO_TIME;
    given.clear();
  }

  private void setSystem(SystemColumn column, String text) throws BadLineException {
    if (!given.add(column)) {
      throw new BadLineException("there are two values of " + column.columnName());
    }
    switch (column) {
      case SEQ -> Numbers.toLong(text);
      case RUN_ID -> row.run = text;
      case ATTEMPT -> row.attempt = (int) inRange(text, 0, MAX_ATTEMPT);
      case KIND -> setKind(text);
      case TS -> row.eventTimeNanos = Numbers.toLong(text);
      case EPOCH -> row.epoch = (int) inRange(text, Integer.MIN_VALUE, Integer.MAX_VALUE);
      case STEP -> row.step = Numbers.toLong(text);
      case TIMESTAMP -> {
        // "ts" is exact, these seconds are the same time rounded to a double.
        long nanos = Numbers.toNanos(text);
        row.eventTimeNanos = given.contains(SystemColumn.TS) ? row.eventTimeNanos : nanos;
      }
    }
  }

  private void setKind(String text) throws BadLineException {
    if (!text.equals(STEP) && !text.equals(EPOCH)) {
      throw new BadLineException("expected step or epoch but found " + Numbers.shown(text));
    }
    row.kind = text.equals(STEP) ? MetricsLogged.Kind.STEP : MetricsLogged.Kind.EPOCH;
  }

  private void complete() throws BadLineException {
    if (!given.contains(SystemColumn.EPOCH) && !given.contains(SystemColumn.STEP)) {
      throw new BadLineException("there is neither an epoch nor a step");
    }
    if (!given.contains(SystemColumn.KIND) && row.step == -1) {
      row.kind = MetricsLogged.Kind.EPOCH;
    }
    if (given.contains(SystemColumn.KIND)
        && row.kind == MetricsLogged.Kind.STEP
        && !given.contains(SystemColumn.STEP)) {
      throw new BadLineException("kind is step, but there is no step");
    }
    if (runs.add(row.run)) {
      checkRun();
    }
  }

  private void checkRun() throws BadLineException {
    try {
      StreamKey.of(row.run);
    } catch (IllegalArgumentException e) {
      throw new BadLineException("run_id: " + e.getMessage());
    }
    if (runs.size() > MAX_RUNS) {
      throw new BadLineException("more than " + MAX_RUNS + " runs in one file; split it");
    }
  }

  private void addMetric(Cell cell) throws BadLineException {
    int place = place(cell);
    MetricType type = columns.get(place).type();
    boolean numeric = type == MetricType.DOUBLE || type == MetricType.LONG;
    if (numeric && cell.form() == Cell.Form.BOOLEAN) {
      throw new BadLineException("expected a number but found " + cell.text());
    }
    row.values.add(
        switch (type) {
          case DOUBLE -> {
            double value = Numbers.toDouble(cell.text().strip());
            yield new ImportRow.Value(place, type, Double.doubleToRawLongBits(value), "");
          }
          case LONG -> new ImportRow.Value(place, type, Numbers.toLong(cell.text().strip()), "");
          case BOOLEAN ->
              new ImportRow.Value(place, type, Numbers.toBoolean(cell.text().strip()) ? 1 : 0, "");
          case STRING -> new ImportRow.Value(place, type, 0, text(cell.text()));
        });
  }

  private int place(Cell cell) throws BadLineException {
    Integer known = places.get(cell.name());
    if (known != null) {
      return known;
    }
    if (columns.size() == MetricLayout.MAX_COLUMNS) {
      throw new BadLineException(
          "a file has at most " + MetricLayout.MAX_COLUMNS + " metrics; split it by columns");
    }
    try {
      columns.add(new MetricColumn(cell.name(), typeOf(cell)));
    } catch (IllegalArgumentException e) {
      throw new BadLineException(String.valueOf(e.getMessage()));
    }
    places.put(cell.name(), columns.size() - 1);
    return columns.size() - 1;
  }

  private MetricType typeOf(Cell first) {
    MetricType declared = options.types().get(first.name());
    if (declared != null) {
      return declared;
    }
    int training = MetricLayout.training().indexOf(first.name());
    if (training >= 0) {
      return MetricLayout.training().column(training).type();
    }
    String text = first.text().strip();
    return switch (first.form()) {
      case NUMBER -> MetricType.DOUBLE;
      case BOOLEAN -> MetricType.BOOLEAN;
      // Our own export writes NaN and infinities into JSON as texts.
      case STRING ->
          Numbers.isNumber(text) && !Double.isFinite(parsed(text))
              ? MetricType.DOUBLE
              : MetricType.STRING;
      case TEXT ->
          Numbers.isNumber(text)
              ? MetricType.DOUBLE
              : Numbers.isBoolean(text) ? MetricType.BOOLEAN : MetricType.STRING;
    };
  }

  private static double parsed(String number) {
    try {
      return Numbers.toDouble(number);
    } catch (BadLineException tooLarge) {
      return 0;
    }
  }

  private String text(String text) throws BadLineException {
    int bytes = text.getBytes(StandardCharsets.UTF_8).length;
    if (bytes > MAX_TEXT_BYTES) {
      throw new BadLineException(
          "a text of " + bytes + " bytes of UTF-8; at most " + MAX_TEXT_BYTES);
    }
    if (texts.add(text) && texts.size() > MAX_TEXTS) {
      throw new BadLineException(
          "more than "
              + MAX_TEXTS
              + " different texts: a text metric is a label, such as a backend's name");
    }
    return text;
  }

  private static long inRange(String text, long min, long max) throws BadLineException {
    long value = Numbers.toLong(text);
    if (value < min || value > max) {
      throw new BadLineException(
          "expected " + min + " to " + max + " but found " + Numbers.shown(text));
    }
    return value;
  }
}
