// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.parquet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.ringfold.AckLevel;
import dev.ringfold.event.MetricLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a run costs, over all attempts and ways to log, and the warning. */
@Timeout(120)
final class CostBudgetTest {
  @TempDir Path directory;

  private MetricsLoggerBuilder builder() {
    return MetricsLogger.builder(directory.resolve("store")).log(JournalRows::small);
  }

  @Test
  void costsAreSummedOverAllWaysToLogButNotOverSummaries() {
    try (MetricsLogger logger = builder().open()) {
      logger.step(0, 0).costUsd(1).creditsUsed(10).log();
      logger.logStep(0, 1, Map.of("cost_usd", 2, "credits_used", 20.5));
      logger
          .row(MetricLayout.builder().doubles("x", "cost_usd").build())
          .step(0, 2)
          .set(1, 4)
          .log();
      logger.step(0, 3).costUsd(8).append(AckLevel.JOURNAL).join();
      logger.step(0, 4).costUsd(Double.NaN).creditsUsed(Double.POSITIVE_INFINITY).log();
      logger.logEpoch(0, Map.of("cost_usd", 15), Map.of());
      logger.epoch(0).costUsd(15).log();
      logger.logStep(0, 5, Map.of("cost_usd", "free"));

      CostTotals costs = logger.stats().costs();
      assertThat(costs).isEqualTo(new CostTotals(15, 30.5, Double.NaN, Double.NaN));
      assertThat(costs.overBudget()).isFalse();
    }
  }

  @Test
  void nextAttemptGoesOnWithTheSumOfTheOnesBefore() {
    for (int attempt = 0; attempt < 3; attempt++) {
      try (MetricsLogger logger = builder().run("a").open()) {
        logger.step(0, 0).costUsd(0.1).log();
        logger.logStep(0, 1, Map.of("credits_used", 2, "cost_usd", Double.NaN));
        logger.epoch(0).costUsd(100).log();
      }
    }
    try (MetricsLogger logger = builder().run("b").open()) {
      assertThat(logger.stats().costs().costUsd()).isZero();
      logger.step(0, 0).costUsd(50).log();
    }
    try (MetricsLogger logger = builder().run("a").open()) {
      assertThat(logger.stats().costs().costUsd()).isEqualTo(0.3, within(1e-12));
      assertThat(logger.stats().costs().creditsUsed()).isEqualTo(6);
    }
  }

  @Test
  void budgetWarnsOnceAndTheTrainingGoesOn() {
    List<CostTotals> warnings = new ArrayList<>();
    try (MetricsLogger logger = builder().budgetUsd(1.0).onOverBudget(warnings::add).open()) {
      for (int i = 0; i < 20; i++) {
        assertThat(logger.step(0, i).costUsd(0.25).log()).isTrue();
      }
      assertThat(logger.stats().costs().overBudget()).isTrue();
    }

    assertThat(warnings).containsExactly(new CostTotals(1.25, 0, 1.0, Double.NaN));
  }

  @Test
  void budgetOfCreditsCountsWhatEarlierAttemptsUsed() {
    try (MetricsLogger logger = builder().open()) {
      logger.step(0, 0).creditsUsed(5).log();
    }
    List<CostTotals> warnings = new ArrayList<>();
    try (MetricsLogger logger =
        builder().budgetCredits(4).onOverBudget(warnings::add).resume("run-1").open()) {
      assertThat(warnings).hasSize(1);
      logger.step(0, 0).creditsUsed(5).log();
    }

    assertThat(warnings).containsExactly(new CostTotals(0, 5, Double.NaN, 4));
  }

  @Test
  void warningThatFailsDoesNotStopTheTraining() {
    try (MetricsLogger logger =
        builder()
            .budgetUsd(0)
            .onOverBudget(
                totals -> {
                  throw new IllegalStateException("no mail today");
                })
            .open()) {
      assertThat(logger.step(0, 0).costUsd(1).log()).isTrue();
    }
  }

  @Test
  void budgetThatIsNoNumberIsRefused() {
    assertThatThrownBy(() -> builder().budgetUsd(-1)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> builder().budgetCredits(Double.NaN))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
