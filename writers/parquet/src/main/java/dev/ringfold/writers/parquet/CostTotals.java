// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.parquet;

/**
 * What a run has cost, over all of its attempts: the sums of the metrics {@code cost_usd} and
 * {@code credits_used} of its step rows. A value that is not finite counts as nothing, and so does
 * an epoch's row, which repeats what its steps have said.
 *
 * @param costUsd dollars
 * @param creditsUsed credits
 * @param budgetUsd what it should stay below, NaN without a budget
 * @param budgetCredits what it should stay below, NaN without a budget
 */
public record CostTotals(
    double costUsd, double creditsUsed, double budgetUsd, double budgetCredits) {
  /** Whether one of the sums is above its budget. */
  public boolean overBudget() {
    return costUsd > budgetUsd || creditsUsed > budgetCredits;
  }
}
