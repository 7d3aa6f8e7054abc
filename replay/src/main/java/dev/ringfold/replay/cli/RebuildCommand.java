// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ringfold.EventLogReader;
import dev.ringfold.internal.io.StoreSecurity;
import dev.ringfold.internal.journal.ManifestFile;
import dev.ringfold.projections.ControlRequest;
import dev.ringfold.projections.OutputRebuild.Rebuilt;
import dev.ringfold.projections.OutputRebuild.RolledBack;
import dev.ringfold.projections.ProjectionControl;
import dev.ringfold.replay.LogEnd;
import dev.ringfold.replay.rebuild.KnownProjections;
import dev.ringfold.replay.rebuild.Rebuild;
import dev.ringfold.replay.rebuild.RebuildDiff;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The command {@code rebuild}. */
@Command(
    name = "rebuild",
    description = {
      "Makes outputs of projections again from the journal, beside those in use, and switches to"
          + " them when they are complete. Stopped or killed, it goes on where it was.",
      "Through the process that runs the projections, if there is one."
    })
final class RebuildCommand extends RingfoldCommand {
  @Parameters(index = "0", paramLabel = "DIR", description = "The store's directory.")
  private Path directory = Path.of("");

  @Parameters(
      index = "1..*",
      arity = "0..*",
      paramLabel = "NAME",
      description = "The projections; all that have an output unless named.")
  private List<String> names = new ArrayList<>();

  @Option(names = "--rollback", description = "Go back to the output before the present one.")
  private boolean rollback;

  @Option(
      names = "--diff",
      description = "Switch nothing; show which rows or files a rebuild would change.")
  private boolean diff;

  @Option(
      names = "--rows",
      paramLabel = "N",
      description = "With --diff: how many of them to show; default: 20.")
  private int rows = 20;

  @Option(
      names = "--workers",
      paramLabel = "N",
      description = "How many projections at one time; default: 2.")
  private int workers = 2;

  @Option(
      names = "--keep",
      paramLabel = "TIME",
      description = "How long the replaced output stays at least; default: 10m.")
  private @Nullable String keep;

  @Option(
      names = "--timeout",
      paramLabel = "TIME",
      description = "How long a process may take to begin; default: 30s.")
  private String timeout = "30s";

  @Mixin private final LongWork work = new LongWork();

  @Mixin private final OutputsOption outputs = new OutputsOption();

  @Override
  int run(Output output) throws Exception {
    if (workers < 1 || workers > Rebuild.MAX_WORKERS) {
      throw wrong("--workers must be 1 to " + Rebuild.MAX_WORKERS + " but was " + workers);
    }
    if (rollback && diff) {
      throw wrong("--rollback and --diff are two things; choose one");
    }
    Path store = directory.toAbsolutePath().normalize();
    StoreSecurity.checkExisting(store);
    List<String> wanted = names.isEmpty() ? present(store) : names;
    if (diff) {
      return work.run(this, output, watch -> diff(output, store, wanted, watch));
    }
    StoreHolder holder = StoreHolder.of(store);
    if (isRunning(holder) && ordered(output, store, holder, wanted)) {
      return ExitCodes.OK;
    }
    return rollback
        ? rollBack(output, store, wanted)
        : work.run(this, output, watch -> rebuild(output, store, wanted, watch));
  }

  private List<String> present(Path store) throws IOException {
    if (rollback) {
      throw wrong("--rollback needs the NAME of a projection");
    }
    try (EventLogReader log = EventLogReader.open(store, KnownProjections.types());
        KnownProjections known = KnownProjections.of(log, outputs.of(store))) {
      return known.present(store.resolve("snapshots"));
    }
  }

  private static boolean isRunning(StoreHolder holder) {
    return holder.held() || holder.status() == StoreHolder.Status.OUT_OF_SIGHT;
  }

  /** False when the process that has the store open runs no projections. */
  private boolean ordered(Output output, Path store, StoreHolder holder, List<String> wanted) {
    Duration untilTaken = Times.duration(timeout, this::wrong);
    ControlRequest.Command command =
        rollback ? ControlRequest.Command.ROLLBACK : ControlRequest.Command.REBUILD;
    for (String name : wanted) {
      boolean done =
          ProjectionControl.sendLong(
              store,
              ControlRequest.of(command, name),
              untilTaken,
              () -> isRunning(StoreHolder.of(store)));
      if (!done) {
        note("process " + holder.pid() + " runs no projections of the store; working here");
        return false;
      }
      String who = "by process " + holder.pid();
      if (output.json()) {
        output.json(Json.object().put("done", word()).put("projection", name).put("who", who));
      } else {
        output.line(word() + " " + name + ": done " + who);
      }
    }
    return true;
  }

  private String word() {
    return rollback ? "rollback" : "rebuild";
  }

