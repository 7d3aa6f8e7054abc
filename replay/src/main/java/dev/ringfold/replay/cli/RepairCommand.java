// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.cli;

import dev.ringfold.internal.io.StoreSecurity;
import dev.ringfold.replay.JournalRepair;
import dev.ringfold.replay.RepairReport;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The command {@code repair}. */
@Command(
    name = "repair",
    description = {
      "Makes manifest, indexes and Chronicle's own metadata again from the frames, and finishes an"
          + " interrupted recovery.",
      "Frames are never rewritten. Exit code 4 when something is left that it cannot mend."
    })
final class RepairCommand extends RingfoldCommand {
  @Parameters(paramLabel = "DIR", description = "The store's directory.")
  private Path directory = Path.of("");

  @Option(
      names = {"-n", "--dry-run"},
      description = "Only say what would be done; takes no lock and changes nothing.")
  private boolean dryRun;

  @Override
  int run(Output output) {
    Path store = directory.toAbsolutePath().normalize();
    StoreSecurity.checkExisting(store);
    RepairReport report = JournalRepair.repair(store, dryRun);
    output.line(output.json() ? report.toJson() : report.toText().stripTrailing());
    return report.complete() ? ExitCodes.OK : ExitCodes.DAMAGED;
  }
}
