// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.cli;

import dev.ringfold.EventLogReader;
import dev.ringfold.event.EventTypes;
import dev.ringfold.internal.journal.ManifestFile;
import dev.ringfold.replay.LogEnd;
import dev.ringfold.replay.report.StoreReport;
import dev.ringfold.replay.transfer.RowExport;
import dev.ringfold.replay.transfer.StoreRows;
import dev.ringfold.writers.checkpoint.quantum.QuantumMemoryExport;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The command {@code export}. */
@Command(
    name = "export",
    description = {
      "Writes the rows of metrics as CSV, JSON Lines or Parquet, to stdout or into a file.",
      "With --layout quantum-memory it writes the quantum states as the directory tree of the Quantum"
          + " Memory instead: HDF5, checkpoints, backups and .qms exports.",
      "Works on a store that is being written, and changes nothing."
    })
final class ExportCommand extends RingfoldCommand {
  private static final int BUFFER_CHARS = 1 << 16;
  private static final String QUANTUM_MEMORY = "quantum-memory";

  @Parameters(paramLabel = "DIR", description = "The store's directory.")
  private Path directory = Path.of("");

  @Option(names = "--to", paramLabel = "FORMAT", description = "csv, jsonl or parquet.")
  private @Nullable String to;

  @Option(
      names = "--layout",
      paramLabel = "NAME",
      description = "quantum-memory: a directory tree; --out names the directory.")
  private @Nullable String layout;

  @Option(
      names = "--without-vectors",
      description =
          "For --layout: write a state whose vector is not stored and over the cap of qubits"
              + " without it, and name it, instead of refusing the export.")
  private boolean withoutVectors;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description = "Where the rows go, complete or not at all; default: stdout.")
  private @Nullable Path out;

  @Mixin private final OutputsOption outputs = new OutputsOption();

  @Mixin private final RowSelection selection = new RowSelection();

  private final Clock clock = Clock.systemUTC();

  @Override
  int run(Output output) throws IOException {
    if (layout != null) {
      return exportLayout(output, layout);
    }
    if (withoutVectors) {
      throw wrong("--without-vectors goes with --layout " + QUANTUM_MEMORY);
    }
    RowExport.Format format = format();
    if (out == null && format.isBinary()) {
      throw wrong("--to " + to + " needs --out FILE: it is not for a terminal");
    }
    try (EventLogReader reader = EventLogReader.open(directory, EventTypes.builtin())) {
      Path store = reader.directory();
      long end = LogEnd.of(store, ManifestFile.read(store)).lastSequence();
      StoreRows source = StoreRows.of(reader, outputs.of(store), end);
      if (source.missingBelow() > 0) {
        note("rows below sequence " + source.missingBelow() + " were deleted by retention");
      }
      RowExport export = new RowExport(source, selection.filter(clock, this::wrong));
      Path file = out;
      if (file == null) {
        print(export, format, output);
      } else {
        tell(output, file, export.writeFile(format, file));
      }
    }
    return ExitCodes.OK;
  }

  private int exportLayout(Output output, String name) {
    Path target = out;
    if (!name.equals(QUANTUM_MEMORY) || target == null || to != null) {
      throw wrong("--layout is " + QUANTUM_MEMORY + ", goes with --out DIR and without --to");
    }
    try (EventLogReader reader = EventLogReader.open(directory, EventTypes.builtin());
        QuantumMemoryExport export = new QuantumMemoryExport(reader)) {
      QuantumMemoryExport.Report report = export.write(target, withoutVectors);
      if (output.json()) {
        var node =
            Json.object()
                .put("directory", target.toString())
                .put("states", report.states())
                .put("checkpoints", report.checkpoints())
                .put("bytes", report.bytes());
        var without = node.putArray("withoutVector");
        report.withoutVector().forEach(without::add);
        output.json(node);
      } else {
        output.line(
            report.states()
                + " states and "
                + report.checkpoints()
                + " checkpoints, "
                + Quantities.bytes(report.bytes())
                + ", in "
                + target);
        if (!report.withoutVector().isEmpty()) {
          output.line("without a vector: " + String.join(", ", report.withoutVector()));
        }
      }
    }
    return ExitCodes.OK;
  }

  private RowExport.Format format() {
    if (to == null) {
      throw wrong("say --to csv, jsonl or parquet, or --layout " + QUANTUM_MEMORY);
    }
    for (RowExport.Format known : RowExport.Format.values()) {
      if (known.name().equalsIgnoreCase(to)) {
        return known;
      }
    }
    List<String> names =
        Arrays.stream(RowExport.Format.values())
            .map(known -> known.name().toLowerCase(Locale.ROOT))
            .toList();
    throw wrong("--to is one of " + String.join(", ", names) + " but was '" + to + "'");
  }

  private static void print(RowExport export, RowExport.Format format, Output output)
      throws IOException {
    Writer rows = new BufferedWriter(output.writer(), BUFFER_CHARS);
    try {
      export.writeText(format, rows);
      rows.flush();
    } catch (Output.NobodyReadsException endOfPipe) {
      // As behind "| head", where it is no error. Otherwise Stdout says it in the end.
    }
  }

  private void tell(Output output, Path file, long rows) {
    if (output.json()) {
      output.json(Json.object().put("file", file.toString()).put("rows", rows));
    } else {
      output.line("wrote " + StoreReport.count(rows) + " rows to " + file);
    }
  }
}
