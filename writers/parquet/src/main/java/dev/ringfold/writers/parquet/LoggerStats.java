// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.parquet;

/**
 * What a logger has counted since it was opened, at one moment.
 *
 * @param run the run's id
 * @param attempt which try of the run, from 0
 * @param offered rows logged, dropped ones included
 * @param dropped rows that found no room in the ring, or no disk space; each is declared in the
 *     journal
 * @param dropRate dropped / offered, 0.0 before the first row
 * @param ringUtilization used part of the ring, 0.0 to 1.0
 * @param journal what the journal accepts: {@code open}, or why not everything
 * @param table the table that the rows go to
 * @param costs what the run has cost so far
 */
public record LoggerStats(
    String run,
    int attempt,
    long offered,
    long dropped,
    double dropRate,
    double ringUtilization,
    String journal,
    Table table,
    CostTotals costs) {

  /**
   * The table and the thread that writes it.
   *
   * @param state {@code running}, {@code catching_up}, {@code paused}, {@code failed}, {@code
   *     stopped}, or {@code none} for a logger without a table
   * @param rowsVisible rows that readers see, of all runs, as of a second ago
   * @param rowsSealed those of them in sealed parts
   * @param lagEvents events in the journal that the table has not taken yet
   * @param lagSeconds age of the oldest of them, by log time
   * @param deadLetters events that the table could not take and has put aside
   * @param failure why it does not go on; empty when it does
   */
  public record Table(
      String state,
      long rowsVisible,
      long rowsSealed,
      long lagEvents,
      double lagSeconds,
      long deadLetters,
      String failure) {}
}
