// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.parquet;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Adds up what a run costs, from any thread, and warns once when it is over its budget. Adding
 * allocates nothing; only the warning does.
 */
final class CostMeter {
  private static final Logger LOG = LoggerFactory.getLogger(MetricsLogger.class);

  private final String run;
  private final double budgetUsd;
  private final double budgetCredits;
  private final Consumer<CostTotals> onOverBudget;
  private final AtomicLong usdBits = new AtomicLong();
  private final AtomicLong creditBits = new AtomicLong();
  private final AtomicBoolean warned = new AtomicBoolean();

  /** Budgets are NaN where there is none: nothing compares above NaN. */
  CostMeter(String run, double budgetUsd, double budgetCredits, Consumer<CostTotals> onOverBudget) {
    this.run = run;
    this.budgetUsd = budgetUsd;
    this.budgetCredits = budgetCredits;
    this.onOverBudget = onOverBudget;
  }

  void add(double costUsd, double creditsUsed) {
    double usd = add(usdBits, costUsd);
    double credits = add(creditBits, creditsUsed);
    if ((usd > budgetUsd || credits > budgetCredits) && !warned.get()) {
      warn();
    }
  }

  private static double add(AtomicLong bits, double value) {
    while (true) {
      long before = bits.get();
      double sum = Double.longBitsToDouble(before);
      if (value == 0 || !Double.isFinite(value)) {
        return sum;
      }
      sum += value;
      if (bits.compareAndSet(before, Double.doubleToRawLongBits(sum))) {
        return sum;
      }
    }
  }

  private void warn() {
    if (!warned.compareAndSet(false, true)) {
      return;
    }
    CostTotals totals = totals();
    LOG.warn(
        "Run '{}' is over its budget: {} USD of {}, {} credits of {}. The training goes on; this"
            + " is said once.",
        run,
        totals.costUsd(),
        text(budgetUsd),
        totals.creditsUsed(),
        text(budgetCredits));
    try {
      onOverBudget.accept(totals);
    } catch (RuntimeException e) {
      // A warning that fails must not stop the training loop that is being warned.
      LOG.warn("What was to be called when run '{}' is over its budget failed", run, e);
    }
  }

  private static String text(double budget) {
    return Double.isNaN(budget) ? "no limit" : Double.toString(budget);
  }

  CostTotals totals() {
    return new CostTotals(
        Double.longBitsToDouble(usdBits.get()),
        Double.longBitsToDouble(creditBits.get()),
        budgetUsd,
        budgetCredits);
  }
}
