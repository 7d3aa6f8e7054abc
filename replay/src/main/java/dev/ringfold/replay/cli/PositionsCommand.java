// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ringfold.EventLogReader;
import dev.ringfold.SavedPositions;
import dev.ringfold.SavedPositions.Position;
import dev.ringfold.event.EventTypes;
import dev.ringfold.internal.journal.ManifestFile;
import dev.ringfold.replay.LogEnd;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The command {@code positions}. */
@Command(
    name = "positions",
    description = "Lists the named positions that consumers saved, and how far behind they are.")
final class PositionsCommand extends RingfoldCommand {
  @Parameters(paramLabel = "DIR", description = "The store's directory.")
  private Path directory = Path.of("");

  @Option(
      names = "--delete",
      paramLabel = "NAME",
      description = "Forget this position; its consumer starts anew.")
  private @Nullable String delete;

  @Override
  int run(Output output) {
    try (EventLogReader reader = EventLogReader.open(directory, EventTypes.builtin())) {
      SavedPositions positions = reader.positions();
      if (delete != null) {
        return delete(output, positions, delete);
      }
      Path store = reader.directory();
      long end = LogEnd.of(store, ManifestFile.read(store)).lastSequence();
      print(output, positions.list(), end);
      return ExitCodes.OK;
    }
  }

  private static int delete(Output output, SavedPositions positions, String name) {
    boolean deleted = positions.delete(name);
    if (output.json()) {
      output.json(Json.object().put("name", name).put("deleted", deleted));
    } else {
      output.line(deleted ? "deleted " + name : "there is no position " + name);
    }
    return deleted ? ExitCodes.OK : ExitCodes.FAILED;
  }

  private static void print(Output output, List<Position> positions, long end) {
    if (output.json()) {
      ObjectNode root = Json.object().put("lastSequence", end);
      ArrayNode list = root.putArray("positions");
      for (Position position : positions) {
        list.addObject()
            .put("name", position.name())
            .put("next", position.sequence())
            .put("behind", behind(position, end))
            .put("holdsRetention", position.holdsRetention());
      }
      output.json(root);
      return;
    }
    if (positions.isEmpty()) {
      output.line("no positions are saved");
      return;
    }
    output.line(String.format(Locale.ROOT, "%-30s %14s %14s", "name", "next", "behind"));
    for (Position position : positions) {
      output.line(
          String.format(
              Locale.ROOT,
              "%-30s %14d %14d%s",
              position.name(),
              position.sequence(),
              behind(position, end),
              position.holdsRetention() ? "  holds retention" : ""));
    }
  }

  private static long behind(Position position, long end) {
    return Math.max(0, end + 1 - position.sequence());
  }
}
