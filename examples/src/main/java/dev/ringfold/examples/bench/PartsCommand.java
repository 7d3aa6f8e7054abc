// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.bench;

import dev.ringfold.examples.jmh.Parts;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.runner.RunnerException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command {@code bench parts}: what an event costs in the log's parts, with JMH. */
@Command(
    name = "parts",
    description = "JMH: encode, pack, checksum, key window; nanoseconds per event, one thread.",
    mixinStandardHelpOptions = true,
    exitCodeListHeading = "Exit codes:%n",
    exitCodeList = {"0:measured", "1:could not measure", "2:wrong arguments"})
final class PartsCommand implements Callable<Integer> {
  private static final String BENCH = "parts";
  private static final int MAX_FORKS = 20;

  @Option(names = "--quick", description = "One short iteration; not a measurement.")
  private boolean quick;

  @Option(
      names = "--forks",
      paramLabel = "N",
      defaultValue = "1",
      description = "JVMs per part, five iterations each; default ${DEFAULT-VALUE}.")
  private int forks;

  @Option(names = "--json", description = "One line of JSON per row; all else goes to stderr.")
  private boolean json;

  @Spec private @Nullable CommandSpec spec;

  PartsCommand() {}

  @Override
  public Integer call() throws IOException, RunnerException {
    var commandLine = BenchCommand.known(spec).commandLine();
    if (forks < 1 || forks > MAX_FORKS) {
      throw new ParameterException(
          commandLine, "--forks must be between 1 and " + MAX_FORKS + " but was " + forks);
    }
    PrintStream notes = json ? System.err : System.out;
    Env.describe(
            BenchCommand.commandText(commandLine), Path.of("").toAbsolutePath(), Clock.systemUTC())
        .forEach(notes::println);
    List<RowResult> results = measure();
    if (json) {
      results.forEach(result -> System.out.println(JsonRows.format(BENCH, result)));
    } else {
      System.out.println();
      System.out.print(Table.format(results));
    }
    return 0;
  }

  private List<RowResult> measure() throws IOException, RunnerException {
    Path log = Files.createTempFile("ringfold-bench-parts-", ".log");
    try {
      return Parts.run(quick, forks, ChildJvm.flags(), log.toString()).stream()
          .map(PartsCommand::result)
          .toList();
    } finally {
      Files.delete(log);
    }
  }

  private static RowResult result(Parts.Part part) {
    double[] nanos = part.nanos().stream().mapToDouble(Double::doubleValue).toArray();
    return RowResult.printed(BENCH + "." + part.name(), Samples.of(nanos), "ns/event");
  }
}
