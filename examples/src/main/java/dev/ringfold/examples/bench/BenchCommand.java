// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command {@code bench}: benchmarks whose tables anyone can repeat. */
@Command(
    name = "bench",
    description = "Benchmarks against other libraries, in one run on this machine.",
    mixinStandardHelpOptions = true,
    subcommands = {
      BenchCommand.LogCommand.class,
      BenchCommand.MetricsCommand.class,
      BenchCommand.CheckpointCommand.class,
      BenchCommand.ReplayCommand.class,
      PartsCommand.class
    })
public final class BenchCommand implements Runnable {
  private static final int DEFAULT_ROUNDS = 5;
  private static final int QUICK_ROUNDS = 3;
  private static final int MAX_ROUNDS = 1000;

  @Spec private @Nullable CommandSpec spec;

  /** Made by the command line. */
  public BenchCommand() {}

  /** Runs the benchmark without the rest of the command line: {@code log --quick}. */
  public static void main(String[] arguments) {
    System.exit(new CommandLine(new BenchCommand()).execute(arguments));
  }

  /** Without a subcommand: says which there are. */
  @Override
  public void run() {
    CommandSpec known = known(spec);
    throw new ParameterException(
        known.commandLine(), "say what to measure: log, metrics, checkpoint, replay or parts");
  }

  /** The command as it was given; the launcher puts its name before it. */
  static String commandText(CommandLine commandLine) {
    CommandLine root = commandLine;
    while (root.getParent() != null) {
      root = root.getParent();
    }
    return root.getCommandName() + " " + String.join(" ", root.getParseResult().originalArgs());
  }

  static CommandSpec known(@Nullable CommandSpec spec) {
    if (spec == null) {
      throw new IllegalStateException("only the command line can run this command");
    }
    return spec;
  }

  /**
   * The options of a benchmark that has a table.
   *
   * @param <C> how much it measures
   */
  @Command(
      mixinStandardHelpOptions = true,
      exitCodeListHeading = "Exit codes:%n",
      exitCodeList = {
        "0:measured, whatever the numbers are",
        "1:could not measure",
        "2:wrong arguments"
      })
  private abstract static class TableCommand<C extends TableScale> implements Callable<Integer> {
    @Option(
        names = "--quick",
        description = "Small counts and 3 rounds in under 60 s; not a measurement.")
    private boolean quick;

    @Option(names = "--rounds", paramLabel = "N", description = "Counted rounds; 5, or 3 if quick.")
    private @Nullable Integer rounds;

    @Option(
        names = "--dir",
        paramLabel = "DIR",
        description =
            "Where to write; a directory of its own is made there and deleted. Default: here.")
    private Path directory = Path.of("");

    @Option(names = "--json", description = "One line of JSON per row; all else goes to stderr.")
    private boolean json;

    @Spec private @Nullable CommandSpec spec;

    @Override
    public Integer call() throws IOException {
      CommandLine commandLine = known(spec).commandLine();
      int count = rounds != null ? rounds : quick ? QUICK_ROUNDS : DEFAULT_ROUNDS;
      if (count < 1 || count > MAX_ROUNDS) {
        throw new ParameterException(
            commandLine, "--rounds must be between 1 and " + MAX_ROUNDS + " but was " + count);
      }
      try {
        measure(
            new TableRun.Options<>(
                scale(quick, count),
                rows(),
                directory.toAbsolutePath(),
                json,
                commandText(commandLine)));
      } catch (UnknownRowException e) {
        throw new ParameterException(commandLine, e.reason(), e);
      }
      return 0;
    }

    /** Names of the rows that were asked for; empty for all. */
    abstract Set<String> rows();

    abstract C scale(boolean small, int count);

    abstract void measure(TableRun.Options<C> options) throws IOException;
  }

  /** The command {@code bench log}. */
  @Command(
      name = "log",
      description = "The log against Disruptor, Chronicle Queue, files and Aeron Archive.")
  static final class LogCommand extends TableCommand<Scale> {
    @Option(
        names = "--row",
        paramLabel = "NAME",
        split = ",",
        description = "Only these rows of: ${COMPLETION-CANDIDATES}.",
        completionCandidates = LogRowNames.class)
    private Set<String> rows = Set.of();

