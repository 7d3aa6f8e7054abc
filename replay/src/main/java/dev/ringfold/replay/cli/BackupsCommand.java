// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ringfold.replay.backup.Backup;
import dev.ringfold.replay.backup.BackupCheckReport;
import dev.ringfold.replay.backup.Backups;
import dev.ringfold.replay.backup.CorruptBackupException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The command {@code backups}. */
@Command(
    name = "backups",
    description = {
      "Lists the backups in a directory, verifies one, or deletes old ones.",
      "Exit code 4 when one is damaged. A full backup is deleted only with all that continue it,"
          + " and never the newest with its own."
    })
final class BackupsCommand extends RingfoldCommand {
  @Parameters(paramLabel = "BACKUPS", description = "The directory of backups.")
  private Path directory = Path.of("");

  @ArgGroup private Task task = new Task();

  @Option(names = "--quick", description = "For --verify: compare hashes only, without a restore.")
  private boolean quick;

  @Option(
      names = {"-n", "--dry-run"},
      description = "For --keep-last and --older-than: only say what would be deleted.")
  private boolean dryRun;

  /** What is done besides listing; one of these. */
  static final class Task {
    @Option(
        names = "--verify",
        arity = "0..1",
        fallbackValue = Backups.NEWEST,
        paramLabel = "ID",
        description = "Check a backup and what it continues: hashes, then a restore and an open.")
    private @Nullable String verify;

    @Option(
        names = "--keep-last",
        paramLabel = "N",
        description = "Delete the oldest, as long as so many stay.")
    private @Nullable Integer keepLast;

    @Option(
        names = "--older-than",
        paramLabel = "AGE",
        description = "Delete those that are older than this, for example 90d.")
    private @Nullable String olderThan;
  }

  @Override
  int run(Output output) {
    Backups backups = Backups.open(directory);
    if (task.verify != null) {
      verified(output, backups.verify(task.verify, quick));
      return ExitCodes.OK;
    }
    if (task.olderThan != null) {
      Duration age = Times.duration(task.olderThan, this::wrong);
      deleted(output, backups.olderThan(age, dryRun));
      return ExitCodes.OK;
    }
    if (task.keepLast != null) {
      if (task.keepLast < 1) {
        throw wrong("--keep-last must be at least 1 but was " + task.keepLast);
      }
      deleted(output, backups.keepLast(task.keepLast, dryRun));
      return ExitCodes.OK;
    }
    return list(output, backups);
  }

  private static int list(Output output, Backups backups) {
    List<CorruptBackupException> damaged = backups.damaged();
    List<Backup> all = backups.intact();
    if (output.json()) {
      ObjectNode root = Json.object().put("directory", backups.directory().toString());
      ArrayNode list = root.putArray("backups");
      all.forEach(backup -> list.add(BackupRows.toJson(backup)));
      ArrayNode problems = root.putArray("damaged");
      damaged.forEach(problem -> problems.add(problem.getMessage()));
      output.json(root);
    } else {
      List<List<String>> rows = all.stream().map(BackupRows::row).toList();
      TextTable.lines(BackupRows.HEADINGS, rows, 3).forEach(output::line);
      damaged.forEach(problem -> output.line(Quantities.printable("" + problem.getMessage())));
    }
    return damaged.isEmpty() ? ExitCodes.OK : ExitCodes.DAMAGED;
  }

  private static void verified(Output output, BackupCheckReport report) {
    if (output.json()) {
      ObjectNode root = Json.object().put("intact", true);
      report.backups().forEach(root.putArray("backups")::add);
      output.json(
          root.put("bytes", report.bytes())
              .put("opened", report.opened())
              .put("events", report.events())
              .put("millis", report.nanos() / 1_000_000));
      return;
    }
    output.line(
        "intact: "
            + String.join(", ", report.backups())
            + "; "
            + Quantities.bytes(report.bytes())
            + (report.opened()
                ? "; restored and opened with " + report.events() + " events"
                : "; hashes only"));
  }

  private void deleted(Output output, List<Backup> going) {
    if (output.json()) {
      ObjectNode root = Json.object().put("applied", !dryRun);
      ArrayNode list = root.putArray("deleted");
      going.forEach(backup -> list.add(backup.id()));
      output.json(root);
      return;
    }
    String ids = String.join(", ", going.stream().map(Backup::id).toList());
    output.line(
        (dryRun ? "would delete " : "deleted ")
            + going.size()
            + " backups"
            + (ids.isEmpty() ? "" : ": " + ids));
  }
}
