// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ringfold.replay.query.TableSession;
import dev.ringfold.replay.transfer.Csv;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;

/**
 * Prints the result of a query: as an aligned table, as one JSON object for each row, or as CSV.
 * The table's widths come from the first rows, so that a long result needs no memory. Used once.
 */
final class QueryOutput implements TableSession.Rows {
  /** How the result is printed. */
  enum Form {
    /** Columns below each other. */
    TABLE,
    /** One object on each line. */
    JSON,
    /** RFC 4180. */
    CSV
  }

  /** Rows that are looked at before the first one is printed. */
  static final int MEASURED_ROWS = 1_000;

  private static final String GAP = "  ";
  private static final List<String> NUMBERS =
      List.of("INT", "DOUBLE", "FLOAT", "DECIMAL", "REAL", "BIGNUM");

  private final Output output;
  private final Form form;
  private final long limit;
  private final List<List<String>> measured = new ArrayList<>();
  private List<String> names = List.of();
  private boolean[] numbers = {};
  private int[] widths = {};
  private boolean headed;
  private long rows;
  private boolean more;

  /**
   * Prints to this output.
   *
   * @param limit most rows; 0 for all
   */
  QueryOutput(Output output, Form form, long limit) {
    this.output = output;
    this.form = form;
    this.limit = limit;
  }

  @Override
  public void begin(List<String> columnNames, List<String> types) {
    names = columnNames;
    numbers = new boolean[names.size()];
    widths = new int[names.size()];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = NUMBERS.stream().anyMatch(types.get(i)::contains) && !types.get(i).contains("[");
      widths[i] = Quantities.printable(names.get(i)).length();
    }
    if (form == Form.CSV) {
      csv(names);
    }
  }

  @Override
  public boolean row(List<Object> values) {
    if (limit > 0 && rows == limit) {
      more = true;
      return false;
    }
    rows++;
    switch (form) {
      case TABLE -> tableRow(values);
      case JSON -> output.json(json(values));
      case CSV -> csv(values);
    }
    return rows % MEASURED_ROWS != 0 || output.flush();
  }

  /** Prints what is left; called behind the last row. */
  void end() {
    if (form == Form.TABLE) {
      head();
    }
  }

  /** How many rows were printed. */
  long rows() {
    return rows;
  }

  /** Whether there were more. */
  boolean more() {
    return more;
  }

  private void tableRow(List<Object> values) {
    List<String> texts = new ArrayList<>(values.size());
    for (Object value : values) {
      texts.add(Quantities.printable(value.toString()));
    }
    if (headed) {
      print(texts);
      return;
    }
    measured.add(texts);
    if (measured.size() == MEASURED_ROWS) {
      head();
    }
  }

  private void head() {
    if (headed) {
      return;
    }
    headed = true;
    for (List<String> row : measured) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    print(names.stream().map(Quantities::printable).toList());
    StringBuilder rule = new StringBuilder();
    for (int i = 0; i < widths.length; i++) {
      rule.append(i == 0 ? "" : GAP).append("-".repeat(widths[i]));
    }
    output.line(rule.toString());
    measured.forEach(this::print);
    measured.clear();
  }

  private void print(List<String> texts) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < texts.size(); i++) {
      String gap = " ".repeat(Math.max(0, widths[i] - texts.get(i).length()));
      line.append(i == 0 ? "" : GAP);
      line.append(numbers[i] ? gap + texts.get(i) : texts.get(i) + gap);
    }
    output.line(line.toString().stripTrailing());
  }

  private ObjectNode json(List<Object> values) {
    ObjectNode node = Json.object();
    for (int i = 0; i < values.size(); i++) {
      put(node, free(node, names.get(i)), values.get(i));
    }
    return node;
  }

  /** Two columns may have one name in SQL, two members of an object may not. */
  private static String free(ObjectNode node, String name) {
    String free = name;
    for (int i = 2; node.has(free); i++) {
      free = name + "_" + i;
    }
    return free;
  }

  /** Puts a value of a result into an object. */
  static void put(ObjectNode node, String name, Object value) {
    if (value == TableSession.NULL) {
      node.putNull(name);
    } else if (value instanceof Boolean flag) {
      node.put(name, flag);
    } else if (value instanceof BigDecimal decimal) {
      node.put(name, decimal);
    } else if (value instanceof BigInteger integer) {
      node.put(name, integer);
    } else if (value instanceof Double || value instanceof Float) {
      double number = ((Number) value).doubleValue();
      if (Double.isFinite(number)) {
        node.put(name, number);
      } else {
        node.put(name, Double.toString(number));
      }
    } else if (value instanceof Number number) {
      node.put(name, number.longValue());
    } else {
      node.put(name, value.toString());
    }
  }

  private void csv(List<?> values) {
    StringBuilder line = new StringBuilder();
    try {
      for (int i = 0; i < values.size(); i++) {
        line.append(i == 0 ? "" : ",");
        Object value = values.get(i);
        if (value instanceof String text) {
          Csv.field(line, text);
        } else if (value != TableSession.NULL) {
          line.append(value);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("a string can always be written", e);
    }
    output.text(line + Csv.LINE_END);
  }
}
