// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ringfold.EventLog;
import dev.ringfold.EventLogReader;
import dev.ringfold.event.EventTypes;
import dev.ringfold.writers.checkpoint.format.FormatLimits;
import dev.ringfold.writers.checkpoint.quantum.QuantumState;
import dev.ringfold.writers.checkpoint.quantum.QuantumStates;
import dev.ringfold.writers.checkpoint.quantum.QuantumStore;
import dev.ringfold.writers.checkpoint.quantum.SavedState;
import dev.ringfold.writers.checkpoint.quantum.ScrubReport;
import dev.ringfold.writers.checkpoint.quantum.StatePolicy;
import dev.ringfold.writers.checkpoint.quantum.format.StateFiles;
import dev.ringfold.writers.checkpoint.quantum.format.StateFormat;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The command {@code state}. */
@Command(
    name = "state",
    description = {
      "The quantum states of a store: list them, export one to a file, import a file, or compare"
          + " all with their checksums (scrub).",
      "Files are .json, .json.zlib, .qms, .h5, .npy and .npz. list and export only read; import and"
          + " scrub open the store for writing, so no other process may have it open."
    })
final class StateCommand extends RingfoldCommand {
  /** What is to be done. */
  enum Action {
    LIST,
    EXPORT,
    IMPORT,
    SCRUB
  }

  private static final Listing<SavedState> LISTING =
      new Listing<>(
          "states",
          List.of("state", "qubits", "policy", "sequence", "saved", "bytes", "stored", "checksum"),
          StateCommand::toJson,
          StateCommand::row);
  private static final int CHECKSUM_CHARS = 16;

  @Parameters(index = "0", paramLabel = "ACTION", description = "list, export, import or scrub.")
  private String action = "";

  @Parameters(index = "1", paramLabel = "DIR", description = "The store's directory.")
  private Path directory = Path.of("");

  @Parameters(
      index = "2",
      arity = "0..1",
      paramLabel = "ID|FILE",
      description = "For export: the state; for import: the file.")
  private @Nullable String subject;

