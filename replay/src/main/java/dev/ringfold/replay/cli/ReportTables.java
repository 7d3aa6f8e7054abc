// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.cli;

import dev.ringfold.replay.report.Report;
import dev.ringfold.replay.report.Report.Heading;
import dev.ringfold.replay.report.RunCurves;
import dev.ringfold.replay.report.StoreReport;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The tables of a report about the store itself. Stateless. */
final class ReportTables {
  private static final List<Heading> PAIR = List.of(Heading.text(""), Heading.text(""));

  private ReportTables() {}

  static Report report(
      StoreStatus status, RunCurves curves, ProjectionsReading projections, List<String> notes) {
    List<Report.Table> tables = new ArrayList<>();
    tables.add(journal(status));
    tables.add(ledger(status.ledger()));
    if (!projections.rows().isEmpty()) {
      tables.add(projections(projections));
    }
    if (!status.ledger().dropsByReason().isEmpty()) {
      tables.add(drops(status.ledger().dropsByReason()));
    }
    String name = String.valueOf(status.store().getFileName());
    String summary =
        StoreReport.count(curves.rows())
            + " rows of "
            + curves.runs()
            + (curves.runs() == 1 ? " run" : " runs")
            + ", up to sequence "
            + status.end().lastSequence();
    return StoreReport.of(name, summary, notes, curves, tables);
  }

  private static Report.Table journal(StoreStatus status) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("store", status.manifest().storeId()));
    rows.add(List.of("state", status.condition() + ", session " + status.manifest().session()));
    rows.add(List.of("events", StoreReport.count(status.events())));
    rows.add(
        List.of(
            "sequences",
            (status.end().lastSequence() - status.events() + 1)
                + " to "
                + status.end().lastSequence()));
    rows.add(List.of("on disk up to", Long.toString(status.end().durableSequence())));
    rows.add(List.of("segments", Integer.toString(status.manifest().segments().size())));
    rows.add(List.of("journal", Quantities.bytes(status.sizes().journalUsed())));
    rows.add(List.of("blobs", Quantities.bytes(status.sizes().blobFiles())));
    return new Report.Table("Journal", false, PAIR, rows);
  }

  private static Report.Table ledger(LedgerReading ledger) {
    List<Heading> headings =
        List.of(
            Heading.number("session"),
            Heading.text("producer"),
            Heading.number("offered"),
            Heading.number("stored"),
            Heading.number("dropped"),
            Heading.text(""));
    List<List<String>> rows = new ArrayList<>();
    long offered = 0;
    long stored = 0;
    long dropped = 0;
    for (LedgerRow row : ledger.rows()) {
      offered += row.mark().offered();
      stored += row.mark().stored();
      dropped += row.mark().dropped();
      rows.add(
          List.of(
              Integer.toString(row.mark().session()),
              row.name(),
              StoreReport.count(row.mark().offered()),
              StoreReport.count(row.mark().stored()),
              StoreReport.count(row.mark().dropped()),
              row.mark().lowerBound() ? "at least" : row.mark().closing() ? "" : "so far"));
    }
    if (rows.size() > 1) {
      rows.add(
          List.of(
              "all",
              "",
              StoreReport.count(offered),
              StoreReport.count(stored),
              StoreReport.count(dropped),
              ""));
    }
    return new Report.Table("Ledger: offered = stored + dropped", false, headings, rows);
  }

  private static Report.Table projections(ProjectionsReading projections) {
    List<Heading> headings = new ArrayList<>();
    for (String heading : ProjectionRow.HEADINGS) {
      headings.add(new Heading(heading, headings.size() >= 2));
    }
    return new Report.Table(
        "Projections",
        false,
        headings,
        projections.rows().stream().map(ProjectionRow::texts).toList());
  }

  private static Report.Table drops(Map<String, Long> byReason) {
    List<List<String>> rows = new ArrayList<>();
    byReason.forEach((reason, count) -> rows.add(List.of(reason, StoreReport.count(count))));
    return new Report.Table(
        "Drops by reason", false, List.of(Heading.text("reason"), Heading.number("events")), rows);
  }
}
