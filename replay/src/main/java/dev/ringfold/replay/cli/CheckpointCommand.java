// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ringfold.EventLogReader;
import dev.ringfold.event.EventTypes;
import dev.ringfold.writers.checkpoint.Checkpoint;
import dev.ringfold.writers.checkpoint.CheckpointFiles;
import dev.ringfold.writers.checkpoint.CheckpointFormat;
import dev.ringfold.writers.checkpoint.CheckpointReader;
import dev.ringfold.writers.checkpoint.CheckpointSummary;
import dev.ringfold.writers.checkpoint.Checkpoints;
import dev.ringfold.writers.checkpoint.TensorSummary;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The command {@code checkpoint}. */
@Command(
    name = "checkpoint",
    description = {
      "The checkpoints of a store: list them, show one with its tensors, export one, pin or unpin"
          + " it, give it a label, or remove it (rm) and free its space.",
      "Which one: latest, an epoch (12), a sequence (@4711), or a label. list, show and export only"
          + " read; the others open the store for writing, so no other process may have it open."
    })
final class CheckpointCommand extends RingfoldCommand {
  /** What is to be done. */
  enum Action {
    LIST,
    SHOW,
    EXPORT,
    PIN,
    UNPIN,
    LABEL,
    RM
  }

  private static final Listing<CheckpointSummary> LISTING =
      new Listing<>(
          "checkpoints",
          List.of(
              "sequence", "epoch", "run", "time", "tensors", "bytes", "stored", "label", "pinned"),
          CheckpointCommand::toJson,
          CheckpointCommand::row);
  private static final List<String> TENSOR_HEADINGS =
      List.of("group", "tensor", "type", "shape", "bytes", "stored");
  private static final String LATEST = "latest";

  @Parameters(
      index = "0",
      paramLabel = "ACTION",
      description = "list, show, export, pin, unpin, label or rm.")
  private String action = "";

  @Parameters(index = "1", paramLabel = "DIR", description = "The store's directory.")
  private Path directory = Path.of("");

  @Parameters(
      index = "2",
      arity = "0..1",
      paramLabel = "WHICH",
      description = "latest, an epoch, @SEQUENCE or a label; not for list.")
  private @Nullable String which;

  @Parameters(
      index = "3",
      arity = "0..1",
      paramLabel = "TEXT",
      description = "For label: the text; for pin: why.")
  private @Nullable String text;

  @Option(names = "--run", paramLabel = "NAME", description = "Only checkpoints of this run.")
  private @Nullable String run;

  @Option(names = "--out", paramLabel = "FILE", description = "For export: where to write.")
  private @Nullable Path out;

  @Option(
      names = "--to",
      paramLabel = "FORMAT",
      description =
          "For export: safetensors, npz, hdf5, zarr or zarr3, when the name of FILE does not say"
              + " it.")
  private @Nullable String format;

  @Option(
      names = "--group",
      paramLabel = "NAME",
      description = "For export: only this group, such as model_state.")
  private @Nullable String group;

  @Override
  int run(Output output) throws IOException {
    Action wanted = Names.constant(Action.class, action, this::wrong);
    try (EventLogReader log = EventLogReader.open(directory, EventTypes.builtin());
        CheckpointReader reader =
            run == null ? CheckpointReader.open(log) : CheckpointReader.open(log, run)) {
      if (wanted == Action.LIST) {
        LISTING.print(output, reader.list());
        return ExitCodes.OK;
      }
      Checkpoint checkpoint = find(reader);
      switch (wanted) {
        case SHOW -> show(output, checkpoint);
        case EXPORT -> export(output, checkpoint);
        default -> {
          change(wanted, checkpoint.summary());
          done(output, wanted, checkpoint.summary());
        }
      }
    }
    return ExitCodes.OK;
  }

  private Checkpoint find(CheckpointReader reader) {
    String selected = which;
    if (selected == null) {
      throw wrong(action + " needs WHICH checkpoint: latest, an epoch, @SEQUENCE or a label");
    }
    if (selected.equals(LATEST)) {
      return reader.latest();
    }
    try {
      return selected.startsWith("@")
          ? reader.loadAt(Long.parseLong(selected.substring(1)))
          : reader.load(Long.parseLong(selected));
    } catch (NumberFormatException label) {
      if (selected.startsWith("@")) {
        throw wrong("after @ comes a sequence, a number, but this is " + selected);
      }
      return reader.load(selected);
    }
  }

  private static List<String> row(CheckpointSummary summary) {
    return List.of(
        Long.toString(summary.sequence()),
        Long.toString(summary.epoch()),
        Quantities.printable(summary.run()),
        summary.time().toString(),
        Integer.toString(summary.tensors()),
        Quantities.bytes(summary.rawBytes()),
        Quantities.bytes(summary.storedBytes()),
        Quantities.printable(summary.label()),
        summary.pinned() ? "yes" : "");
  }

