// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.report;

import java.util.List;

/**
 * Everything a page shows, in the order in which it shows it. Immutable, except for the arrays of
 * its points, which nobody may change.
 *
 * @param title heading of the page
 * @param summary one sentence below it
 * @param notes what a reader has to know before the curves
 * @param lines runs and their attempts; each has one colour
 * @param charts one for every metric and kind of row
 * @param rate rows over time
 * @param tables below the curves
 * @param texts below the tables
 */
public record Report(
    String title,
    String summary,
    List<String> notes,
    List<Line> lines,
    List<Chart> charts,
    Rate rate,
    List<Table> tables,
    List<Text> texts) {

  /** Copies the lists. */
  public Report {
    notes = List.copyOf(notes);
    lines = List.copyOf(lines);
    charts = List.copyOf(charts);
    tables = List.copyOf(tables);
    texts = List.copyOf(texts);
  }

  /** One attempt of a run. */
  public record Line(String name) {}

  /**
   * One metric.
   *
   * @param title its name
   * @param note beside the name, or empty
   * @param kind what the horizontal axis counts: {@code step} or {@code epoch}
   * @param series its curves
   */
  public record Chart(String title, String note, String kind, List<Series> series) {
    /** Copies the list. */
    public Chart {
      series = List.copyOf(series);
    }
  }

  /** One curve: an attempt's place among the lines, and its points. */
  public record Series(int line, Points points) {}

  /**
   * Rows over time, in columns of one width; those without a row are left out.
   *
   * @param widthSeconds of a column
   * @param beginSeconds where each column begins, seconds since 1970
   * @param perSecond rows per second in it
   */
  public record Rate(double widthSeconds, double[] beginSeconds, double[] perSecond) {}

  /** A heading of a column, and whether numbers stand below it. */
  public record Heading(String name, boolean number) {
    /** For text. */
    public static Heading text(String name) {
      return new Heading(name, false);
    }

    /** For numbers. */
    public static Heading number(String name) {
      return new Heading(name, true);
    }
  }

  /**
   * A table.
   *
   * @param title above it
   * @param wide whether it takes the whole width
   * @param headings of its columns; empty for a table without
   * @param rows as many cells as there are headings
   */
  public record Table(String title, boolean wide, List<Heading> headings, List<List<String>> rows) {
    /** Copies the lists. */
    public Table {
      headings = List.copyOf(headings);
      rows = rows.stream().map(List::copyOf).toList();
    }
  }

  /** A text that keeps its lines, such as a run's configuration. */
  public record Text(String title, String text) {}
}
