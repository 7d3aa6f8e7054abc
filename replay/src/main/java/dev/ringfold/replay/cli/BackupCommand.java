// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.cli;

import dev.ringfold.replay.backup.Backup;
import dev.ringfold.replay.backup.BackupReport;
import dev.ringfold.replay.backup.Backups;
import java.nio.file.Path;
import java.time.Duration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The command {@code backup}. */
@Command(
    name = "backup",
    description = {
      "Copies a store into a directory of backups, also while it is written: all of it, or with"
          + " --incremental what the newest backup there does not have.",
      "Frames and blobs are in it, nothing that can be made from them again. Restore with `ringfold"
          + " restore`, look at backups with `ringfold backups`."
    })
final class BackupCommand extends RingfoldCommand {
  @Parameters(paramLabel = "DIR", description = "The store's directory.")
  private Path directory = Path.of("");

  @Option(
      names = "--to",
      required = true,
      paramLabel = "BACKUPS",
      description = "The directory of this store's backups; made when it is not there.")
  private Path backups = Path.of("");

  @Option(names = "--incremental", description = "Only what is new since the newest backup.")
  private boolean incremental;

  @Option(names = "--archive", description = "One ZIP file instead of a directory.")
  private boolean archive;

  @Option(
      names = "--verify",
      description = "Then restore it into a scratch directory and open that store.")
  private boolean verify;

  @Mixin private final LongWork work = new LongWork();

  @Override
  int run(Output output) throws Exception {
    return work.run(this, output, watch -> take(output, watch));
  }

  private int take(Output output, LongWork.Watch watch) {
    Backups all = Backups.open(backups).progress(watch);
    Backup.Form form = archive ? Backup.Form.ARCHIVE : Backup.Form.DIRECTORY;
    BackupReport report =
        incremental ? all.incremental(directory, form) : all.full(directory, form);
    if (verify) {
      all.verify(report.backup().id(), false);
    }
    watch.end();
    print(output, report);
    return ExitCodes.OK;
  }

  private void print(Output output, BackupReport report) {
    if (output.json()) {
      output.json(
          BackupRows.toJson(report.backup())
              .put("taken", report.taken())
              .put("verified", verify)
              .put("newEvents", report.events())
              .put("newBlobs", report.blobs())
              .put("blobsGone", report.blobsGone())
              .put("millis", report.nanos() / 1_000_000));
      return;
    }
    if (!report.taken()) {
      output.line("nothing is new since " + report.backup().id());
      return;
    }
    output.line(
        report.backup().path()
            + ": "
            + report.events()
            + " events up to sequence "
            + report.backup().lastSequence()
            + ", "
            + report.blobs()
            + " blobs, "
            + Quantities.bytes(report.backup().bytes())
            + " in "
            + Quantities.duration(Duration.ofNanos(report.nanos()))
            + (verify ? ", verified by opening it" : ""));
    if (report.blobsGone() > 0) {
      output.line(report.blobsGone() + " blobs of what had been given up before were collected");
    }
  }
}
