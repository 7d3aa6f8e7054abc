// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringfold.AckLevel;
import dev.ringfold.AppendOptions;
import dev.ringfold.EventLog;
import dev.ringfold.MetricsRow;
import dev.ringfold.Producer;
import dev.ringfold.RingfoldException;
import dev.ringfold.event.MetricLayout;
import dev.ringfold.event.MetricsLogged.Kind;
import dev.ringfold.event.RunStarted;
import dev.ringfold.replay.Point;
import dev.ringfold.replay.at.StoreView;
import dev.ringfold.writers.checkpoint.Checkpoints;
import dev.ringfold.writers.checkpoint.TensorChanges;
import dev.ringfold.writers.checkpoint.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two stores that have a past in common, two that have none, two runs of one store. */
final class RunDiffTest {
  private static final MetricLayout LAYOUT = MetricLayout.builder().doubles("loss").build();

  @TempDir private Path folder;

  private static EventLog open(Path store) {
    return EventLog.builder(store).environment(Map.of()).build();
  }

  private static void train(
      EventLog log, String run, int attempt, int from, int to, double rate, boolean frozen) {
    try (Producer producer = log.producer("trainer");
        Checkpoints checkpoints = Checkpoints.on(log).run(run).trees(false).open()) {
      producer.appendAndAwait(
          log.stream(run),
          new RunStarted(attempt, "{\"lr\":" + rate + ",\"net\":{\"hidden\":32}}"),
          AckLevel.JOURNAL);
      MetricsRow row = producer.metrics(log.stream(run), LAYOUT);
      for (int step = from; step < to; step++) {
        row.begin(Kind.STEP, attempt, 0, step, 1_000L + step);
        row.set(0, 10 - rate * step).append(AckLevel.JOURNAL, AppendOptions.NONE).join();
      }
      float[] weights = {(float) rate, to};
      float[] fixed = {1, 2, 3};
      checkpoints
          .save(
              to,
              Map.of("w", Tensor.of(weights, 2), "frozen", Tensor.of(fixed, 3)),
              frozen ? Map.of() : Map.of("m", Tensor.of(weights, 2)),
              Map.of())
          .await();
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Files.copy(
            file,
            to.resolve(from.relativize(file).toString()),
            java.nio.file.StandardCopyOption.COPY_ATTRIBUTES);
      }
    }
  }

  private static RunDiffReport diff(Path a, Path b) throws IOException {
    try (StoreView first = StoreView.at(a, new Point.End());
        StoreView second = StoreView.at(b, new Point.End())) {
      return RunDiff.between(first, second).run();
    }
  }

  @Test
  void twoStoresWithACommonPastPartWhereTheyWereTakenApart() throws IOException {
    Path parent = folder.resolve("parent");
    Path child = folder.resolve("child");
    long common;
    try (EventLog log = open(parent)) {
      train(log, "run-1", 0, 0, 50, 0.1, false);
    }
    copy(parent, child);
    try (StoreView view = StoreView.at(parent, new Point.End())) {
      common = view.sequence();
    }
    try (EventLog log = open(parent)) {
      train(log, "run-1", 1, 50, 100, 0.1, false);
    }
    try (EventLog log = open(child)) {
      train(log, "run-1", 1, 50, 100, 0.05, true);
    }

    RunDiffReport report = diff(parent, child);

    assertThat(report.parting().lastCommon()).isEqualTo(common);
    assertThat(report.parting().isKnown()).isTrue();
    assertThat(report.parting().first()).startsWith(common + 1 + ": ");
    RunDiffReport.RunChanges run = report.runs().get(0);
    assertThat(run.configuration()).containsExactly(new RunDiffReport.Setting("lr", "0.1", "0.05"));
    assertThat(run.rowsFirst()).isEqualTo(100);
    RunDiffReport.CurveChange loss = run.curves().get(0);
    assertThat(loss.metric()).isEqualTo("loss");
    assertThat(loss.common()).isEqualTo(100);
    assertThat(loss.firstAt()).isEqualTo("epoch 0 step 50");
    assertThat(loss.greatestAt()).isEqualTo("epoch 0 step 99");
    assertThat(loss.greatestDifference())
        .isCloseTo(0.05 * 99, org.assertj.core.data.Offset.offset(1e-9));
    assertThat(loss.first().last()).isEqualTo(10 - 0.1 * 99);
    assertThat(run.checkpoints()).hasSize(2);
    assertThat(tensors(run, 0).isEmpty()).isTrue();
    TensorChanges changed = tensors(run, 1);
    assertThat(changed.same()).isEqualTo(1);
    assertThat(changed.changed())
        .containsExactly(new TensorChanges.Changed("model_state/w", 1, 1, false));
    assertThat(changed.onlyFirst()).containsExactly("optimizer_state/m");
    assertThat(report.toJson().at("/runs/0/checkpoints/1/changedTensors/0/tensor").asText())
        .isEqualTo("model_state/w");
  }

  private static TensorChanges tensors(RunDiffReport.RunChanges run, int place) {
    TensorChanges tensors = run.checkpoints().get(place).tensors();
    assertThat(tensors).isNotNull();
    return tensors;
  }

  @Test
  void strangersHaveNothingInCommonAndAStoreIsLikeItself() throws IOException {
    Path one = folder.resolve("one");
    Path two = folder.resolve("two");
    try (EventLog log = open(one)) {
      train(log, "run-1", 0, 0, 10, 0.1, false);
    }
    try (EventLog log = open(two)) {
      train(log, "run-2", 0, 0, 10, 0.1, false);
    }

    RunDiffReport strangers = diff(one, two);
    RunDiffReport self = diff(one, one);

    assertThat(strangers.parting().lastCommon()).isEqualTo(-1);
    assertThat(strangers.runs()).isEmpty();
    assertThat(strangers.onlyFirst()).containsExactly("run-1");
    assertThat(strangers.onlySecond()).containsExactly("run-2");
    assertThat(self.parting().first()).isEmpty();
    assertThat(self.runs().get(0).configuration()).isEmpty();
    assertThat(self.runs().get(0).curves()).allMatch(curve -> curve.greatestDifference() == 0);
  }

  @Test
  void twoRunsOfOneStoreAreComparedByTheirSteps() throws IOException {
    Path store = folder.resolve("store");
    try (EventLog log = open(store)) {
      train(log, "slow", 0, 0, 10, 0.1, false);
      train(log, "fast", 0, 0, 12, 0.2, false);
    }
    try (StoreView view = StoreView.at(store, new Point.End())) {
      RunDiffReport.RunChanges run =
          RunDiff.between(view, view).runs("slow", "fast").run().runs().get(0);

      assertThat(run.configuration()).extracting(RunDiffReport.Setting::key).containsExactly("lr");
      assertThat(run.curves().get(0).common()).isEqualTo(10);
      assertThat(run.curves().get(0).firstAt()).isEqualTo("epoch 0 step 1");
      assertThat(run.curves().get(0).second().count()).isEqualTo(12);
      assertThat(run.checkpoints())
          .extracting(RunDiffReport.CheckpointChange::epoch)
          .isEqualTo(List.of(10L, 12L));
      assertThatThrownBy(() -> RunDiff.between(view, view).runs("slow", "none").run())
          .isInstanceOf(RingfoldException.class)
          .hasMessageContaining("none")
          .hasMessageContaining("fast");
    }
  }

  @Test
  void aStepWhereOneRunIsNotANumberDiffers() throws IOException {
    double nan = Double.NaN;
    double infinite = Double.POSITIVE_INFINITY;
    Path store = folder.resolve("store");
    try (EventLog log = open(store);
        Producer producer = log.producer("trainer")) {
      values(log, producer, "a", 1, nan, 3, nan, infinite, 6);
      values(log, producer, "b", 1, nan, 5, 4, infinite, infinite);
      values(log, producer, "c", 1, nan, 5, 4, infinite, 6);
    }

    try (StoreView view = StoreView.at(store, new Point.End())) {
      RunDiffReport report = RunDiff.between(view, view).runs("a", "b").run();
      RunDiffReport.CurveChange curve = report.runs().get(0).curves().get(0);
      assertThat(curve.common()).isEqualTo(6);
      assertThat(curve.firstAt()).isEqualTo("epoch 0 step 2");
      assertThat(curve.greatestDifference()).isNaN();
      assertThat(curve.greatestAt()).isEqualTo("epoch 0 step 3");
      assertThat(report.toJson().at("/runs/0/curves/0/greatestDifference").asText())
          .isEqualTo("NaN");
      RunDiffReport.CurveChange other =
          RunDiff.between(view, view).runs("b", "c").run().runs().get(0).curves().get(0);
      assertThat(other.greatestDifference()).isInfinite();
      assertThat(other.firstAt()).isEqualTo("epoch 0 step 5").isEqualTo(other.greatestAt());
      RunDiffReport.CurveChange same =
          RunDiff.between(view, view).runs("a", "a").run().runs().get(0).curves().get(0);
      assertThat(same.greatestDifference()).isZero();
      assertThat(same.firstAt()).isEmpty();
    }
  }

  private static void values(EventLog log, Producer producer, String run, double... values) {
    MetricsRow row = producer.metrics(log.stream(run), LAYOUT);
    for (int step = 0; step < values.length; step++) {
      row.begin(Kind.STEP, 0, 0, step, 1_000L + step);
      row.set(0, values[step]).append(AckLevel.JOURNAL, AppendOptions.NONE).join();
    }
  }
}
