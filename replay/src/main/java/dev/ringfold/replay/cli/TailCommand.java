// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.cli;

import dev.ringfold.EventLogReader;
import dev.ringfold.EventView;
import dev.ringfold.event.EventTypes;
import dev.ringfold.internal.journal.ManifestFile;
import dev.ringfold.projections.index.IndexQuery;
import dev.ringfold.replay.LogEnd;
import dev.ringfold.replay.playback.IndexedTailer;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The command {@code tail}. */
@Command(
    name = "tail",
    description = {
      "Prints events in order, also of a store that another process is writing.",
      "Without --from, --since or --last it starts at the oldest event.",
      "Reads only what the index says is worth reading, when the store has one."
    })
final class TailCommand extends RingfoldCommand {
  private static final int BATCH = 256;
  private static final Duration WAIT = Duration.ofMillis(500);

  @Parameters(paramLabel = "DIR", description = "The store's directory.")
  private Path directory = Path.of("");

  @ArgGroup private Start start = new Start();

  @Option(names = "--to", paramLabel = "SEQ", description = "End with this sequence.")
  private long to = Long.MAX_VALUE;

  @Mixin private final EventSelection selection = new EventSelection();

  @Mixin private final OutputsOption outputs = new OutputsOption();

  @Option(names = "--limit", paramLabel = "N", description = "Print at most this many events.")
  private long limit = Long.MAX_VALUE;

  @Option(
      names = {"-f", "--follow"},
      description = "Wait for more events, until interrupted.")
  private boolean follow;

  /** Where to start; one of these. */
  static final class Start {
    @Option(names = "--from", paramLabel = "SEQ", description = "Start at this sequence.")
    private long from = -1;

    @Option(
        names = "--since",
        paramLabel = "TIME",
        description = "Start at this log time: 2026-11-20T10:15:30Z, 2026-11-20, or 10m (ago).")
    private @Nullable String since;

    @Option(
        names = "--last",
        paramLabel = "N",
        description = "Start N sequences before the present end.")
    private long last = -1;
  }

  private final Clock clock = Clock.systemUTC();
  private long printed;

  @Override
  int run(Output output) {
    if (limit < 0 || to < 0) {
      throw wrong("--limit and --to must be >= 0");
    }
    EventTypes types = EventTypes.builtin();
    try (EventLogReader reader = EventLogReader.open(directory, types);
        IndexedTailer tailer = open(reader, selection.query(types, this::wrong))) {
      print(tailer, new EventPrinter(types, tailer), output);
    }
    return ExitCodes.OK;
  }

  private IndexedTailer open(EventLogReader reader, IndexQuery selected) {
    Path store = reader.directory();
    long end = Long.MAX_VALUE;
    if (!follow || start.last >= 0) {
      end = LogEnd.of(store, ManifestFile.read(store)).lastSequence();
    }
    // Without --follow, what is written from now on does not count: a fast writer has no end.
    long last = follow ? to : Math.min(to, end);
    Path index = outputs.of(store);
    if (start.last >= 0) {
      long first = Math.max(reader.floorSequence(), end + 1 - start.last);
      return IndexedTailer.open(reader, index, selected.between(first, last));
    }
    if (start.from >= 0) {
      return IndexedTailer.open(reader, index, selected.between(start.from, last));
    }
    IndexQuery query = selected.between(0, last);
    if (start.since != null) {
      query = query.times(Times.nanos(Times.parse(start.since, clock, this::wrong)), Long.MAX_VALUE);
    }
    return IndexedTailer.openOldest(reader, index, query);
  }

  private void print(IndexedTailer tailer, EventPrinter printer, Output output) {
    boolean reading = limit > 0;
    while (reading) {
      int batch = (int) Math.min(BATCH, limit - printed);
      int count =
          follow
              ? tailer.poll(event -> print(event, printer, output), batch, WAIT)
              : tailer.poll(event -> print(event, printer, output), batch);
      boolean more = follow ? tailer.nextSequence() <= to : count > 0;
      reading = more && printed < limit && !Thread.currentThread().isInterrupted();
      if (!output.flush()) {
        return;
      }
    }
  }

  private void print(EventView event, EventPrinter printer, Output output) {
    printed++;
    if (output.json()) {
      output.json(printer.toJson(event));
    } else {
      output.line(printer.toText(event));
    }
  }
}
