// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.report;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Puts a report together: curves and runs, and the tables that its caller brings. Stateless. */
public final class StoreReport {
  private static final int MAX_CONFIGURATION_LENGTH = 20_000;
  private static final int MAX_CONFIGURATIONS = 50;
  private static final String NONE = "";

  private StoreReport() {}

  /**
   * The report.
   *
   * @param title heading of the page
   * @param summary one sentence below it
   * @param notes what a reader has to know first
   * @param curves what was collected from the rows
   * @param tables further tables, behind that of the runs
   */
  public static Report of(
      String title,
      String summary,
      List<String> notes,
      RunCurves curves,
      List<Report.Table> tables) {
    List<String> allNotes = new ArrayList<>(notes);
    if (curves.rows() == 0) {
      allNotes.add("There are no metrics in this store yet.");
    }
    allNotes.addAll(curves.notes());
    List<Report.Table> allTables = new ArrayList<>();
    if (curves.rows() > 0) {
      allTables.add(runs(curves.lines()));
    }
    allTables.addAll(tables);
    return new Report(
        title,
        summary,
        allNotes,
        curves.shownLines(),
        curves.charts(),
        curves.rate(),
        allTables,
        configurations(curves.lines()));
  }

  private static Report.Table runs(List<RunFacts> lines) {
    boolean costs = lines.stream().anyMatch(line -> line.costUsd != 0);
    boolean credits = lines.stream().anyMatch(line -> line.creditsUsed != 0);
    List<Report.Heading> headings = new ArrayList<>();
    headings.add(Report.Heading.text("run"));
    headings.add(Report.Heading.number("attempt"));
    headings.add(Report.Heading.number("step rows"));
    headings.add(Report.Heading.text("steps"));
    headings.add(Report.Heading.number("epoch rows"));
    headings.add(Report.Heading.text("first row (UTC)"));
    headings.add(Report.Heading.number("seconds"));
    headings.add(Report.Heading.number("rows/s"));
    if (costs) {
      headings.add(Report.Heading.number("cost_usd"));
    }
    if (credits) {
      headings.add(Report.Heading.number("credits_used"));
    }
    headings.add(Report.Heading.text("end"));
    headings.add(Report.Heading.text("labels"));
    List<List<String>> rows = new ArrayList<>();
    for (RunFacts line : lines) {
      rows.add(row(line, costs, credits));
    }
    if ((costs || credits) && lines.size() > 1) {
      rows.add(total(lines, costs, credits));
    }
    return new Report.Table("Runs and attempts", true, headings, rows);
  }

  private static List<String> row(RunFacts line, boolean costs, boolean credits) {
    List<String> row = new ArrayList<>();
    row.add(line.run);
    row.add(Integer.toString(line.attempt));
    row.add(count(line.stepRows));
    row.add(line.stepRows == 0 ? NONE : line.firstStep + " to " + line.lastStep);
    row.add(count(line.epochRows));
    row.add(time(line.firstNanos));
    row.add(decimal(line.seconds()));
    row.add(line.seconds() > 0 ? decimal(line.rows() / line.seconds()) : NONE);
    if (costs) {
      row.add(decimal(line.costUsd));
    }
    if (credits) {
      row.add(decimal(line.creditsUsed));
    }
    row.add(line.closed ? "closed" : line.started ? "not closed" : NONE);
    row.add(labels(line.texts));
    return row;
  }

  private static List<String> total(List<RunFacts> lines, boolean costs, boolean credits) {
    List<String> row = new ArrayList<>();
    row.add("all");
    row.add(NONE);
    row.add(count(lines.stream().mapToLong(line -> line.stepRows).sum()));
    row.add(NONE);
    row.add(count(lines.stream().mapToLong(line -> line.epochRows).sum()));
    row.addAll(List.of(NONE, NONE, NONE));
    if (costs) {
      row.add(decimal(lines.stream().mapToDouble(line -> line.costUsd).sum()));
    }
    if (credits) {
      row.add(decimal(lines.stream().mapToDouble(line -> line.creditsUsed).sum()));
    }
    row.addAll(List.of(NONE, NONE));
    return row;
  }

  private static List<Report.Text> configurations(List<RunFacts> lines) {
    List<Report.Text> texts = new ArrayList<>();
    for (RunFacts line : lines) {
      if (line.configuration.isBlank() || texts.size() == MAX_CONFIGURATIONS) {
        continue;
      }
      String text =
          line.configuration.length() <= MAX_CONFIGURATION_LENGTH
              ? line.configuration
              : line.configuration.substring(0, MAX_CONFIGURATION_LENGTH) + "\n(cut)";
      texts.add(
          new Report.Text("Configuration of " + line.run + ", attempt " + line.attempt, text));
    }
    return texts;
  }

  private static String labels(Map<String, String> texts) {
    List<String> labels = new ArrayList<>();
    texts.forEach((name, text) -> labels.add(name + "=" + text));
    return String.join(", ", labels);
  }

  /** A whole number with commas between thousands. */
  public static String count(long count) {
    return String.format(Locale.ROOT, "%,d", count);
  }

  private static String decimal(double value) {
    double size = Math.abs(value);
    String format = size >= 1_000 ? "%,.0f" : size >= 10 ? "%.1f" : "%.3f";
    return String.format(Locale.ROOT, format, value);
  }

  private static String time(long nanos) {
    return Instant.ofEpochSecond(
            Math.floorDiv(nanos, 1_000_000_000L), Math.floorMod(nanos, 1_000_000_000L))
        .truncatedTo(ChronoUnit.SECONDS)
        .toString()
        .replace('T', ' ')
        .replace("Z", "");
  }
}