  private static void show(Output output, Checkpoint checkpoint) {
    CheckpointSummary summary = checkpoint.summary();
    if (output.json()) {
      ObjectNode root = toJson(summary);
      var array = root.putArray("tensors");
      for (TensorSummary tensor : checkpoint.tensors()) {
        array.add(
            Json.object()
                .put("group", tensor.group())
                .put("name", tensor.name())
                .put("type", tensor.dtype().name().toLowerCase(Locale.ROOT))
                .put("shape", Arrays.toString(tensor.shape()))
                .put("bytes", tensor.rawBytes())
                .put("storedBytes", tensor.storedBytes()));
      }
      output.json(root);
      return;
    }
    output.line("checkpoint " + summary.sequence() + " of epoch " + summary.epoch());
    output.line("run        " + Quantities.printable(summary.run()));
    output.line("time       " + summary.time());
    output.line("label      " + Quantities.printable(summary.label()));
    output.line("pinned     " + (summary.pinned() ? "yes, " + summary.pinReason() : "no"));
    output.line("metadata   " + Quantities.printable(checkpoint.metadataJson()));
    output.line(
        "size       "
            + Quantities.bytes(summary.rawBytes())
            + ", stored "
            + Quantities.bytes(summary.storedBytes())
            + ", of which new "
            + Quantities.bytes(summary.newBytes()));
    List<List<String>> rows = new ArrayList<>();
    for (TensorSummary tensor : checkpoint.tensors()) {
      rows.add(
          List.of(
              tensor.group(),
              tensor.name(),
              tensor.dtype().name().toLowerCase(Locale.ROOT),
              Arrays.toString(tensor.shape()),
              Long.toString(tensor.rawBytes()),
              Long.toString(tensor.storedBytes())));
    }
    TextTable.lines(TENSOR_HEADINGS, rows, TENSOR_HEADINGS.size()).forEach(output::line);
  }

  private void export(Output output, Checkpoint checkpoint) {
    Path target = out;
    if (target == null) {
      throw wrong("export needs --out FILE");
    }
    NewFile.require(target);
    CheckpointFormat chosen =
        format == null
            ? CheckpointFormat.ofName(target)
                .orElseThrow(() -> wrong("the name of " + target + " tells no format; say --to"))
            : Names.constant(CheckpointFormat.class, format, this::wrong);
    if (group != null && !checkpoint.groups().contains(group)) {
      throw wrong("the checkpoint has no group '" + group + "'; it has " + checkpoint.groups());
    }
    CheckpointFiles.write(checkpoint, chosen, target, group);
    if (output.json()) {
      output.json(
          Json.object()
              .put("sequence", checkpoint.sequence())
              .put("epoch", checkpoint.epoch())
              .put("format", chosen.toString())
              .put("file", target.toString()));
    } else {
      output.line(
          "checkpoint "
              + checkpoint.sequence()
              + " of epoch "
              + checkpoint.epoch()
              + " as "
              + chosen
              + ": "
              + target);
    }
  }

  private void change(Action wanted, CheckpointSummary summary) {
    if (wanted == Action.RM && summary.pinned()) {
      throw wrong("checkpoint " + summary.sequence() + " is pinned; unpin it first");
    }
    try (Checkpoints checkpoints =
        Checkpoints.builder(directory)
            .run(summary.run())
            .keepAll()
            .log(log -> common().configure(log.createIfMissing(false)))
            .open()) {
      long sequence = summary.sequence();
      switch (wanted) {
        case PIN -> checkpoints.pin(sequence, text == null ? "" : text);
        case UNPIN -> checkpoints.unpin(sequence);
        case LABEL -> checkpoints.label(sequence, text == null ? "" : text);
        case RM -> checkpoints.remove(sequence);
        default -> throw new AssertionError(wanted);
      }
    }
  }

  private void done(Output output, Action wanted, CheckpointSummary summary) {
    String word = wanted.name().toLowerCase(Locale.ROOT);
    if (output.json()) {
      output.json(
          Json.object()
              .put("done", word)
              .put("sequence", summary.sequence())
              .put("epoch", summary.epoch()));
    } else {
      output.line(word + " checkpoint " + summary.sequence() + " of epoch " + summary.epoch());
    }
  }

  static ObjectNode toJson(CheckpointSummary summary) {
    return Json.object()
        .put("sequence", summary.sequence())
        .put("epoch", summary.epoch())
        .put("run", summary.run())
        .put("time", summary.time().toString())
        .put("label", summary.label())
        .put("pinned", summary.pinned())
        .put("pinReason", summary.pinReason())
        .put("tensorCount", summary.tensors())
        .put("bytes", summary.rawBytes())
        .put("storedBytes", summary.storedBytes())
        .put("newBytes", summary.newBytes())
        .put("metadata", summary.metadata());
  }
}