  private int rebuild(Output output, Path store, List<String> wanted, LongWork.Watch watch)
      throws IOException {
    if (wanted.isEmpty()) {
      output.line(output.json() ? "{\"rebuilt\":[]}" : "no projection has an output yet");
      return ExitCodes.OK;
    }
    Rebuild rebuild =
        Rebuild.of(store)
            .outputs(outputs.of(store))
            .progress(progress(wanted, lastSequence(store), watch));
    wanted.forEach(rebuild::projection);
    if (keep != null) {
      rebuild.keep(Times.duration(keep, this::wrong));
    }
    List<Rebuilt> done = rebuild.run(workers);
    watch.end();
    if (output.json()) {
      ObjectNode json = Json.object();
      ArrayNode all = json.putArray("rebuilt");
      for (Rebuilt each : done) {
        all.addObject()
            .put("projection", each.projection())
            .put("switched", each.switched())
            .put("resumed", each.resumed())
            .put("consumed", each.consumed())
            .put("committed", each.committed().sequence());
      }
      output.json(json);
    } else {
      for (Rebuilt each : done) {
        output.line(
            "rebuild "
                + each.projection()
                + (each.switched() ? ": done here" : ": stopped, the next one goes on there")
                + (each.resumed() ? ", went on where an earlier one was" : "")
                + ", consumed up to "
                + each.consumed()
                + (each.switched() ? ", committed up to " + each.committed().sequence() : ""));
      }
    }
    boolean whole = done.stream().allMatch(Rebuilt::switched);
    return whole ? ExitCodes.OK : ExitCodes.INTERRUPTED;
  }

  /** All projections together, each from the first event to the one that is the last now. */
  private static Rebuild.Progress progress(List<String> wanted, long last, LongWork.Watch watch) {
    Map<String, Long> reached = new ConcurrentHashMap<>();
    return (projection, sequence) -> {
      reached.put(projection, Math.min(last, sequence) + 1);
      long done = reached.values().stream().mapToLong(Long::longValue).sum();
      return watch.reached("rebuild", done, (last + 1) * wanted.size());
    };
  }

  private static long lastSequence(Path store) {
    return LogEnd.of(store, ManifestFile.read(store)).lastSequence();
  }

  private int rollBack(Output output, Path store, List<String> wanted) throws IOException {
    for (String name : wanted) {
      RolledBack result = Rebuild.of(store).outputs(outputs.of(store)).rollBack(name);
      if (output.json()) {
        output.json(
            Json.object()
                .put("done", word())
                .put("projection", name)
                .put("version", result.version())
                .put("paused", result.paused()));
      } else {
        output.line(
            "rollback "
                + name
                + ": done here"
                + (result.paused()
                    ? "; it is paused, since its program writes another version than "
                        + result.version()
                    : ""));
      }
    }
    return ExitCodes.OK;
  }

  private int diff(Output output, Path store, List<String> wanted, LongWork.Watch watch)
      throws IOException {
    for (String name : wanted) {
      RebuildDiff.Report report =
          ScratchWork.diff(store, outputs.of(store), null, name, rows, watch);
      watch.end();
      if (output.json()) {
        output.json(toJson(report));
      } else {
        print(output, report);
      }
    }
    return ExitCodes.OK;
  }

  private static void print(Output output, RebuildDiff.Report report) {
    output.line(
        report.projection()
            + " up to "
            + report.sequence()
            + ", version "
            + report.oldVersion()
            + " -> "
            + report.newVersion()
            + ": "
            + (report.same()
                ? "nothing would change"
                : report.added()
                    + " "
                    + report.kind()
                    + " more, "
                    + report.removed()
                    + " fewer, "
                    + report.changed()
                    + " changed"));
    report.columnsAdded().forEach(column -> output.line("+ column " + column));
    report.columnsRemoved().forEach(column -> output.line("- column " + column));
    for (RebuildDiff.Changed each : report.first()) {
      String sign =
          switch (each.change()) {
            case ADDED -> "+ ";
            case REMOVED -> "- ";
            case CHANGED -> "~ ";
          };
      output.line(sign + each.key() + " " + Quantities.printable(each.text()));
    }
  }

  private static ObjectNode toJson(RebuildDiff.Report report) {
    ObjectNode json =
        Json.object()
            .put("projection", report.projection())
            .put("oldVersion", report.oldVersion())
            .put("newVersion", report.newVersion())
            .put("sequence", report.sequence())
            .put("kind", report.kind())
            .put("added", report.added())
            .put("removed", report.removed())
            .put("changed", report.changed());
    report.columnsAdded().forEach(json.putArray("columnsAdded")::add);
    report.columnsRemoved().forEach(json.putArray("columnsRemoved")::add);
    ArrayNode first = json.putArray("first");
    for (RebuildDiff.Changed each : report.first()) {
      first
          .addObject()
          .put("key", each.key())
          .put("change", each.change().name().toLowerCase(Locale.ROOT))
          .put("text", each.text());
    }
    return json;
  }
}
