// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.cli;

import dev.ringfold.EventLogReader;
import dev.ringfold.EventView;
import dev.ringfold.Tailer;
import dev.ringfold.event.EventTypes;
import dev.ringfold.internal.journal.ManifestFile;
import dev.ringfold.replay.LogEnd;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The command {@code tail}. */
@Command(
    name = "tail",
    description = {
      "Prints events in order, also of a store that another process is writing.",
      "Without --from, --since or --last it starts at the oldest event."
    })
final class TailCommand extends RingfoldCommand {
  private static final int BATCH = 256;
  private static final Duration WAIT = Duration.ofMillis(500);

  @Parameters(paramLabel = "DIR", description = "The store's directory.")
  private Path directory = Path.of("");

  @ArgGroup private Start start = new Start();

  @Option(names = "--to", paramLabel = "SEQ", description = "End with this sequence.")
  private long to = Long.MAX_VALUE;

  @Option(
      names = "--type",
      paramLabel = "NAME|ID",
      split = ",",
      description = "Only events of these types; types of your own by their number.")
  private List<String> typeNames = new ArrayList<>();

  @Option(
      names = {"--stream", "--run"},
      paramLabel = "NAME",
      description = "Only events of this stream (of this run); may be repeated.")
  private List<String> streams = new ArrayList<>();

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
    int[] typeIds =
        typeNames.stream().mapToInt(name -> TypeNames.id(types, name, this::wrong)).toArray();
    try (EventLogReader reader = EventLogReader.open(directory, types);
        Tailer tailer = open(reader, typeIds)) {
      print(tailer, new EventPrinter(types, new PayloadTree(tailer)), output);
    }
    return ExitCodes.OK;
  }

  private Tailer open(EventLogReader reader, int[] typeIds) {
    Tailer.Builder builder = reader.tailer().types(typeIds).streams(streams.toArray(String[]::new));
    long end = Long.MAX_VALUE;
    if (!follow || start.last >= 0) {
      Path store = reader.directory();
      end = LogEnd.of(store, ManifestFile.read(store)).lastSequence();
    }
    // Without --follow, what is written from now on does not count: a fast writer has no end.
    builder.upTo(follow ? to : Math.min(to, end));
    if (start.since != null) {
      builder.fromTime(since(start.since));
    } else if (start.last >= 0) {
      builder.fromSequence(Math.max(reader.floorSequence(), end + 1 - start.last));
    } else if (start.from >= 0) {
      builder.fromSequence(start.from);
    }
    return builder.open();
  }

  private Instant since(String text) {
    return Times.parse(text, clock, this::wrong);
  }

  private void print(Tailer tailer, EventPrinter printer, Output output) {
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