    @Override
    Set<String> rows() {
      return rows;
    }

    @Override
    Scale scale(boolean small, int count) {
      return small ? Scale.quick(count) : Scale.full(count);
    }

    @Override
    void measure(TableRun.Options<Scale> options) throws IOException {
      new LogBench(options, System.out, System.err).run(Clock.systemUTC());
    }
  }

  /** The command {@code bench metrics}. */
  @Command(
      name = "metrics",
      description = "Metrics and their tables against DuckDB, Parquet's own writers and CSV.")
  static final class MetricsCommand extends TableCommand<MetricScale> {
    @Option(
        names = "--row",
        paramLabel = "NAME",
        split = ",",
        description = "Only these rows of: ${COMPLETION-CANDIDATES}.",
        completionCandidates = MetricRowNames.class)
    private Set<String> rows = Set.of();

    @Override
    Set<String> rows() {
      return rows;
    }

    @Override
    MetricScale scale(boolean small, int count) {
      return small ? MetricScale.quick(count) : MetricScale.full(count);
    }

    @Override
    void measure(TableRun.Options<MetricScale> options) throws IOException {
      new MetricsBench(options, System.out, System.err).run(Clock.systemUTC());
    }
  }

  /** The command {@code bench checkpoint}. */
  @Command(
      name = "checkpoint",
      description = "Checkpoints and state files against a plain file with zstd and Java's own.")
  static final class CheckpointCommand extends TableCommand<CheckpointScale> {
    @Option(
        names = "--row",
        paramLabel = "NAME",
        split = ",",
        description = "Only these rows of: ${COMPLETION-CANDIDATES}.",
        completionCandidates = CheckpointRowNames.class)
    private Set<String> rows = Set.of();

    @Override
    Set<String> rows() {
      return rows;
    }

    @Override
    CheckpointScale scale(boolean small, int count) {
      return small ? CheckpointScale.quick(count) : CheckpointScale.full(count);
    }

    @Override
    void measure(TableRun.Options<CheckpointScale> options) throws IOException {
      new CheckpointBench(options, System.out, System.err).run(Clock.systemUTC());
    }
  }

  /** The command {@code bench replay}. */
  @Command(name = "replay", description = "Replay, rebuild, time travel, forks and backups.")
  static final class ReplayCommand extends TableCommand<ReplayScale> {
    @Option(
        names = "--row",
        paramLabel = "NAME",
        split = ",",
        description = "Only these rows of: ${COMPLETION-CANDIDATES}.",
        completionCandidates = ReplayRowNames.class)
    private Set<String> rows = Set.of();

    @Override
    Set<String> rows() {
      return rows;
    }

    @Override
    ReplayScale scale(boolean small, int count) {
      return small ? ReplayScale.quick(count) : ReplayScale.full(count);
    }

    @Override
    void measure(TableRun.Options<ReplayScale> options) throws IOException {
      new ReplayBench(options, System.out, System.err).run(Clock.systemUTC());
    }
  }

  /** Candidates for {@code --row}. */
  private abstract static class RowNames implements Iterable<String> {
    private final List<? extends Row<?>> rows;

    RowNames(List<? extends Row<?>> rows) {
      this.rows = rows;
    }

    @Override
    public Iterator<String> iterator() {
      return rows.stream().<String>map(Row::name).iterator();
    }
  }

  /** Those of {@code bench log}. */
  static final class LogRowNames extends RowNames {
    LogRowNames() {
      super(LogBench.ROWS);
    }
  }

  /** Those of {@code bench metrics}. */
  static final class MetricRowNames extends RowNames {
    MetricRowNames() {
      super(MetricsBench.ROWS);
    }
  }

  /** Those of {@code bench checkpoint}. */
  static final class CheckpointRowNames extends RowNames {
    CheckpointRowNames() {
      super(CheckpointBench.ROWS);
    }
  }

  /** Those of {@code bench replay}. */
  static final class ReplayRowNames extends RowNames {
    ReplayRowNames() {
      super(ReplayBench.ROWS);
    }
  }
}
