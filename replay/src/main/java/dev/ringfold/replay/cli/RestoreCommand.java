// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ringfold.replay.Point;
import dev.ringfold.replay.backup.Backups;
import dev.ringfold.replay.backup.RestoreReport;
import java.nio.file.Path;
import java.time.Duration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The command {@code restore}. */
@Command(
    name = "restore",
    description = {
      "Makes a new store of a backup, up to any event that it has.",
      "The events keep their sequences; the store has an identity of its own, and knows the one"
          + " that it comes from."
    })
final class RestoreCommand extends RingfoldCommand {
  @Parameters(paramLabel = "BACKUPS", description = "The directory of backups.")
  private Path directory = Path.of("");

  @Option(
      names = "--to",
      required = true,
      paramLabel = "NEW",
      description = "Where the store is made; nothing may be there.")
  private Path target = Path.of("");

  @Option(
      names = "--at",
      paramLabel = "POINT",
      defaultValue = "end",
      description =
          "The last event to restore: a sequence, end, a time such as 2026-11-20T10:15:30Z,"
              + " epoch:12, label:best, or checkpoint.")
  private String at = "end";

  @Option(
      names = "--backup",
      paramLabel = "ID",
      defaultValue = Backups.NEWEST,
      description = "Which backup, with all that it continues; default: the newest.")
  private String backup = Backups.NEWEST;

  @Mixin private final LongWork work = new LongWork();

  @Override
  int run(Output output) throws Exception {
    Point point;
    try {
      point = Point.parse(at);
    } catch (IllegalArgumentException e) {
      throw wrong("--at: " + e.getMessage());
    }
    return work.run(
        this,
        output,
        watch -> {
          Backups backups = Backups.open(directory).progress(watch);
          RestoreReport report = backups.restore(backup, point, target);
          watch.end();
          print(output, report);
          return ExitCodes.OK;
        });
  }

  private static void print(Output output, RestoreReport report) {
    if (output.json()) {
      ObjectNode root = Json.object().put("store", report.store().toString());
      root.put("storeId", report.storeId()).put("from", report.from());
      report.backups().forEach(root.putArray("backups")::add);
      output.json(
          root.put("firstSequence", report.firstSequence())
              .put("lastSequence", report.lastSequence())
              .put("events", report.events())
              .put("blobs", report.blobs())
              .put("millis", report.nanos() / 1_000_000));
      return;
    }
    output.line(
        report.store()
            + ": "
            + report.events()
            + " events, sequences "
            + report.firstSequence()
            + " to "
            + report.lastSequence()
            + ", "
            + report.blobs()
            + " blobs, in "
            + Quantities.duration(Duration.ofNanos(report.nanos())));
    output.line(
        "store " + report.storeId() + ", from " + report.from() + " at " + report.lastSequence());
  }
}
