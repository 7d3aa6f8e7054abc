// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.cli;

import dev.ringfold.EventLogReader;
import dev.ringfold.event.EventTypes;
import dev.ringfold.replay.Point;
import dev.ringfold.replay.at.StoreView;
import dev.ringfold.replay.compare.RunDiff;
import dev.ringfold.replay.compare.RunDiffReport;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The command {@code diff}. */
@Command(
    name = "diff",
    description = {
      "Compares two stores, such as a fork and its parent, or two runs: where their logs part, the"
          + " configuration of their runs, the curves of all metrics, and the tensors of their"
          + " checkpoints.",
      "Without a run: all runs that both have. Two runs of one store: diff DIR DIR --run X --with"
          + " Y."
    })
final class DiffCommand extends RingfoldCommand {
  @Parameters(index = "0", paramLabel = "A", description = "A store's directory.")
  private Path first = Path.of("");

  @Parameters(
      index = "1",
      paramLabel = "B",
      arity = "0..1",
      description = "Another one; default: the same.")
  private @Nullable Path second;

  @Option(
      names = "--at",
      paramLabel = "POINT",
      description = "Look at both as they were at this place, as for the command at.")
  private String at = "end";

  @Option(names = "--run", paramLabel = "NAME", description = "Only this run of A.")
  private @Nullable String run;

  @Option(
      names = "--with",
      paramLabel = "NAME",
      description = "The run of B to compare it with; default: the same name.")
  private @Nullable String with;

  @Override
  int run(Output output) throws IOException {
    if (with != null && run == null) {
      throw wrong("--with NAME needs --run NAME");
    }
    Point place = place();
    Path other = second == null ? first : second;
    try (EventLogReader a = EventLogReader.open(first, EventTypes.builtin());
        EventLogReader b = EventLogReader.open(other, EventTypes.builtin());
        StoreView mine = StoreView.at(a, place);
        StoreView theirs = StoreView.at(b, place)) {
      RunDiff diff = RunDiff.between(mine, theirs);
      if (run != null) {
        diff.runs(run, with == null ? run : with);
      }
      RunDiffReport report = diff.run();
      if (output.json()) {
        output.json(report.toJson());
      } else {
        DiffText.lines(report).forEach(output::line);
      }
    }
    return ExitCodes.OK;
  }

  private Point place() {
    try {
      return Point.parse(at);
    } catch (IllegalArgumentException e) {
      throw wrong(String.valueOf(e.getMessage()));
    }
  }
}
