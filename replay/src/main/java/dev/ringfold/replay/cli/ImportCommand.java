// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.cli;

import dev.ringfold.EventLog;
import dev.ringfold.EventLogReader;
import dev.ringfold.event.EventTypes;
import dev.ringfold.event.MetricColumn;
import dev.ringfold.event.MetricType;
import dev.ringfold.projections.ProjectionFailedException;
import dev.ringfold.projections.ProjectionRuntime;
import dev.ringfold.projections.ProjectionState;
import dev.ringfold.projections.index.EventIndex;
import dev.ringfold.replay.report.StoreReport;
import dev.ringfold.replay.transfer.ImportFile;
import dev.ringfold.replay.transfer.ImportOptions;
import dev.ringfold.replay.transfer.Importer;
import dev.ringfold.replay.transfer.TextFormat;
import dev.ringfold.writers.checkpoint.CheckpointDraft;
import dev.ringfold.writers.checkpoint.CheckpointFiles;
import dev.ringfold.writers.checkpoint.CheckpointFormat;
import dev.ringfold.writers.checkpoint.CheckpointSummary;
import dev.ringfold.writers.checkpoint.Checkpoints;
import dev.ringfold.writers.checkpoint.format.FormatLimits;
import dev.ringfold.writers.parquet.MetricTables;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The command {@code import}. */
@Command(
    name = "import",
    description = {
      "Adds the rows of a CSV or JSON Lines file to the log as metrics. The whole file is read and"
          + " checked first: one bad line, and nothing is written.",
      "The columns epoch, step, timestamp (or ts), run_id, attempt and kind are known, seq is left"
          + " out, all others are metrics. Importing the same file again adds nothing. At the end the"
          + " tables have the rows too.",
      "A .safetensors, .npz or .h5 file becomes a checkpoint: tensors called optimizer_state/... go to"
          + " that group, all others to the model's. Pickled objects are refused.",
      "Opens the store for writing, so no other process may have it open."
    })
final class ImportCommand extends RingfoldCommand {
  private static final Duration STEP = Duration.ofSeconds(1);

  @Parameters(index = "0", paramLabel = "DIR", description = "The store's directory.")
  private Path directory = Path.of("");

