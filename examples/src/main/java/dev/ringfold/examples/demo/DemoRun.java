// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.demo;

import dev.ringfold.examples.training.Digits;
import dev.ringfold.examples.training.TrainingRun;
import dev.ringfold.replay.JournalVerifier;
import dev.ringfold.replay.VerifyReport;
import dev.ringfold.replay.cli.ProgressBar;
import dev.ringfold.writers.parquet.MetricsLogger;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/**
 * The demo, step by step: {@link #crash}, {@link #resume}, {@link #check}. Between the first two
 * the store is as the killed process left it. Used by one thread.
 */
final class DemoRun {
  private final Path store;
  private final DemoPlan plan;
  private final ProgressBar progress;
  private final List<String> failures = new ArrayList<>();
  private long stepsBeforeKill;
  private int savedStep;
  private long openMillis;
  private double accuracy;
  private final Map<Long, Double> unbrokenLosses = new HashMap<>();

  DemoRun(Path store, long seed, ProgressBar progress) {
    this.store = store;
    this.plan = new DemoPlan(seed);
    this.progress = progress;
  }

  /** Trains in a process that kills itself. */
  void crash(boolean keep) throws IOException {
    DemoPlace.prepare(store, keep);
    DemoProcess.runUntilKilled(store, plan.seed(), progress);
    stepsBeforeKill = longSteps(JournalRows.read(store), 0);
  }

  private static long longSteps(JournalRows journal, int attempt) {
    return journal.rows().values().stream()
        .filter(row -> row.run().equals(DemoPlan.LONG_RUN) && row.attempt() == attempt)
        .filter(row -> row.kind().equals("step"))
        .count();
  }

  /** Opens the log again and trains from the newest checkpoint to the end. */
  void resume() throws IOException {
    TrainingRun run =
        TrainingRun.restore(Digits.load(), plan.longRun(), DemoCheckpoints.latest(store));
    savedStep = run.stepsMade();
    long start = System.nanoTime();
    try (MetricsLogger logger = TrainingLoop.logger(store, run).resume(DemoPlan.LONG_RUN).open()) {
      openMillis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
      if (logger.attempt() != 1) {
        failures.add("the resumed run should be attempt 1 but is " + logger.attempt());
      }
      TrainingLoop loop = new TrainingLoop(run, logger);
      loop.train(
          stepped -> progress.show("resumed", stepped.stepsMade(), stepped.settings().steps()));
      loop.awaitDisk();
    }
    accuracy = run.test().accuracy();
    progress.end();
    compareWithUnbroken(run);
  }

  /** A run that was never killed makes the very same steps. */
  private void compareWithUnbroken(TrainingRun resumed) {
    TrainingRun unbroken = new TrainingRun(Digits.load(), plan.longRun());
    while (!unbroken.finished()) {
      long step = unbroken.stepsMade();
      unbroken.step();
      unbrokenLosses.put(step, unbroken.loss());
    }
    if (!sameBits(unbroken.parameters(), resumed.parameters())) {
      failures.add("the resumed run's weights differ from those of a run that was never killed");
    }
  }

  private static boolean sameBits(double[] first, double[] second) {
    boolean same = first.length == second.length;
    for (int i = 0; same && i < first.length; i++) {
      same = Double.doubleToRawLongBits(first[i]) == Double.doubleToRawLongBits(second[i]);
    }
    return same;
  }

  /** Every loss that was logged, by either attempt, against the run that was never killed. */
  private void compareCurve(JournalRows journal) {
    journal.rows().values().stream()
        .filter(row -> row.run().equals(DemoPlan.LONG_RUN) && row.kind().equals("step"))
        .filter(
            row -> !Objects.equals(unbrokenLosses.get(row.step()), row.values().get("train_loss")))
        .findFirst()
        .ifPresent(
            row -> failures.add("step " + row.step() + " has another loss than a run unbroken"));
  }

  /** Reads everything again, with other eyes, and compares. */
  DemoReport check() throws IOException {
    JournalRows journal = JournalRows.read(store);
    Answers answers = ask();
    long missing = answers.rows().compare(journal);
    compareCurve(journal);
    failures.addAll(journal.problems());
    failures.addAll(journal.ledger().problems());
    failures.addAll(answers.rows().problems());
    if (journal.recoveries() == 0) {
      failures.add("the log did not notice that the process was killed");
    }
    expect("steps of the killed attempt", longSteps(journal, 0), stepsBeforeKill);
    expect("rows of the table", answers.count(), journal.rows().size());
    expect("different sequences in the table", answers.distinct(), answers.count());
    expect("accounts of the ledger's table that do not balance", answers.unbalanced(), 0);
    expect("repeated steps with other numbers", answers.differing(), 0);
    expect("steps in the view latest", answers.latestSteps(), answers.latestDistinct());
    long dropped = journal.ledger().dropped();
    if (answers.latestSteps() + dropped < plan.longRun().steps()) {
      failures.add(
          "the view latest has %d steps of %d, and only %d rows were dropped"
              .formatted(answers.latestSteps(), plan.longRun().steps(), dropped));
    }
    if (answers.accuracy() != accuracy) {
      failures.add("accuracy is " + accuracy + " but " + answers.accuracy() + " in the table");
    }
    DemoReport.Crash crash = acknowledged(answers.rows());
    VerifyReport verified = JournalVerifier.verify(store);
    if (!verified.intact()) {
      verified.findings().forEach(finding -> failures.add(finding.toText()));
    }
    return new DemoReport(
        store,
        plan,
        crash,
        answers,
        journal.rows().size(),
        missing,
        journal.ledger(),
        verified.events(),
        failures);
  }

  private Answers ask() throws IOException {
    try {
      return Answers.ask(store.resolve("outputs"));
    } catch (SQLException e) {
      throw new IOException("DuckDB cannot read the tables in " + store + ": " + e.getMessage(), e);
    }
  }

  private void expect(String what, long found, long expected) {
    if (found != expected) {
      failures.add(what + ": " + found + " instead of " + expected);
    }
  }

  /** What was noted to be on disk when the process died must be in the table: as it was. */
  private DemoReport.Crash acknowledged(TableRows table) throws IOException {
    long sequence = -1;
    int steps = 0;
    for (Map.Entry<Long, Integer> noted : Oracle.read(Oracle.path(store)).entrySet()) {
      sequence = Math.max(sequence, noted.getKey());
      steps = Math.max(steps, noted.getValue());
    }
    if (savedStep < steps) {
      failures.add(
          "the newest checkpoint has " + savedStep + " steps, but one of " + steps + " was noted");
    }
    long kept =
        table.rows().headMap(sequence, true).values().stream()
            .filter(row -> row.run().equals(DemoPlan.LONG_RUN) && row.attempt() == 0)
            .filter(row -> row.kind().equals("step"))
            .mapToLong(JournalRows.Row::step)
            .distinct()
            .count();
    long lost = Math.max(0, steps - kept);
    if (lost > 0) {
      failures.add(lost + " rows were acknowledged as on disk and are not in the table");
    }
    return new DemoReport.Crash(stepsBeforeKill, savedStep, steps, lost, openMillis);
  }
}
