// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.demo;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ringfold.replay.cli.ExitCodes;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command {@code demo}. */
@Command(
    name = "demo",
    description = {
      "Trains a classifier in a process that logs every step and kills itself in the middle,",
      "resumes it, shows what DuckDB says about the table, and proves that nothing is lost."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:all checks passed",
      "1:the environment is not fit: JVM flags, permission, lock, full disk, not a demo store",
      "2:wrong arguments",
      "4:a check failed",
      "5:failed for another reason"
    })
public final class DemoCommand implements Callable<Integer> {
  private static final long DEFAULT_SEED = 1;

  @Option(
      names = "--dir",
      paramLabel = "DIR",
      description =
          "The log's directory; an older demo there is deleted. Default: ${DEFAULT-VALUE}.")
  private Path directory = Path.of("demo_output", "log");

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "Of the training and of the place of the kill. Default: ${DEFAULT-VALUE}.")
  private long seed = DEFAULT_SEED;

  @Option(
      names = "--keep",
      description = "Move an older demo's log aside, to DIR.1 and so on, instead of deleting it.")
  private boolean keep;

  @Option(
      names = "--fork-at",
      paramLabel = "EPOCH",
      description =
          "Then fork the store at the checkpoint of this epoch (5, 10, 15 or 20), train on there"
              + " with half the learning rate, and show both curves. The fork is beside DIR.")
  private @Nullable Integer forkAt;

  @Option(names = "--json", description = "Print one JSON object.")
  private boolean json;

  @Option(names = "--debug", description = "Print the stack trace of an error.")
  @SuppressWarnings("UnusedVariable") // The command line looks for the option itself.
  private boolean debug;

  @Spec private @Nullable CommandSpec spec;

  /** Made by the command line. */
  public DemoCommand() {}

  @Override
  public Integer call() throws IOException {
    CommandSpec known = spec;
    if (known == null) {
      throw new IllegalStateException("only the command line can run this command");
    }
    Integer epoch = forkAt;
    if (epoch != null && !DemoPlan.isAlwaysSaved(epoch)) {
      throw new ParameterException(
          known.commandLine(), "--fork-at must be 5, 10, 15 or 20 but is " + epoch);
    }
    PrintWriter out = known.commandLine().getOut();
    PrintWriter err = known.commandLine().getErr();
    Progress progress = new Progress(err, !json && Progress.onTerminal());
    Path store = directory.toAbsolutePath().normalize();
    DemoRun run = new DemoRun(store, seed, progress);
    run.crash(keep);
    run.resume();
    DemoReport report = run.check();
    DemoFork fork =
        epoch == null ? null : DemoFork.make(store, new DemoPlan(seed), epoch, keep, progress);
    print(out, report, fork);
    return report.ok() && (fork == null || fork.ok()) ? ExitCodes.OK : ExitCodes.DAMAGED;
  }

  private void print(PrintWriter out, DemoReport report, @Nullable DemoFork fork) {
    if (json) {
      ObjectNode root = report.toJson();
      if (fork != null) {
        root.set("fork", fork.toJson());
      }
      out.print(root + "\n");
    } else {
      boolean colours = Progress.colours();
      List<String> lines = report.toText(colours);
      if (fork != null) {
        lines.add("");
        lines.addAll(fork.toText(colours));
      }
      lines.forEach(line -> out.print(line + "\n"));
    }
    out.flush();
  }
}
