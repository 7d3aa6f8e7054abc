// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.demo;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ringfold.EventLog;
import dev.ringfold.EventLogReader;
import dev.ringfold.ForkReport;
import dev.ringfold.Forks;
import dev.ringfold.examples.training.Digits;
import dev.ringfold.examples.training.RunState;
import dev.ringfold.examples.training.Settings;
import dev.ringfold.examples.training.TrainingRun;
import dev.ringfold.replay.JournalVerifier;
import dev.ringfold.replay.Point;
import dev.ringfold.replay.VerifyReport;
import dev.ringfold.writers.parquet.MetricsLogger;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * The finished demo's store, forked at a checkpoint: the fork trains on from there with half the
 * learning rate, and both are compared. Immutable.
 *
 * @param epoch of the checkpoint
 * @param report what the fork shares with its parent
 * @param forkMillis how long forking took
 * @param parent the long run in the parent
 * @param child the same run in the fork
 * @param failures checks that failed; empty when all is well
 */
record DemoFork(
    int epoch,
    ForkReport report,
    long forkMillis,
    Side parent,
    Side child,
    List<String> failures) {
  private static final String NAME = "lr-halved";

  /**
   * One of the two runs, as its table has it.
   *
   * @param rate learning rate
   * @param loss on the test images in the end
   * @param accuracy on the test images in the end
   */
  record Side(double rate, double loss, double accuracy, Curve.Attempt curve) {}

  /** Where the fork of a store is made. */
  static Path place(Path store) {
    return store.resolveSibling(store.getFileName() + "-" + NAME);
  }

  /** Forks and trains. */
  static DemoFork make(Path store, DemoPlan plan, int epoch, boolean keep, Progress progress)
      throws IOException {
    Path place = place(store);
    DemoPlace.prepare(place, keep);
    long sequence;
    try (EventLogReader log = EventLog.openReadOnly(store)) {
      sequence = new Point.Epoch(epoch).sequence(log);
    }
    long start = System.nanoTime();
    ForkReport report = Forks.fork(store, sequence, place, NAME);
    long nanos = System.nanoTime() - start;
    Settings half = plan.longRun().withLearningRate(plan.longRun().learningRate() / 2);
    RunState state = DemoCheckpoints.latest(place).withSettings(half);
    TrainingRun run = TrainingRun.restore(Digits.load(), half, state);
    train(place, run, progress);
    List<String> failures = new ArrayList<>();
    verify(store, failures);
    verify(place, failures);
    try {
      compareSharedRows(store, place, report, failures);
      return new DemoFork(
          epoch,
          report,
          TimeUnit.NANOSECONDS.toMillis(nanos),
          side(store, 0, plan.longRun(), "parent"),
          side(place, 1, half, "fork"),
          List.copyOf(failures));
    } catch (SQLException e) {
      throw new IOException("DuckDB cannot read the tables in " + place + ": " + e.getMessage(), e);
    }
  }

  private static void train(Path place, TrainingRun run, Progress progress) throws IOException {
    try (MetricsLogger logger = TrainingLoop.logger(place, run).resume(DemoPlan.LONG_RUN).open()) {
      TrainingLoop loop = new TrainingLoop(run, logger);
      loop.train(
          stepped -> progress.show("fork", stepped.stepsMade(), stepped.settings().steps()));
      loop.awaitDisk();
    }
    progress.end();
  }

  private static void verify(Path store, List<String> failures) {
    VerifyReport verified = JournalVerifier.verify(store);
    if (!verified.intact()) {
      verified.findings().forEach(finding -> failures.add(finding.toText()));
    }
  }

  /** Up to the fork both tables have the same rows; all of the fork's name its parent. */
  private static void compareSharedRows(
      Path store, Path place, ForkReport report, List<String> failures)
      throws SQLException, IOException {
    String shared = "select count(*) from metrics where seq <= " + report.sequence();
    String strange =
        "select count(*) from metrics where parent_store is distinct from '"
            + report.parentStoreId()
            + "' or fork_sequence is distinct from "
            + report.sequence();
    long before = number(store, shared);
    long after = number(place, shared);
    if (before != after) {
      failures.add("the fork has " + after + " rows of its parent's past instead of " + before);
    }
    long wrong = number(place, strange);
    if (wrong > 0) {
      failures.add(wrong + " rows of the fork do not name its parent");
    }
  }

  private static long number(Path store, String sql) throws SQLException, IOException {
    try (Duck duck = Duck.open()) {
      duck.run(store.resolve("outputs").resolve("metrics.sql"));
      return duck.number(sql);
    }
  }

  private static Side side(Path store, int number, Settings settings, String end)
      throws SQLException, IOException {
    List<Integer> steps = new ArrayList<>();
    List<Double> losses = new ArrayList<>();
    double[] score = {Double.NaN, Double.NaN};
    String rows = " from latest where run_id = '" + DemoPlan.LONG_RUN + "' and kind = '";
    try (Duck duck = Duck.open()) {
      duck.run(store.resolve("outputs").resolve("metrics.sql"));
      duck.each(
          "select step, train_loss" + rows + "step' and attempt >= " + number + " order by step",
          row -> {
            steps.add(row.getInt(1));
            losses.add(row.getDouble(2));
          });
      duck.each(
          "select val_loss, val_accuracy" + rows + "epoch' order by epoch desc limit 1",
          row -> {
            score[0] = row.getDouble(1);
            score[1] = row.getDouble(2);
          });
    }
    String label = String.format(Locale.ROOT, "%s, rate %s", end, settings.learningRate());
    Curve.Attempt curve =
        new Curve.Attempt(
            number,
            steps.stream().mapToInt(Integer::intValue).toArray(),
            losses.stream().mapToDouble(Double::doubleValue).toArray(),
            label);
    return new Side(settings.learningRate(), score[0], score[1], curve);
  }

  boolean ok() {
    return failures.isEmpty();
  }

  /** For people; lines without their ends. */
  List<String> toText(boolean colours) {
    List<String> lines = new ArrayList<>();
    lines.add("THE FORK");
    lines.add(
        line("%,10d ms to fork the store at the checkpoint of epoch %d", forkMillis, epoch));
    lines.add(
        line(
            "%,10d bytes are shared with the parent, %,d were copied",
            report.bytesShared(), report.bytesCopied()));
    lines.add(
        line(
            "%10.1f %% of the test images are recognised with learning rate %s (loss %.4f)",
            100 * parent.accuracy, parent.rate, parent.loss));
    lines.add(
        line(
            "%10.1f %% with learning rate %s from epoch %d on (loss %.4f)",
            100 * child.accuracy, child.rate, epoch, child.loss));
    lines.add("");
    String title = "LOSS of " + DemoPlan.LONG_RUN + " in both stores, logarithmic";
    lines.addAll(Curve.draw(title, List.of(parent.curve, child.curve), colours));
    lines.add("");
    lines.add(ok() ? "All checks of the fork passed." : failures.size() + " CHECKS FAILED");
    failures.forEach(failure -> lines.add("  " + failure));
    lines.add("fork    " + DemoReport.shown(report.store()));
    lines.add("  ./ringfold stat " + DemoReport.shown(report.store()));
    return lines;
  }

  /** For scripts. */
  ObjectNode toJson() {
    ObjectNode root = JsonNodeFactory.instance.objectNode();
    root.put("store", report.store().toString()).put("storeId", report.storeId());
    root.put("parentStoreId", report.parentStoreId()).put("sequence", report.sequence());
    root.put("epoch", epoch).put("millis", forkMillis);
    root.put("bytesShared", report.bytesShared()).put("bytesCopied", report.bytesCopied());
    root.set("parent", toJson(parent));
    root.set("fork", toJson(child));
    ArrayNode problems = root.putArray("failures");
    failures.forEach(problems::add);
    return root;
  }

  private static ObjectNode toJson(Side side) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.put("learningRate", side.rate).put("loss", side.loss).put("accuracy", side.accuracy);
    return node.put("steps", side.curve.steps().length);
  }

  private static String line(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }
}
