// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ringfold.AckLevel;
import dev.ringfold.AppendOptions;
import dev.ringfold.EventLog;
import dev.ringfold.MetricsRow;
import dev.ringfold.Producer;
import dev.ringfold.event.MetricLayout;
import dev.ringfold.event.MetricsLogged.Kind;
import dev.ringfold.event.RunStarted;
import dev.ringfold.writers.checkpoint.Checkpoints;
import dev.ringfold.writers.checkpoint.tensor.Tensor;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code ringfold diff} between a store and its fork that was trained on in another way. */
final class ForkDiffTest {
  private static final String RUN = "digits";
  private static final MetricLayout LAYOUT =
      MetricLayout.builder().doubles("train_loss", "same").build();

  @TempDir private Path folder;

  /** Steps 0 to 39, or 40 to 79 of the next attempt, with a checkpoint at their end. */
  private static void train(Path store, int attempt, double rate) {
    int from = attempt * 40;
    try (EventLog log = Stores.builder(store).build();
        Producer producer = log.producer("trainer");
        Checkpoints checkpoints = Checkpoints.on(log).run(RUN).trees(false).open()) {
      RunStarted started = new RunStarted(attempt, "{\"lr\":" + rate + ",\"batch\":32}");
      producer.appendAndAwait(log.stream(RUN), started, AckLevel.JOURNAL);
      MetricsRow row = producer.metrics(log.stream(RUN), LAYOUT);
      for (int step = from; step < from + 40; step++) {
        row.begin(Kind.STEP, attempt, attempt, step, 1_000L + step);
        row.set(0, 10 - rate * step).set(1, step);
        row.append(AckLevel.JOURNAL, AppendOptions.NONE).join();
      }
      float[] weights = {(float) rate, from};
      float[] fixed = {1, 2, 3};
      checkpoints
          .save(
              attempt,
              Map.of("layer1.weight", Tensor.of(weights, 2), "frozen", Tensor.of(fixed, 3)),
              Map.of(),
              Map.of())
          .await();
    }
  }

  @Test
  void aForkTrainedOnWithAnotherRateIsComparedWithItsParent() {
    Path parent = folder.resolve("parent");
    Path fork = folder.resolve("fork");
    train(parent, 0, 0.1);
    JsonNode made =
        Ran.ringfold("fork", parent, "--at", "epoch:0", "--to", fork, "--name", "lr", "--json")
            .json();
    long sequence = made.get("sequence").asLong();
    train(parent, 1, 0.1);
    train(fork, 1, 0.05);

    JsonNode json = Ran.ringfold("diff", parent, fork, "--json").json();
    Ran text = Ran.ringfold("diff", parent, fork);

    assertThat(json.at("/parting/lastCommon").asLong()).isEqualTo(sequence);
    String next = sequence + 1 + ": ";
    assertThat(json.at("/parting/first").asText()).startsWith(next);
    assertThat(json.at("/parting/second").asText()).startsWith(next);
    JsonNode run = json.at("/runs/0");
    assertThat(run.get("configuration")).hasSize(1);
    assertThat(run.at("/configuration/0/key").asText()).isEqualTo("lr");
    JsonNode loss = curve(run, "train_loss");
    assertThat(loss.get("firstAt").asText()).isEqualTo("epoch 1 step 40");
    assertThat(loss.get("greatestAt").asText()).isEqualTo("epoch 1 step 79");
    assertThat(loss.get("greatestDifference").asDouble())
        .isCloseTo(0.05 * 79, org.assertj.core.data.Offset.offset(1e-9));
    assertThat(curve(run, "same").get("greatestDifference").asDouble()).isZero();
    assertThat(run.get("checkpoints")).hasSize(2);
    assertThat(run.at("/checkpoints/0/changedTensors")).isEmpty();
    assertThat(run.at("/checkpoints/1/changedTensors")).hasSize(1);
    assertThat(run.at("/checkpoints/1/changedTensors/0/tensor").asText())
        .isEqualTo("model_state/layer1.weight");

    assertThat(text.exitCode()).as(text.err()).isZero();
    assertThat(text.out())
        .contains("the same up to sequence " + sequence + "; then A has " + next)
        .contains("; B has " + next)
        .contains("forked from " + made.get("parentStoreId").asText())
        .contains("lr: 0.1 -> 0.05")
        .contains("train_loss", "epoch 1 step 40", "model_state/layer1.weight")
        .doesNotContain("model_state/frozen");
  }

  private static JsonNode curve(JsonNode run, String metric) {
    for (JsonNode curve : run.get("curves")) {
      if (curve.get("metric").asText().equals(metric)) {
        return curve;
      }
    }
    throw new AssertionError("no curve of " + metric + " in " + run);
  }
}
