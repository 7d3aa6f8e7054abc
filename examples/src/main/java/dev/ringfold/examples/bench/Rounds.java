// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.bench;

import dev.ringfold.examples.bench.WorkerProcess.NotRunException;
import java.io.IOException;
import java.io.PrintStream;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Lets contenders take turns: A B C, A B C, … Each peer keeps its child JVM for all rounds, so it
 * is warm, and nothing of it runs while another one is measured. Used by one thread.
 */
final class Rounds {
  private final Workspace workspace;
  private final Turns turns;
  private final PrintStream progress;
  private final Map<ChildKind, WorkerProcess> workers = new HashMap<>();

  Rounds(Workspace workspace, Turns turns, PrintStream progress) {
    this.workspace = workspace;
    this.turns = turns;
    this.progress = progress;
  }

  /**
   * How often everybody takes a turn.
   *
   * @param warmups rounds before the counted ones
   * @param rounds counted rounds
   * @param slowRounds counted rounds of the rows that take a fresh JVM or a fixed time each
   */
  record Turns(int warmups, int rounds, int slowRounds) {}

  /**
   * Somebody who takes part in a row.
   *
   * @param name unique in the row
   * @param kind whose child JVM is asked
   * @param call what it is asked for
   */
  record Contender(String name, ChildKind kind, Call call) {
    /** A peer under its own name. */
    static Contender of(ChildKind kind, Call call) {
      return new Contender(kind.label(), kind, call);
    }
  }

  /** One measurement of one contender. */
  @FunctionalInterface
  interface Turn {
    Figures take(Contender contender) throws IOException, NotRunException;
  }

  /** Warms up and measures in the children that are kept. */
  Results interleave(String row, List<Contender> contenders) throws IOException {
    return interleave(row, contenders, turns.warmups(), turns.rounds(), this::callKept);
  }

  /** Measures for a fixed time in the children that are kept; the warm-up is in that time. */
  Results interleaveSlow(String row, List<Contender> contenders) throws IOException {
    return interleave(row, contenders, 0, turns.slowRounds(), this::callKept);
  }

  /** Measures with turns that bring their own JVM, so there is no warm-up. */
  Results interleaveSlow(String row, List<Contender> contenders, Turn turn) throws IOException {
    return interleave(row, contenders, 0, turns.slowRounds(), turn);
  }

  private Results interleave(
      String row, List<Contender> contenders, int warmups, int rounds, Turn turn)
      throws IOException {
    Results results = new Results();
    for (int round = 1 - warmups; round <= rounds; round++) {
      for (Contender contender : contenders) {
        if (!results.hasFailed(contender.name())) {
          String label = round > 0 ? round + "/" + rounds : "warm-up";
          takeTurn(row, contender, label, round > 0, turn, results);
        }
      }
    }
    return results;
  }

  private void takeTurn(
      String row, Contender contender, String label, boolean counts, Turn turn, Results results)
      throws IOException {
    long start = System.nanoTime();
    String outcome = "";
    try {
      Figures figures = turn.take(contender);
      if (counts) {
        results.add(contender.name(), figures);
      }
    } catch (NotRunException e) {
      results.fail(contender.name(), e);
      outcome = "  not run: " + e.reason();
    }
    progress.printf(
        Locale.ROOT,
        "%-14s %-9s %-30s %5.1f s%s%n",
        row,
        label,
        contender.name(),
        (System.nanoTime() - start) / 1e9,
        outcome);
  }

  private Figures callKept(Contender contender) throws IOException, NotRunException {
    WorkerProcess worker = workers.get(contender.kind());
    if (worker == null || !worker.isAlive()) {
      worker = workspace.start(contender.kind());
      workers.put(contender.kind(), worker);
    }
    return worker.call(contender.call());
  }
}
