// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.cli;

import dev.ringfold.EventLogReader;
import dev.ringfold.Tailer;
import dev.ringfold.event.BuiltinTypes;
import dev.ringfold.event.Event;
import dev.ringfold.event.EventTypes;
import dev.ringfold.event.RunClosed;
import dev.ringfold.event.RunStarted;
import dev.ringfold.replay.report.ReportPage;
import dev.ringfold.replay.report.RunCurves;
import dev.ringfold.replay.report.StoreReport;
import dev.ringfold.replay.transfer.RowFilter;
import dev.ringfold.replay.transfer.StoreRows;
import dev.ringfold.replay.transfer.WholeFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The command {@code report}. */
@Command(
    name = "report",
    description = {
      "Writes one page of HTML: curves of all metrics by run and attempt, throughput, runs, costs,"
          + " ledger, projections. The page needs no network and no other file.",
      "Works on a store that is being written, and changes nothing."
    })
final class ReportCommand extends RingfoldCommand {
  private static final int BATCH = 256;

  @Parameters(paramLabel = "DIR", description = "The store's directory.")
  private Path directory = Path.of("");

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description = "Where the page goes; default: report.html here.")
  private Path out = Path.of("report.html");

  @Option(names = "--run", paramLabel = "NAME", description = "Only this run; may be repeated.")
  private List<String> runs = new ArrayList<>();

  @Mixin private final OutputsOption outputs = new OutputsOption();

  @Override
  int run(Output output) throws IOException {
    StoreStatus status = StoreStatus.read(directory, common().config(), true);
    RunCurves curves;
    ProjectionsReading projections;
    List<String> notes = new ArrayList<>(status.hints());
    try (EventLogReader reader = EventLogReader.open(directory, EventTypes.builtin())) {
      long end = status.end().lastSequence();
      StoreRows rows = StoreRows.of(reader, outputs.of(reader.directory()), end);
      if (rows.missingBelow() > 0) {
        notes.add("Rows below sequence " + rows.missingBelow() + " were deleted by retention.");
      }
      curves = new RunCurves(rows.columns());
      RowFilter filter = RowFilter.ofRuns(runs);
      rows.forEach(
          filter,
          row -> {
            curves.add(row);
            return true;
          });
      readRuns(reader, end, curves);
      projections = ProjectionsReading.of(reader, outputs.of(reader.directory()), end);
    }
    byte[] html =
        ReportPage.html(ReportTables.report(status, curves, projections, notes))
            .getBytes(StandardCharsets.UTF_8);
    WholeFile.write(out, html);
    if (output.json()) {
      output.json(
          Json.object()
              .put("file", out.toString())
              .put("rows", curves.rows())
              .put("runs", curves.runs())
              .put("bytes", html.length));
    } else {
      output.line(
          "wrote "
              + out
              + ": "
              + StoreReport.count(curves.rows())
              + " rows of "
              + curves.runs()
              + (curves.runs() == 1 ? " run, " : " runs, ")
              + Quantities.bytes(html.length));
    }
    return ExitCodes.OK;
  }

  private static void readRuns(EventLogReader reader, long end, RunCurves curves) {
    Tailer.Builder builder =
        reader
            .tailer()
            .types(BuiltinTypes.RUN_STARTED.id(), BuiltinTypes.RUN_CLOSED.id())
            .upTo(end);
    try (Tailer tailer = builder.open()) {
      int count = 1;
      while (count > 0) {
        count =
            tailer.poll(
                event -> {
                  Event decoded = tailer.decode(event);
                  String run = event.stream().name();
                  if (decoded instanceof RunStarted started) {
                    curves.started(run, started.attempt(), started.configuration());
                  } else if (decoded instanceof RunClosed closed) {
                    curves.closed(run, closed.attempt());
                  }
                },
                BATCH);
      }
    }
  }
}
