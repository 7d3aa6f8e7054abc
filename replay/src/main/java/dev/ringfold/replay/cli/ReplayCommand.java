// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.cli;

import dev.ringfold.EventHandler;
import dev.ringfold.EventLogReader;
import dev.ringfold.event.EventTypes;
import dev.ringfold.replay.EventSource;
import dev.ringfold.replay.Point;
import dev.ringfold.replay.playback.Replay;
import dev.ringfold.replay.playback.ReplayReport;
import dev.ringfold.replay.rebuild.KnownProjections;
import dev.ringfold.replay.report.StoreReport;
import dev.ringfold.replay.transfer.RowExport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The command {@code replay}. */
@Command(
    name = "replay",
    description = {
      "Plays events again: prints them, writes them to a file, or folds them into a projection.",
      "A POINT is a sequence, end, a log time such as 2026-11-20T10:15:30Z, epoch:12, label:best or"
          + " checkpoint. Works on a store that is being written; then it ends where the log ended"
          + " when it began. Ctrl-C stops it between two events, with exit code 130."
    })
final class ReplayCommand extends RingfoldCommand {
  private static final double AS_FAST = Double.POSITIVE_INFINITY;
  private static final int PRINTED_AT_ONCE = 256;

  @Parameters(paramLabel = "DIR", description = "The store's directory.")
  private Path directory = Path.of("");

  @Option(names = "--from", paramLabel = "POINT", description = "Begin here; default: the oldest.")
  private @Nullable String from;

  @Option(names = "--to", paramLabel = "POINT", description = "End here, included.")
  private @Nullable String to;

  @Mixin private final EventSelection selection = new EventSelection();

  @Option(
      names = "--speed",
      paramLabel = "X",
      description =
          "1 for the recorded pace, 10 for ten times as fast; default: as fast as it goes.")
  private double speed = AS_FAST;

  @Option(
      names = "--longest-pause",
      paramLabel = "TIME",
      description = "Cut longer pauses to this: 500ms, 10s.")
  private @Nullable String longestPause;

  @ArgGroup private Target target = new Target();

  @Option(
      names = "--rows",
      description =
          "Write rows of metrics with a column for each, not events; always so in Parquet.")
  private boolean rows;

  @Option(
      names = "--outputs",
      paramLabel = "DIR",
      description =
          "With --projection: where its output goes, a directory of its own. Otherwise where the"
              + " index is; default: outputs in the store.")
  private @Nullable Path outputs;

  @Option(
      names = "--resume",
      paramLabel = "NAME",
      description = "Go on where the replay of this name stopped; a file of events grows.")
  private @Nullable String resume;

  @Mixin private final LongWork work = new LongWork();

  /** Where events go; one of these, or the terminal. */
  static final class Target {
    @Option(names = "--to-jsonl", paramLabel = "FILE", description = "Write events as JSON Lines.")
    private @Nullable Path jsonl;

    @Option(names = "--to-csv", paramLabel = "FILE", description = "Write events as CSV.")
    private @Nullable Path csv;

    @Option(
        names = "--to-parquet",
        paramLabel = "FILE",
        description = "Write the rows of metrics as Parquet.")
    private @Nullable Path parquet;

    @Option(
        names = "--projection",
        paramLabel = "NAME",
        description =
            "Fold into this projection: metrics, ledger, checkpoints, index, or one of a"
                + " ProjectionProvider. With --without: compare only it.")
    private @Nullable String projection;

    @Nullable Path file() {
      return jsonl != null ? jsonl : csv != null ? csv : parquet;
    }
  }

  @Mixin private final WithoutOptions without = new WithoutOptions();

  private boolean nobodyReads;

  @Override
  int run(Output output) throws Exception {
    if (without.given()) {
      return runWithout(output);
    }
    check();
    EventTypes types = KnownProjections.types();
    return work.run(
        this,
        output,
        watch -> {
          ReplayReport report;
          try (EventLogReader log = EventLogReader.open(directory, types)) {
            report = replay(log, output, watch);
          }
          watch.end();
          tell(output, report);
          return watch.stopping() ? ExitCodes.INTERRUPTED : ExitCodes.OK;
        });
  }

  private int runWithout(Output output) throws Exception {
    boolean selected = from != null || to != null || !selection.isAll() || outputs != null;
    boolean paced = speed != AS_FAST || longestPause != null || resume != null;
    if (selected || paced || rows || target.file() != null) {
      throw wrong("--without folds all of the log: beside it there is only --projection NAME");
    }
    List<String> compared = target.projection == null ? List.of() : List.of(target.projection);
    return work.run(
        this,
        output,
        watch -> {
          try (EventLogReader log = EventLogReader.open(directory, EventTypes.builtin())) {
            return without.run(output, log, compared, watch);
          }
        });
  }

