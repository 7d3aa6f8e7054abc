// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.demo;

import dev.ringfold.examples.training.Digits;
import dev.ringfold.examples.training.TrainingRun;
import dev.ringfold.writers.checkpoint.Checkpoints;
import dev.ringfold.writers.parquet.MetricsLogger;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * The process that dies: it trains one run to its end and begins a second one, and in the middle of
 * that sends SIGKILL to itself while it goes on training. Prints how far it is.
 */
final class DemoChild {
  private static final long PROGRESS_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
  private static final long KILL_WAIT_SECONDS = 20;
  private static final int ALIVE = 9;

  /** Rows that are logged while the order to kill is under way; the next checkpoint is farther. */
  private static final int STEPS_IN_FLIGHT = 100;

  private final Digits digits = Digits.load();
  private final DemoPlan plan;
  private final Path store;
  private final Process executioner;
  private int killedAt = -1;
  private long printedAt = System.nanoTime();

  private DemoChild(Path store, DemoPlan plan, Process executioner) {
    this.store = store;
    this.plan = plan;
    this.executioner = executioner;
  }

  /** Runs: store, seed. Ends with {@value #ALIVE} when it could not kill itself. */
  public static void main(String[] arguments) throws Exception {
    // Started before it is needed: the kill must come while rows are in flight.
    Process executioner =
        new ProcessBuilder("sh", "-c", "read line && kill -9 " + ProcessHandle.current().pid())
            .inheritIO()
            .redirectInput(ProcessBuilder.Redirect.PIPE)
            .start();
    DemoPlan plan = new DemoPlan(Long.parseLong(arguments[1]));
    DemoChild child = new DemoChild(Path.of(arguments[0]), plan, executioner);
    child.trainShortRun();
    child.trainLongRun();
    executioner.waitFor(KILL_WAIT_SECONDS, TimeUnit.SECONDS);
    System.exit(ALIVE);
  }

  private void trainShortRun() throws IOException {
    TrainingRun run = new TrainingRun(digits, plan.shortRun());
    try (MetricsLogger logger = TrainingLoop.logger(store, run).run(DemoPlan.SHORT_RUN).open()) {
      new TrainingLoop(run, logger).train(stepped -> print(DemoPlan.SHORT_RUN, stepped));
    }
  }

  private void trainLongRun() throws IOException {
    TrainingRun run = new TrainingRun(digits, plan.longRun());
    try (MetricsLogger logger = TrainingLoop.logger(store, run).run(DemoPlan.LONG_RUN).open();
        Checkpoints checkpoints = DemoCheckpoints.on(logger.log());
        Oracle oracle = Oracle.append(Oracle.path(store))) {
      CompletableFuture<?>[] saved = {CompletableFuture.completedFuture(null)};
      new TrainingLoop(run, logger)
          .train(
              stepped -> {
                print(DemoPlan.LONG_RUN, stepped);
                int steps = stepped.stepsMade();
                if (killedAt >= 0) {
                  awaitDeath(steps);
                } else if (steps > plan.killAt()) {
                  saved[0].orTimeout(KILL_WAIT_SECONDS, TimeUnit.SECONDS).join();
                  kill(steps);
                } else if (DemoPlan.isSavedAfter(stepped)) {
                  // Training goes on meanwhile. A checkpoint that is on disk has the rows before it
                  // on disk, too: they are in one log.
                  saved[0] =
                      DemoCheckpoints.save(checkpoints, stepped)
                          .committed()
                          .thenAccept(summary -> note(oracle, summary.sequence(), steps));
                }
              });
    }
  }

  private static void note(Oracle oracle, long sequence, int steps) {
    try {
      oracle.note(sequence, steps);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void print(String name, TrainingRun run) {
    long now = System.nanoTime();
    if (now - printedAt >= PROGRESS_NANOS) {
      printedAt = now;
      System.out.println(name + " " + run.stepsMade() + " " + run.settings().steps());
    }
  }

  /** A busy machine takes its time to kill; the place of the kill is to be the plan's. */
  private void awaitDeath(int steps) {
    if (steps > killedAt + STEPS_IN_FLIGHT) {
      executioner
          .onExit()
          .completeOnTimeout(executioner, KILL_WAIT_SECONDS, TimeUnit.SECONDS)
          .join();
    }
  }

  /** SIGKILL: no shutdown hook, no flush, no close. */
  private void kill(int steps) throws IOException {
    killedAt = steps;
    try (OutputStream order = executioner.getOutputStream()) {
      order.write('\n');
    }
  }
}
