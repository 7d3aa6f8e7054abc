// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.cli;

import dev.ringfold.writers.checkpoint.quantum.format.Migration;
import dev.ringfold.writers.checkpoint.quantum.format.Migration.Item;
import dev.ringfold.writers.checkpoint.quantum.format.Migration.Outcome;
import dev.ringfold.writers.checkpoint.quantum.format.Migration.Report;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The command {@code migrate}. */
@Command(
    name = "migrate",
    description = {
      "Brings the quantum state files of a directory from version 1.0 to 2.0. The originals stay.",
      "Without --apply it only says what it would do; --dry-run also reads and converts every file,"
          + " and writes nothing."
    })
final class MigrateCommand extends RingfoldCommand {
  @Parameters(index = "0", paramLabel = "DIR", description = "The directory of the state files.")
  private Path directory = Path.of("");

  @Option(names = "--into", paramLabel = "DIR", description = "Where to write; default: beside.")
  private @Nullable Path into;

  @Option(names = "--dry-run", description = "Read and convert everything, and write nothing.")
  private boolean dryRun;

  @Option(names = "--apply", description = "Write the new files.")
  private boolean apply;

  @Override
  int run(Output output) {
    if (dryRun && apply) {
      throw wrong("--dry-run and --apply exclude each other");
    }
    if (!Files.isDirectory(directory)) {
      throw wrong("there is no directory " + directory);
    }
    Migration migration = Migration.of(directory);
    if (into != null) {
      migration = migration.into(into);
    }
    Report report = apply ? migration.run() : dryRun ? migration.dryRun() : migration.plan();
    if (output.json()) {
      json(output, report);
    } else {
      report.items().forEach(item -> output.line(text(item)));
      output.line(
          String.format(
              Locale.ROOT,
              "%d processed, %d migrated, %d to migrate, %d failed",
              report.processed(),
              report.migrated(),
              report.count(Outcome.PLANNED),
              report.failed()));
    }
    return report.failed() == 0 ? ExitCodes.OK : ExitCodes.FAILED;
  }

  private static String text(Item item) {
    String target = item.target() == null ? "" : " -> " + item.target();
    String note = item.note().isEmpty() ? "" : "  (" + Quantities.printable(item.note()) + ")";
    return String.format(Locale.ROOT, "%-9s%s%s%s", word(item), item.file(), target, note);
  }

  private static String word(Item item) {
    return item.outcome().name().toLowerCase(Locale.ROOT);
  }

  private static void json(Output output, Report report) {
    var root =
        Json.object()
            .put("processed", report.processed())
            .put("migrated", report.migrated())
            .put("planned", report.count(Outcome.PLANNED))
            .put("failed", report.failed());
    var array = root.putArray("files");
    for (Item item : report.items()) {
      array.add(
          Json.object()
              .put("file", item.file().toString())
              .put("outcome", word(item))
              .put("target", item.target() == null ? null : item.target().toString())
              .put("note", item.note()));
    }
    output.json(root);
  }
}
