// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.cli;

import dev.ringfold.EventLogReader;
import dev.ringfold.event.EventTypes;
import dev.ringfold.internal.journal.ManifestFile;
import dev.ringfold.projections.ControlRequest;
import dev.ringfold.replay.LogEnd;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The command {@code projections}. */
@Command(
    name = "projections",
    description = {
      "Tells how the projections of a store are, and gives them orders: status, pause, resume, reset"
          + " (delete the output and make it again), skip (go on without an event).",
      "An order goes to the process that has the store open; when nobody has, it is carried out"
          + " here."
    })
final class ProjectionsCommand extends RingfoldCommand {
  /** What is to be done. */
  enum Action {
    STATUS,
    PAUSE,
    RESUME,
    RESET,
    SKIP;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  @Parameters(
      index = "0",
      paramLabel = "ACTION",
      description = "status, pause, resume, reset or skip.")
  private String action = "";

  @Parameters(index = "1", paramLabel = "DIR", description = "The store's directory.")
  private Path directory = Path.of("");

  @Parameters(
      index = "2",
      arity = "0..1",
      paramLabel = "NAME",
      description = "The projection; for status, only this one.")
  private @Nullable String name;

  @Parameters(
      index = "3",
      arity = "0..1",
      paramLabel = "SEQ",
      description = "For skip: the event's sequence.")
  private @Nullable Long sequence;

  @Option(
      names = "--reason",
      paramLabel = "TEXT",
      description = "For skip: why, for people; it is stored in the journal.")
  private String reason = "";

  @Mixin private final OrderOptions orders = new OrderOptions();

  @Mixin private final LongWork work = new LongWork();

  @Override
  int run(Output output) throws Exception {
    return work.run(this, output, watch -> run(output, watch));
  }

  private int run(Output output, LongWork.Watch watch) throws IOException {
    Action wanted = Names.constant(Action.class, action, this::wrong);
    try (EventLogReader reader = EventLogReader.open(directory, EventTypes.builtin())) {
      if (wanted == Action.STATUS) {
        return status(output, reader);
      }
      ControlRequest request = request(wanted);
      String by = orders.send(common(), reader.directory(), request, this::wrong, watch);
      watch.end();
      if (output.json()) {
        output.json(
            Json.object()
                .put("projection", request.projection())
                .put("order", wanted.toString())
                .put("done", by));
      } else {
        output.line(wanted + " " + request.projection() + ": done " + by);
      }
      return ExitCodes.OK;
    }
  }

  private ControlRequest request(Action wanted) {
    if (name == null) {
      throw wrong(wanted + " needs the NAME of a projection");
    }
    if (wanted == Action.SKIP) {
      if (sequence == null) {
        throw wrong("skip needs the SEQ of the event");
      }
      return ControlRequest.skip(name, sequence, reason);
    }
    return ControlRequest.of(ControlRequest.Command.valueOf(wanted.name()), name);
  }

  private int status(Output output, EventLogReader reader) throws IOException {
    Path store = reader.directory();
    long end = LogEnd.of(store, ManifestFile.read(store)).lastSequence();
    ProjectionsReading reading = ProjectionsReading.of(reader, orders.outputs(store), end);
    List<ProjectionRow> rows =
        reading.rows().stream().filter(row -> name == null || row.name().equals(name)).toList();
    if (output.json()) {
      var node = Json.object().put("live", reading.live());
      node.put("pid", reading.pid()).put("lastSequence", end);
      var list = node.putArray("projections");
      rows.forEach(row -> list.add(row.toJson()));
      output.json(node);
    } else {
      print(output, reading, rows);
    }
    return name != null && rows.isEmpty() ? ExitCodes.FAILED : ExitCodes.OK;
  }

  private void print(Output output, ProjectionsReading reading, List<ProjectionRow> rows) {
    if (rows.isEmpty()) {
      output.line(name == null ? "no projection is known" : "there is no projection " + name);
      return;
    }
    output.line(reading.live() ? "run by process " + reading.pid() : "no process runs them now");
    List<List<String>> texts = new ArrayList<>();
    rows.forEach(row -> texts.add(row.texts()));
    TextTable.lines(ProjectionRow.HEADINGS, texts, 2).forEach(output::line);
    for (ProjectionRow row : rows) {
      if (!row.failure().isEmpty()) {
        output.line(row.name() + ": " + Quantities.printable(row.failure()));
      }
    }
  }
}
