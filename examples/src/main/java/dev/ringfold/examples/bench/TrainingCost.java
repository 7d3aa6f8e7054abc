// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.bench;

import com.sun.management.OperatingSystemMXBean;
import dev.ringfold.LogOption;
import dev.ringfold.event.MetricLayout;
import dev.ringfold.examples.training.Digits;
import dev.ringfold.examples.training.Settings;
import dev.ringfold.examples.training.TrainingRun;
import dev.ringfold.writers.parquet.LayoutRow;
import dev.ringfold.writers.parquet.MetricsLogger;
import dev.ringfold.writers.parquet.ThreadLogger;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The operation {@code training}: the demo's training loop in blocks of equally many steps, with
 * and without logging, in the order A B B A. A block with logging has a store of its own, open only
 * in that block, so that nothing of it runs in a block without. Opening and closing are not part of
 * the block's time, but of its CPU time. Arguments: pairs, blockMillis, threads that train, seed.
 * Figures, for each pair: {@code without0, with0, …} nanoseconds and {@code withoutCpu0, withCpu0,
 * …} of all threads; {@code stepNanos} without logging.
 */
final class TrainingCost {
  /** What the demo logs at every step. */
  private static final MetricLayout COLUMNS =
      MetricLayout.builder()
          .doubles("train_loss", "accuracy", "grad_norm", "grad_max", "grad_min")
          .doubles("batch_time_ms", "throughput_samples_per_sec")
          .build();

  private static final OperatingSystemMXBean PROCESS =
      ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
  private static final double NANOS_PER_MILLI = 1e6;
  private static final double MILLIS_PER_SECOND = 1e3;
  private static final long LOW_SPACE_BYTES = 512L << 20;
  private static final long FULL_SPACE_BYTES = 256L << 20;
  private static final int EPOCHS = 1_000_000;
  private static final int WARM_UP_STEPS = 2_000;
  private static final int QUICK_WARM_UP_STEPS = 50;
  private static final long QUICK_BLOCK_NANOS = 100_000_000;

  private final Path directory;
  private final List<TrainingRun> runs = new ArrayList<>();
  private final Figures figures = new Figures();
  private int stores;

  private TrainingCost(Path directory, int threads, long seed) {
    this.directory = directory;
    Digits digits = Digits.load();
    for (int i = 0; i < threads; i++) {
      runs.add(new TrainingRun(digits, Settings.of(Settings.Model.MLP, seed + i, EPOCHS)));
    }
  }

  static Figures run(MetricKind kind, Path directory, Call call) throws Exception {
    long blockNanos = (long) (call.get("blockMillis") * NANOS_PER_MILLI);
    return new TrainingCost(directory, call.getInt("threads"), call.get("seed"))
        .measure(call.getInt("pairs"), blockNanos);
  }

  private Figures measure(int pairs, long blockNanos) throws IOException, SQLException {
    int warmUp = blockNanos < QUICK_BLOCK_NANOS ? QUICK_WARM_UP_STEPS : WARM_UP_STEPS;
    with("warm-up", warmUp);
    without("warm-up", warmUp);
    double stepNanos = without("warm-up", warmUp) / warmUp;
    int steps = (int) Math.max(1, blockNanos / stepNanos);
    figures.put("stepNanos", stepNanos).put("steps", steps);
    for (int pair = 0; pair < pairs; pair++) {
      String number = Integer.toString(pair);
      if (pair % 2 == 0) {
        without(number, steps);
        with(number, steps);
      } else {
        with(number, steps);
        without(number, steps);
      }
    }
    return figures;
  }

  private double without(String pair, int steps) {
    long cpu = PROCESS.getProcessCpuTime();
    List<Runnable> loops = new ArrayList<>();
    runs.forEach(run -> loops.add(() -> train(run, null, steps)));
    double nanos = together(loops);
    figures.put("without" + pair, nanos);
    figures.put("withoutCpu" + pair, PROCESS.getProcessCpuTime() - cpu);
    return nanos;
  }

  private void with(String pair, int steps) throws IOException, SQLException {
    Path store = directory.resolve("store-" + stores++);
    long cpu = PROCESS.getProcessCpuTime();
    try (MetricsLogger logger = open(store)) {
      List<ThreadLogger> loggers = new ArrayList<>();
      List<Runnable> loops = new ArrayList<>();
      for (int i = 0; i < runs.size(); i++) {
        TrainingRun run = runs.get(i);
        ThreadLogger own = logger.forThread(String.format(Locale.ROOT, "thread-%d", i));
        loggers.add(own);
        loops.add(() -> train(run, own.row(COLUMNS), steps));
      }
      figures.put("with" + pair, together(loops));
      loggers.forEach(ThreadLogger::close);
    }
    figures.put("withCpu" + pair, PROCESS.getProcessCpuTime() - cpu);
    verify(store, (long) steps * runs.size());
    Disk.delete(store);
  }

  private static MetricsLogger open(Path store) {
    return MetricsLogger.builder(store)
        .log(
            log ->
                log.environment(Map.of())
                    .set(LogOption.LOW_SPACE_BYTES, LOW_SPACE_BYTES)
                    .set(LogOption.FULL_SPACE_BYTES, FULL_SPACE_BYTES))
        .open();
  }

  /** One core each; returns how long the slowest took. */
  private static double together(List<Runnable> loops) {
    List<Thread> others = new ArrayList<>();
    long start = System.nanoTime();
    for (Runnable loop : loops.subList(1, loops.size())) {
      Thread thread = new Thread(loop, "bench-training");
      thread.start();
      others.add(thread);
    }
    loops.get(0).run();
    others.forEach(Waiting::join);
    return System.nanoTime() - start;
  }

  private static void train(TrainingRun run, @Nullable LayoutRow row, int steps) {
    for (int i = 0; i < steps; i++) {
      int epoch = run.epoch();
      int step = run.stepsMade();
      long start = System.nanoTime();
      run.step();
      double millis = (System.nanoTime() - start) / NANOS_PER_MILLI;
      if (row != null) {
        row.step(epoch, step)
            .set(0, run.loss())
            .set(1, run.accuracy())
            .set(2, run.gradNorm())
            .set(3, run.gradMax())
            .set(4, run.gradMin())
            .set(5, millis)
            .set(6, run.batch() * MILLIS_PER_SECOND / millis)
            .log();
      }
    }
  }

  private static void verify(Path store, long rows) throws SQLException {
    try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = connection.createStatement();
        ResultSet result =
            statement.executeQuery(
                "SELECT count(*), count(DISTINCT seq), count(train_loss) FROM "
                    + MetricStore.source(MetricStore.outputs(store)))) {
      result.next();
      for (int column = 1; column <= 3; column++) {
        if (result.getLong(column) != rows) {
          throw new IllegalStateException(
              "the table has " + result.getLong(column) + " rows of " + rows);
        }
      }
    }
  }
}
