// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.demo;

import dev.ringfold.examples.training.Digits;
import dev.ringfold.examples.training.TrainingRun;
import dev.ringfold.writers.parquet.MetricsLogger;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * The process that dies: it trains one run to its end and begins a second one, and in the middle of
 * that sends SIGKILL to itself while it goes on training. Prints how far it is.
 */
final class DemoChild {
  private static final long PROGRESS_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
  private static final long KILL_WAIT_SECONDS = 20;
  private static final int ALIVE = 9;

  private final Digits digits = Digits.load();
  private final DemoPlan plan;
  private final Path store;
  private final Process executioner;
  private boolean killed;
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
        Oracle oracle = Oracle.append(Oracle.path(store))) {
      TrainingLoop loop = new TrainingLoop(run, logger);
      loop.train(
          stepped -> {
            print(DemoPlan.LONG_RUN, stepped);
            if (!killed && stepped.stepsMade() > plan.killAt()) {
              kill();
            } else if (!killed && DemoPlan.isSavedAfter(stepped)) {
              // First the rows, then the state: what is not logged again was logged before.
              long sequence = loop.awaitDisk();
              oracle.note(sequence, stepped.stepsMade());
              StateFile.write(StateFile.path(store), stepped.save());
            }
          });
    }
  }

  private void print(String name, TrainingRun run) {
    long now = System.nanoTime();
    if (now - printedAt >= PROGRESS_NANOS) {
      printedAt = now;
      System.out.println(name + " " + run.stepsMade() + " " + run.settings().steps());
    }
  }

  /** SIGKILL: no shutdown hook, no flush, no close. */
  private void kill() throws IOException {
    killed = true;
    try (OutputStream order = executioner.getOutputStream()) {
      order.write('\n');
    }
  }
}