  @Parameters(
      index = "1",
      paramLabel = "FILE",
      description = "A .csv, .jsonl or .ndjson file, or one of tensors.")
  private Path file = Path.of("");

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      description = "csv or jsonl, when the file's name does not say it.")
  private @Nullable String format;

  @Option(
      names = "--run",
      paramLabel = "NAME",
      description = "Run of rows without run_id; default: the file's name without its ending.")
  private @Nullable String run;

  @Option(
      names = "--as",
      paramLabel = "METRIC=TYPE",
      description =
          "Type of a metric: double, long, boolean or string; may be repeated. Default: that of the"
              + " training metrics, else what its first value looks like, numbers being double.")
  private Map<String, String> types = new LinkedHashMap<>();

  @Option(
      names = "--epoch",
      paramLabel = "N",
      description = "For tensors: epoch of the checkpoint; default: 0.")
  private long epoch;

  @Option(names = "--check", description = "Only read and check the file.")
  private boolean check;

  @Mixin private final OutputsOption outputs = new OutputsOption();

  @Override
  int run(Output output) throws IOException {
    try (EventLogReader reader = EventLogReader.open(directory, EventTypes.builtin())) {
      // Only to say first that there is no store, or that it cannot be trusted.
      reader.storeId();
    }
    CheckpointFormat tensors = format == null ? CheckpointFormat.ofName(file).orElse(null) : null;
    if (tensors != null) {
      importCheckpoint(output, tensors);
      return ExitCodes.OK;
    }
    ImportOptions options = new ImportOptions(run == null ? runOfName() : run, types());
    ImportFile checked = ImportFile.check(file, textFormat(), options);
    if (check) {
      tell(output, checked, null);
      return ExitCodes.OK;
    }
    try (EventLog log =
        common().configure(EventLog.builder(directory)).createIfMissing(false).build()) {
      Importer.Report report;
      try (Importer importer = new Importer(log, checked)) {
        report = importer.run();
      }
      fillTables(log);
      tell(output, checked, report);
    }
    return ExitCodes.OK;
  }

  private void importCheckpoint(Output output, CheckpointFormat tensors) {
    CheckpointDraft draft =
        CheckpointFiles.read(file, tensors, FormatLimits.DEFAULT, epoch)
            .run(run == null ? runOfName() : run);
    CheckpointSummary saved = null;
    if (!check) {
      try (Checkpoints checkpoints =
          Checkpoints.builder(directory)
              .keepAll()
              .log(log -> common().configure(log.createIfMissing(false)))
              .open()) {
        saved = checkpoints.save(draft).await();
      }
    }
    if (output.json()) {
      output.json(
          Json.object()
              .put("file", file.toString())
              .put("format", tensors.toString())
              .put("checkpoint", saved == null ? -1 : saved.sequence())
              .put("imported", saved != null));
    } else if (saved == null) {
      output.line(file + " can be imported as a checkpoint");
    } else {
      output.line(
          file
              + " is checkpoint "
              + saved.sequence()
              + " of run "
              + Quantities.printable(saved.run())
              + ", "
              + saved.tensors()
              + " tensors, "
              + Quantities.bytes(saved.rawBytes()));
    }
  }

  /** The rows are in the log by now; a table that cannot be written is no reason to fail. */
  private void fillTables(EventLog log) {
    long end = log.lastSequence();
    try (ProjectionRuntime runtime =
        ProjectionRuntime.builder(log)
            .outputs(outputs.of(log.directory()))
            .add(MetricTables.metrics())
            .add(MetricTables.ledger())
            .add(EventIndex.projection())
            .start()) {
      for (String name : List.of(MetricTables.METRICS, MetricTables.LEDGER)) {
        boolean applied = runtime.status(name).state() == ProjectionState.PAUSED;
        while (!applied && !Thread.currentThread().isInterrupted()) {
          applied = runtime.awaitApplied(name, end, STEP);
        }
      }
    } catch (ProjectionFailedException e) {
      note("the rows are in the log, but not all in the tables yet: " + e.getMessage());
    }
  }

  private TextFormat textFormat() {
    if (format != null) {
      for (TextFormat known : TextFormat.values()) {
        if (known.name().equalsIgnoreCase(format)) {
          return known;
        }
      }
      throw wrong("--format is csv or jsonl but was '" + format + "'");
    }
    return TextFormat.ofName(file)
        .orElseThrow(
            () -> wrong("the name of " + file + " does not tell what it is; say --format"));
  }

  private String runOfName() {
    String name = String.valueOf(file.getFileName());
    int dot = name.lastIndexOf('.');
    return dot > 0 ? name.substring(0, dot) : name;
  }

  private Map<String, MetricType> types() {
    Map<String, MetricType> declared = new LinkedHashMap<>();
    types.forEach((name, type) -> declared.put(name, type(type)));
    return declared;
  }

  private MetricType type(String text) {
    for (MetricType known : MetricType.values()) {
      if (known.name().equalsIgnoreCase(text)) {
        return known;
      }
    }
    throw wrong("a metric's type is double, long, boolean or string but was '" + text + "'");
  }

  private void tell(Output output, ImportFile checked, Importer.@Nullable Report report) {
    if (output.json()) {
      var node = Json.object().put("file", file.toString()).put("sha256", checked.sha256());
      node.put("rows", checked.rows());
      if (report != null) {
        node.put("added", report.added()).put("alreadyThere", report.present());
        node.put("lastSequence", report.lastSequence());
      }
      checked.runs().forEach(node.putArray("runs")::add);
      var metrics = node.putObject("metrics");
      for (MetricColumn column : checked.layout().columns()) {
        metrics.put(column.name(), column.type().name().toLowerCase(Locale.ROOT));
      }
      output.json(node);
      return;
    }
    String what =
        StoreReport.count(checked.rows())
            + " rows of "
            + checked.runs().size()
            + (checked.runs().size() == 1 ? " run, " : " runs, ")
            + checked.layout().size()
            + " metrics";
    output.line(
        report == null
            ? "good: " + what
            : "imported "
                + what
                + ": "
                + StoreReport.count(report.added())
                + " added, "
                + StoreReport.count(report.present())
                + " were there already");
    List<String> metrics = new ArrayList<>();
    for (MetricColumn column : checked.layout().columns()) {
      String type = column.type().name().toLowerCase(Locale.ROOT);
      metrics.add(Quantities.printable(column.name()) + " " + type);
    }
    output.line("metrics: " + String.join(", ", metrics));
  }
}
