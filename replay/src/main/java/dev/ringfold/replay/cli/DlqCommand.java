// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ringfold.EventLogReader;
import dev.ringfold.event.EventTypes;
import dev.ringfold.projections.ControlRequest;
import dev.ringfold.projections.DeadLetters;
import dev.ringfold.projections.DeadLetters.DeadLetter;
import dev.ringfold.projections.DeadLetters.State;
import dev.ringfold.projections.ProjectionFailedException;
import dev.ringfold.replay.EventSource;
import dev.ringfold.replay.WorkProgress;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The command {@code dlq}. */
@Command(
    name = "dlq",
    description = {
      "Dead letters: events that a projection could not take and put aside. list them, show one"
          + " with its cause and the event, retry it, or drop it for good.",
      "retry and drop go to the process that has the store open; when nobody has, they are stored"
          + " here and carried out when the projection runs."
    })
final class DlqCommand extends RingfoldCommand {
  /** What is to be done. */
  enum Action {
    LIST,
    SHOW,
    RETRY,
    DROP
  }

  private static final List<String> HEADINGS =
      List.of("projection", "state", "recorded", "event", "attempts", "error");
  private static final int ERROR_WIDTH = 80;

  @Parameters(index = "0", paramLabel = "ACTION", description = "list, show, retry or drop.")
  private String action = "";

  @Parameters(index = "1", paramLabel = "DIR", description = "The store's directory.")
  private Path directory = Path.of("");

  @Parameters(
      index = "2",
      arity = "0..1",
      paramLabel = "NAME",
      description = "The projection; for list, only its letters.")
  private @Nullable String name;

  @Parameters(
      index = "3",
      arity = "0..1",
      paramLabel = "SEQ",
      description = "The event's sequence; for show, retry and drop.")
  private @Nullable Long sequence;

  @Option(names = "--all", description = "For list: also those that were decided about.")
  private boolean all;

  @Mixin private final OrderOptions orders = new OrderOptions();

  @Override
  int run(Output output) throws IOException {
    Action wanted = Names.constant(Action.class, action, this::wrong);
    try (EventLogReader reader = EventLogReader.open(directory, EventTypes.builtin())) {
      switch (wanted) {
        case LIST -> list(output, reader);
        case SHOW -> show(output, reader);
        case RETRY -> order(output, reader.directory(), ControlRequest.Command.RETRY);
        case DROP -> order(output, reader.directory(), ControlRequest.Command.DROP);
      }
    }
    return ExitCodes.OK;
  }

  private void list(Output output, EventLogReader reader) {
    List<DeadLetter> letters =
        DeadLetters.list(reader).stream()
            .filter(letter -> name == null || letter.projection().equals(name))
            .filter(letter -> all || letter.state() == State.OPEN)
            .toList();
    if (output.json()) {
      var list = Json.object();
      var array = list.putArray("deadLetters");
      letters.forEach(letter -> array.add(toJson(letter)));
      output.json(list);
      return;
    }
    if (letters.isEmpty()) {
      output.line(all ? "there are no dead letters" : "there are no open dead letters");
      return;
    }
    List<List<String>> rows = new ArrayList<>();
    for (DeadLetter letter : letters) {
      String error = Quantities.printable(letter.error());
      rows.add(
          List.of(
              letter.projection(),
              word(letter.state()),
              Quantities.instant(letter.recordedNanos()).toString(),
              Long.toString(letter.sequence()),
              Integer.toString(letter.attempts()),
              error.length() <= ERROR_WIDTH ? error : error.substring(0, ERROR_WIDTH) + "..."));
    }
    TextTable.lines(HEADINGS, rows, HEADINGS.size()).forEach(output::line);
  }

  private void show(Output output, EventLogReader reader) {
    String projection = projection();
    long event = event();
    DeadLetter newest = null;
    for (DeadLetter letter : DeadLetters.list(reader)) {
      if (letter.projection().equals(projection) && letter.sequence() == event) {
        newest = letter;
      }
    }
    if (newest == null) {
      throw new ProjectionFailedException(
          "event "
              + event
              + " is no dead letter of projection "
              + projection
              + ". `ringfold dlq list --all` tells which are");
    }
    DeadLetter letter = newest;
    ObjectNode node = toJson(letter).put("stack", letter.stack());
    List<String> lines = new ArrayList<>();
    if (event < reader.floorSequence()) {
      lines.add("event      was deleted by retention");
    } else {
      readEvent(reader, event, node, lines);
    }
    if (output.json()) {
      output.json(node);
      return;
    }
    output.line("projection " + letter.projection());
    output.line("state      " + word(letter.state()));
    output.line(
        "recorded   "
            + Quantities.instant(letter.recordedNanos())
            + ", sequence "
            + letter.recordedAt()
            + ", after "
            + letter.attempts()
            + (letter.attempts() == 1 ? " attempt" : " attempts"));
    output.line("error      " + Quantities.printable(letter.error()));
    lines.forEach(output::line);
    letter
        .stack()
        .replace("\t", "  ")
        .lines()
        .map(Quantities::printable)
        .forEach(line -> output.line("  " + line));
  }

  private static void readEvent(
      EventLogReader reader, long sequence, ObjectNode node, List<String> lines) {
    EventTypes types = EventTypes.builtin();
    try (EventSource source =
        EventSource.of(reader.tailer().fromSequence(sequence).upTo(sequence).open())) {
      EventPrinter printer = new EventPrinter(types, source);
      source.poll(
          event -> {
            node.set("event", printer.toJson(event));
            lines.add("event      " + printer.toText(event).strip());
          },
          1);
    }
  }

  private void order(Output output, Path store, ControlRequest.Command command) throws IOException {
    ControlRequest request = ControlRequest.of(command, projection(), event());
    String by = orders.send(common(), store, request, this::wrong, WorkProgress.NONE);
    String word = command.name().toLowerCase(Locale.ROOT);
    if (output.json()) {
      output.json(
          Json.object()
              .put("projection", request.projection())
              .put("sequence", request.sequence())
              .put("order", word)
              .put("done", by));
    } else {
      output.line(
          word + " event " + request.sequence() + " of " + request.projection() + ": done " + by);
    }
  }

  private String projection() {
    if (name == null) {
      throw wrong(action + " needs the NAME of a projection and the SEQ of an event");
    }
    return name;
  }

  private long event() {
    if (sequence == null || sequence < 0) {
      throw wrong(action + " needs the SEQ of the event, from 0");
    }
    return sequence;
  }

  private static ObjectNode toJson(DeadLetter letter) {
    return Json.object()
        .put("projection", letter.projection())
        .put("sequence", letter.sequence())
        .put("state", word(letter.state()))
        .put("recordedAt", letter.recordedAt())
        .put("recordedTime", Quantities.instant(letter.recordedNanos()).toString())
        .put("attempts", letter.attempts())
        .put("error", letter.error());
  }

  private static String word(State state) {
    return state.name().toLowerCase(Locale.ROOT);
  }
}