  @Option(names = "--out", paramLabel = "FILE", description = "For export: where to write.")
  private @Nullable Path out;

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      description =
          "json, json_zlib, qms, hdf5, npy or npz, when the name of the file does not say it.")
  private @Nullable String format;

  @Option(
      names = "--at",
      paramLabel = "SEQ",
      description = "For export: the version that was the newest at this sequence.")
  private @Nullable Long at;

  @Option(
      names = "--raw",
      description = "For import: store vectors, not only recipes. Up to --max-qubits.")
  private boolean raw;

  @Option(
      names = "--max-qubits",
      paramLabel = "N",
      description = "Most qubits of a vector that is stored or made again; default: 20.")
  private int maxQubits = StatePolicy.DEFAULT_MAX_QUBITS;

  @Override
  int run(Output output) throws IOException {
    Action wanted = Names.constant(Action.class, action, this::wrong);
    try (EventLogReader log = EventLogReader.open(directory, EventTypes.builtin())) {
      switch (wanted) {
        case LIST -> LISTING.print(output, QuantumStates.open(log).list());
        case EXPORT -> export(output, QuantumStates.open(log, maxQubits));
        default -> {
          // Needs the lock, which a reader does not.
        }
      }
    }
    return switch (wanted) {
      case IMPORT -> importFile(output);
      case SCRUB -> scrub(output);
      default -> ExitCodes.OK;
    };
  }

  private static List<String> row(SavedState state) {
    return List.of(
        Quantities.printable(state.id()),
        Integer.toString(state.qubits()),
        policy(state),
        Long.toString(state.sequence()),
        state.savedAt().toString(),
        Quantities.bytes(state.rawBytes()),
        Quantities.bytes(state.storedBytes()),
        state.checksum().hex().substring(0, CHECKSUM_CHARS));
  }

  private static String policy(SavedState state) {
    return state.raw() ? "raw" : "recipe";
  }

  private void export(Output output, QuantumStates states) {
    Path target = out;
    if (subject == null || target == null) {
      throw wrong("export needs the ID of a state and --out FILE");
    }
    NewFile.require(target);
    QuantumState state = at == null ? states.load(subject) : states.loadAt(subject, at);
    StateFormat chosen = format(target);
    StateFiles.write(target, chosen, state);
    if (output.json()) {
      output.json(
          Json.object()
              .put("id", state.id())
              .put("format", chosen.toString())
              .put("vector", state.vectorTensor() != null)
              .put("file", target.toString()));
    } else {
      String without = state.vectorTensor() == null ? ", without a vector" : "";
      output.line("state " + state.id() + " as " + chosen + without + ": " + target);
    }
  }

  private StateFormat format(Path file) {
    if (format != null) {
      return Names.constant(StateFormat.class, format, this::wrong);
    }
    return StateFormat.ofName(file)
        .orElseThrow(() -> wrong("the name of " + file + " tells no format; say --format"));
  }

  private int importFile(Output output) {
    if (subject == null) {
      throw wrong("import needs the FILE");
    }
    Path file = Path.of(subject);
    StateFormat chosen = format(file);
    StatePolicy policy = (raw ? StatePolicy.RAW : StatePolicy.RECIPE).withMaxQubits(maxQubits);
    List<SavedState> states = new ArrayList<>();
    try (EventLog log =
            common().configure(EventLog.builder(directory)).createIfMissing(false).build();
        QuantumStore store = QuantumStore.on(log).policy(policy).open()) {
      StateImport running =
          new StateImport(
              store,
              imported -> {
                states.add(imported.state());
                if (!output.json()) {
                  output.line(line(imported));
                }
              });
      StateFiles.forEach(file, chosen, FormatLimits.DEFAULT, idOfName(file), running::add);
      running.flush();
    } catch (IllegalArgumentException unfit) {
      throw wrong(file + ": " + unfit.getMessage());
    }
    if (output.json()) {
      LISTING.print(output, states);
    }
    return ExitCodes.OK;
  }

  private static String line(StateImport.Imported imported) {
    SavedState state = imported.state();
    return "state "
        + Quantities.printable(state.id())
        + " with "
        + state.qubits()
        + " qubits as "
        + policy(state)
        + ", sequence "
        + state.sequence()
        + (imported.wasThere() ? ", which was there already" : "");
  }

  private static String idOfName(Path file) {
    String name = String.valueOf(file.getFileName());
    int dot = name.indexOf('.');
    return dot > 0 ? name.substring(0, dot) : name;
  }

  private int scrub(Output output) {
    ScrubReport report;
    try (EventLog log =
            common().configure(EventLog.builder(directory)).createIfMissing(false).build();
        QuantumStore store = QuantumStore.on(log).open()) {
      report = store.scrub();
    }
    if (output.json()) {
      ObjectNode root = Json.object().put("checked", report.checked()).put("bytes", report.bytes());
      var array = root.putArray("damaged");
      report.damaged().forEach(array::add);
      output.json(root);
    } else {
      report.damaged().forEach(line -> output.line("damaged  " + Quantities.printable(line)));
      output.line(
          String.format(
              Locale.ROOT,
              "%d states, %s read, %d damaged",
              report.checked(),
              Quantities.bytes(report.bytes()),
              report.damaged().size()));
    }
    return report.damaged().isEmpty() ? ExitCodes.OK : ExitCodes.DAMAGED;
  }

  static ObjectNode toJson(SavedState state) {
    return Json.object()
        .put("id", state.id())
        .put("qubits", state.qubits())
        .put("policy", policy(state))
        .put("sequence", state.sequence())
        .put("savedAt", state.savedAt().toString())
        .put("bytes", state.rawBytes())
        .put("storedBytes", state.storedBytes())
        .put("checksum", state.checksum().hex())
        .put("metadataChecksum", state.metadataChecksum().hex());
  }
}
