// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.cli;

import dev.ringfold.EventLogReader;
import dev.ringfold.event.EventTypes;
import dev.ringfold.replay.Point;
import dev.ringfold.replay.at.StoreView;
import dev.ringfold.replay.query.QueryLimits;
import dev.ringfold.replay.rebuild.KnownProjections;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The command {@code at}. */
@Command(
    name = "at",
    description = {
      "Shows a store as it was when one event was the newest: rows of metrics and the newest one of"
          + " each run, checkpoints, quantum states, the ledger; or answers SQL about that time; or"
          + " makes the output of a projection as it was.",
      "Works while the store is written, and changes nothing. Places: a sequence, end, a time such"
          + " as 2026-11-20T10:15:30Z, epoch:12, label:best, checkpoint."
    })
final class AtCommand extends RingfoldCommand {
  private static final long DEFAULT_LIMIT = 1_000;

  @Parameters(index = "0", paramLabel = "POINT", description = "The place in the log.")
  private String point = "";

  @Parameters(index = "1", paramLabel = "DIR", description = "The store's directory.")
  private Path directory = Path.of("");

  @Option(
      names = "--sql",
      paramLabel = "QUERY",
      description = "Answer this query over metrics, latest and ledger instead.")
  private @Nullable String sql;

  @Option(names = "--csv", description = "With --sql: print CSV (RFC 4180) instead of a table.")
  private boolean csv;

  @Option(
      names = "--limit",
      paramLabel = "N",
      description = "With --sql: print at most N rows; 0 for all. Default: 1000.")
  private long limit = DEFAULT_LIMIT;

  @Option(
      names = "--hash",
      description = "Print a hash of each view, too: equal hashes mean equal contents.")
  private boolean hash;

  @Option(
      names = "--projection",
      paramLabel = "NAME",
      description =
          "Show the output of this projection instead: metrics, ledger, checkpoints, index, or one"
              + " of a ProjectionProvider.")
  private @Nullable String projection;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "With --projection: keep its output there, in an empty or a new directory.")
  private @Nullable Path out;

  @Mixin private final OutputsOption outputs = new OutputsOption();

  @Override
  int run(Output output) throws IOException {
    check(output);
    Point place = place();
    if (projection != null) {
      return past(output, place, projection);
    }
    try (EventLogReader log = EventLogReader.open(directory, EventTypes.builtin());
        StoreView view = StoreView.at(log, outputs.of(log.directory()), place)) {
      if (sql != null) {
        query(output, view, sql);
        return ExitCodes.OK;
      }
      AtReport report = AtReport.of(view, hash);
      if (output.json()) {
        output.json(report.toJson());
      } else {
        report.lines().forEach(output::line);
      }
      return ExitCodes.OK;
    }
  }

  private int past(Output output, Point place, String name) throws IOException {
    try (EventLogReader log = EventLogReader.open(directory, KnownProjections.types());
        KnownProjections known = KnownProjections.of(log, outputs.of(log.directory()));
        StoreView view = StoreView.at(log, outputs.of(log.directory()), place)) {
      if (!known.names().contains(name)) {
        throw wrong("--projection is one of " + known.names() + " but was '" + name + "'");
      }
      PastOutput past = PastOutput.of(view, known.make(name), kept(log), hash);
      if (output.json()) {
        output.json(past.toJson());
      } else {
        past.lines().forEach(output::line);
      }
      return ExitCodes.OK;
    }
  }

  /** What a runtime may be writing to is none of ours. */
  private @Nullable Path kept(EventLogReader log) throws IOException {
    if (out == null) {
      return null;
    }
    Path absolute = out.toAbsolutePath().normalize();
    if (absolute.startsWith(log.directory()) || absolute.startsWith(outputs.of(log.directory()))) {
      throw wrong("--out " + out + " is among the store's own files. Name another directory");
    }
    Path parent = absolute.getParent();
    if (parent != null) {
      Files.createDirectories(parent);
    }
    return absolute;
  }

  private void check(Output output) {
    if (projection == null ? out != null : sql != null) {
      throw wrong(
          projection == null
              ? "--out goes with --projection NAME"
              : "--sql and --projection are two things; choose one");
    }
    if (limit < 0) {
      throw wrong("--limit must be >= 0 but was " + limit);
    }
    if (csv && (output.json() || sql == null)) {
      throw wrong(sql == null ? "--csv is for --sql QUERY" : "--csv and --json exclude each other");
    }
  }

  private Point place() {
    try {
      return Point.parse(point);
    } catch (IllegalArgumentException e) {
      throw wrong(String.valueOf(e.getMessage()));
    }
  }

  private void query(Output output, StoreView view, String text) throws IOException {
    QueryOutput.Form form =
        csv ? QueryOutput.Form.CSV : output.json() ? QueryOutput.Form.JSON : QueryOutput.Form.TABLE;
    QueryOutput rows = new QueryOutput(output, form, limit);
    view.tables(QueryLimits.DEFAULT).query(text, rows);
    rows.end();
    output.flush();
    long missing = view.metricsMissingBelow();
    if (missing > 0) {
      note("rows below sequence " + missing + " were deleted by retention");
    }
    if (rows.more()) {
      note("only the first " + rows.rows() + " rows; for all of them say --limit 0");
    }
  }
}
