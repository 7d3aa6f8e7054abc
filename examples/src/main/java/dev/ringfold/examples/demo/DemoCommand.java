// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.demo;

import dev.ringfold.replay.cli.ExitCodes;
import dev.ringfold.replay.cli.ProgressBar;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
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
    PrintWriter out = known.commandLine().getOut();
    PrintWriter err = known.commandLine().getErr();
    ProgressBar progress = new ProgressBar(err, !json && ProgressBar.onTerminal());
    DemoRun run = new DemoRun(directory.toAbsolutePath().normalize(), seed, progress);
    run.crash(keep);
    run.resume();
    DemoReport report = run.check();
    if (json) {
      out.print(report.toJson() + "\n");
    } else {
      report.toText(ProgressBar.colours()).forEach(line -> out.print(line + "\n"));
    }
    out.flush();
    return report.ok() ? ExitCodes.OK : ExitCodes.DAMAGED;
  }
}