  private void check() {
    if (target.projection != null && outputs == null) {
      throw wrong("--projection needs --outputs DIR: a directory that nothing else writes to");
    }
    if (rows && target.file() == null) {
      throw wrong("--rows goes with --to-csv, --to-jsonl or --to-parquet");
    }
    if (isRows() && (resume != null || speed != AS_FAST)) {
      throw wrong("rows are written in one go, without --resume and --speed");
    }
    if (target.projection != null && resume != null) {
      throw wrong("a projection knows by itself where it stopped: leave out --resume");
    }
    if (!(speed > 0)) {
      throw wrong("--speed is above 0 but was " + speed);
    }
  }

  private boolean isRows() {
    return rows || target.parquet != null;
  }

  private ReplayReport replay(EventLogReader log, Output output, LongWork.Watch watch)
      throws IOException {
    Replay replay = selected(log).stopWhen(() -> nobodyReads || watch.stopping());
    if (target.file() == null && target.projection == null) {
      return replay.intoDecoding(source -> printer(log.types(), source, output));
    }
    replay.progress(
        at -> watch.reached("replay", at.next() - at.first(), at.last() - at.first() + 1));
    return write(replay, log);
  }

  private Replay selected(EventLogReader log) {
    Replay replay = Replay.of(log).matching(selection.query(log.types(), this::wrong)).speed(speed);
    if (from != null) {
      replay.from(point(from));
    }
    if (to != null) {
      replay.to(point(to));
    }
    if (longestPause != null) {
      replay.longestPause(Times.duration(longestPause, this::wrong));
    }
    if (resume != null) {
      replay.resumeAs(resume);
    }
    if (outputs != null && target.projection == null) {
      replay.outputs(outputs);
    }
    return replay;
  }

  private Point point(String text) {
    try {
      return Point.parse(text);
    } catch (IllegalArgumentException e) {
      throw wrong(String.valueOf(e.getMessage()));
    }
  }

  private EventHandler printer(EventTypes types, EventSource source, Output output) {
    EventPrinter printer = new EventPrinter(types, source);
    int batch = speed == AS_FAST ? PRINTED_AT_ONCE : 1;
    long[] count = {0};
    return event -> {
      if (output.json()) {
        output.json(printer.toJson(event));
      } else {
        output.line(printer.toText(event));
      }
      count[0]++;
      nobodyReads |= count[0] % batch == 0 && !output.flush();
    };
  }

  private ReplayReport write(Replay replay, EventLogReader log) throws IOException {
    if (target.projection != null && outputs != null) {
      return into(replay, log, target.projection, scratch(outputs, log));
    }
    if (isRows()) {
      return target.csv != null
          ? replay.toRows(RowExport.Format.CSV, target.csv)
          : target.jsonl != null
              ? replay.toRows(RowExport.Format.JSONL, target.jsonl)
              : replay.toRows(RowExport.Format.PARQUET, named(target.parquet));
    }
    return target.csv != null ? replay.toCsv(target.csv) : replay.toJsonLines(named(target.jsonl));
  }

  private ReplayReport into(Replay replay, EventLogReader log, String name, Path scratch)
      throws IOException {
    try (KnownProjections known = KnownProjections.of(log)) {
      if (!known.names().contains(name)) {
        throw wrong("--projection is one of " + known.names() + " but was '" + name + "'");
      }
      return replay.into(known.make(name), scratch);
    }
  }

  private Path named(@Nullable Path file) {
    if (file == null) {
      throw wrong("name a file to write");
    }
    return file;
  }

  /** What a runtime may be writing to is none of ours. */
  private Path scratch(Path wanted, EventLogReader log) throws IOException {
    Path absolute = wanted.toAbsolutePath().normalize();
    if (absolute.startsWith(log.directory())) {
      throw wrong(
          "--outputs "
              + wanted
              + " is in the store, where its own projections write. Name another directory");
    }
    Files.createDirectories(absolute);
    return absolute;
  }

  private void tell(Output output, ReplayReport report) {
    String place = targetName();
    if (place.isEmpty()) {
      if (report.stopped() && !nobodyReads) {
        note("stopped in front of sequence " + report.next());
      }
      return;
    }
    if (output.json()) {
      output.json(
          Json.object()
              .put("target", place)
              .put("events", report.events())
              .put("first", report.first())
              .put("last", report.last())
              .put("next", report.next())
              .put("stopped", report.stopped())
              .put("segmentsRead", report.segmentsRead()));
      return;
    }
    output.line(
        StoreReport.count(report.events())
            + (isRows() ? " rows" : " events")
            + " of sequences "
            + report.first()
            + " to "
            + Math.min(report.last(), report.next() - 1)
            + " into "
            + place
            + (report.stopped() ? "; stopped in front of sequence " + report.next() : ""));
  }

  private String targetName() {
    Path file = target.file();
    if (file != null) {
      return file.toString();
    }
    return target.projection == null ? "" : target.projection + " in " + outputs;
  }
}
