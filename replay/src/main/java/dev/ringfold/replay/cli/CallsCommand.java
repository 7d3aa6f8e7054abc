// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ringfold.EventLog;
import dev.ringfold.EventLogReader;
import dev.ringfold.call.CallHistory;
import dev.ringfold.call.CallRecord;
import dev.ringfold.call.PaidCalls;
import dev.ringfold.event.EventTypes;
import dev.ringfold.event.StreamKey;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The command {@code calls}. */
@Command(
    name = "calls",
    description = {
      "The paid calls of a store: list them, or say what became of one whose outcome is unknown"
          + " (settle).",
      "list only reads; settle opens the store for writing, so no other process may have it open.",
      "Look into the provider's books first: a call that is settled as not made may be made again."
    })
final class CallsCommand extends RingfoldCommand {
  /** What is to be done. */
  enum Action {
    LIST,
    SETTLE
  }

  private static final Listing<CallRecord> LISTING =
      new Listing<>(
          "calls",
          List.of("sequence", "stream", "key", "attempt", "provider", "state", "cost", "time"),
          CallsCommand::toJson,
          CallsCommand::row);

  @Parameters(index = "0", paramLabel = "ACTION", description = "list or settle.")
  private String action = "";

  @Parameters(index = "1", paramLabel = "DIR", description = "The store's directory.")
  private Path directory = Path.of("");

  @Parameters(
      index = "2",
      arity = "0..1",
      paramLabel = "KEY",
      description = "For settle: the call's key.")
  private @Nullable String key;

  @Option(
      names = "--stream",
      paramLabel = "NAME",
      description = "Only calls of this stream; settle needs it.")
  private @Nullable String stream;

  @Option(
      names = "--unsettled",
      description = "For list: only calls that are open or whose outcome is unknown.")
  private boolean unsettled;

  @Option(
      names = "--made",
      description = "For settle: the provider took it; without this it may be made again.")
  private boolean made;

  @Option(names = "--cost", paramLabel = "N", description = "For settle: what it cost.")
  private double cost;

  @Option(names = "--note", paramLabel = "TEXT", description = "For settle: who found out and how.")
  private String note = "";

  @Override
  int run(Output output) {
    return Names.constant(Action.class, action, this::wrong) == Action.LIST
        ? list(output)
        : settle(output);
  }

  private int list(Output output) {
    try (EventLogReader reader = EventLogReader.open(directory, EventTypes.builtin())) {
      CallHistory history = CallHistory.read(reader);
      List<CallRecord> calls = unsettled ? history.unsettled() : history.calls();
      LISTING.print(
          output,
          calls.stream()
              .filter(call -> stream == null || call.stream().name().equals(stream))
              .toList());
    }
    return ExitCodes.OK;
  }

  private int settle(Output output) {
    String wanted = key;
    String name = stream;
    if (wanted == null || name == null || note.isBlank()) {
      throw wrong(
          "settle needs the KEY of the call, its --stream, and a --note that says who knows");
    }
    StreamKey found = streamOf(name, wanted);
    CallRecord settled;
    try (EventLog log =
            common().configure(EventLog.builder(directory)).createIfMissing(false).build();
        PaidCalls calls = PaidCalls.on(log, log.stream(found))) {
      settled = calls.settle(wanted, made, cost, note);
    }
    if (output.json()) {
      output.json(toJson(settled));
    } else {
      output.line(
          "call "
              + Quantities.printable(wanted)
              + " of "
              + Quantities.printable(name)
              + " is "
              + word(settled));
    }
    return ExitCodes.OK;
  }

  /** Streams of one name may differ in their context. */
  private StreamKey streamOf(String name, String wanted) {
    try (EventLogReader reader = EventLogReader.open(directory, EventTypes.builtin())) {
      List<StreamKey> keys =
          CallHistory.read(reader).unsettled().stream()
              .filter(call -> call.stream().name().equals(name) && call.key().equals(wanted))
              .map(CallRecord::stream)
              .distinct()
              .toList();
      if (keys.size() != 1) {
        throw wrong(
            "expected one open call '"
                + wanted
                + "' in stream '"
                + name
                + "' but found "
                + keys.size()
                + "; `ringfold calls list "
                + directory
                + " --unsettled` shows which there are");
      }
      return keys.get(0);
    }
  }

  private static String word(CallRecord call) {
    return call.state().name().toLowerCase(Locale.ROOT);
  }

  private static List<String> row(CallRecord call) {
    return List.of(
        Long.toString(call.intent()),
        Quantities.printable(call.stream().name()),
        Quantities.printable(call.key()),
        Integer.toString(call.attempt()),
        Quantities.printable(call.provider()),
        word(call),
        String.format(Locale.ROOT, "%.2f", call.cost()),
        call.intendedAt().toString());
  }

  private static ObjectNode toJson(CallRecord call) {
    return Json.object()
        .put("sequence", call.intent())
        .put("stream", call.stream().name())
        .put("key", call.key())
        .put("attempt", call.attempt())
        .put("provider", call.provider())
        .put("token", call.token())
        .put("state", word(call))
        .put("cost", call.cost())
        .put("jobId", call.jobId())
        .put("resultBytes", call.resultBytes())
        .put("time", call.intendedAt().toString())
        .put("note", call.note());
  }
}
