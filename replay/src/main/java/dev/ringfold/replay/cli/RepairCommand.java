// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.cli;

import dev.ringfold.EventLogReader;
import dev.ringfold.event.EventTypes;
import dev.ringfold.internal.io.StoreSecurity;
import dev.ringfold.replay.JournalRepair;
import dev.ringfold.replay.RepairReport;
import dev.ringfold.replay.salvage.Salvage;
import dev.ringfold.replay.salvage.SalvageReport;
import dev.ringfold.writers.checkpoint.quantum.QuantumMemoryExport;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The command {@code repair}. */
@Command(
    name = "repair",
    description = {
      "Makes manifest, indexes and Chronicle's own metadata again from the frames, and finishes an"
          + " interrupted recovery.",
      "Frames are never rewritten. Exit code 4 when something is left that it cannot mend.",
      "With --salvage NEW it makes a new store of what is intact in a damaged one, and lists"
          + " exactly what is lost; exit code 4 when anything is.",
      "With --target hdf5 it writes the HDF5 file of the quantum states anew from the log instead."
    })
final class RepairCommand extends RingfoldCommand {
  private static final String HDF5 = "hdf5";

  @Parameters(paramLabel = "DIR", description = "The store's directory.")
  private Path directory = Path.of("");

  @Option(
      names = {"-n", "--dry-run"},
      description = "Only say what would be done; takes no lock and changes nothing.")
  private boolean dryRun;

  @Option(
      names = "--target",
      paramLabel = "NAME",
      description = "hdf5: what is made again, into the file that --out names.")
  private @Nullable String target;

  @Option(
      names = "--salvage",
      paramLabel = "NEW",
      description = "Write everything that is intact into a new store there; DIR stays as it is.")
  private @Nullable Path salvage;

  @Option(names = "--out", paramLabel = "FILE", description = "For --target: the file.")
  private @Nullable Path out;

  @Mixin private final LongWork work = new LongWork();

  @Override
  int run(Output output) throws Exception {
    Path into = salvage;
    if (into != null) {
      return work.run(this, output, watch -> salvage(output, into, watch));
    }
    if (target != null) {
      return remake(output, target);
    }
    Path store = directory.toAbsolutePath().normalize();
    StoreSecurity.checkExisting(store);
    RepairReport report = JournalRepair.repair(store, dryRun);
    output.line(output.json() ? report.toJson() : report.toText().stripTrailing());
    return report.complete() ? ExitCodes.OK : ExitCodes.DAMAGED;
  }

  private int salvage(Output output, Path into, LongWork.Watch watch) {
    if (target != null || out != null || dryRun) {
      throw wrong("--salvage goes with none of --target, --out and --dry-run");
    }
    SalvageReport report = Salvage.salvage(directory, into, watch);
    watch.end();
    if (output.json()) {
      output.json(report.toJson());
    } else {
      output.line(report.toText().stripTrailing());
    }
    return report.complete() ? ExitCodes.OK : ExitCodes.DAMAGED;
  }

  private int remake(Output output, String what) {
    Path file = out;
    if (!what.equals(HDF5) || file == null || dryRun) {
      throw wrong("--target is " + HDF5 + " and goes with --out FILE, without --dry-run");
    }
    try (EventLogReader log = EventLogReader.open(directory, EventTypes.builtin());
        QuantumMemoryExport export = new QuantumMemoryExport(log)) {
      export.writeHdf5(file);
    }
    if (output.json()) {
      output.json(Json.object().put("target", what).put("file", file.toString()));
    } else {
      output.line(file + " was made again from the log");
    }
    return ExitCodes.OK;
  }
}
