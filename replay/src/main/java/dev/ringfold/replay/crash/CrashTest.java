// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.crash;

import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Runs faults over seeds and collects what became of them. A failure says its seed and the command
 * that repeats it, and leaves store and oracle where they are. Used by one thread.
 */
public final class CrashTest {
  /**
   * The sums of one kind of fault.
   *
   * @param fault in words
   * @param runs how many times
   * @param acknowledged events acknowledged before the faults, or undamaged
   * @param lost of these, lost
   * @param found seeds with which anything was wrong
   */
  public record Row(String fault, long runs, long acknowledged, long lost, long found) {
    /** An empty row. */
    public static Row of(FaultKind kind) {
      return new Row(kind.fault().name(), 0, 0, 0, 0);
    }

    /** Both rows in one. */
    public Row plus(Row other) {
      return new Row(
          fault,
          runs + other.runs,
          acknowledged + other.acknowledged,
          lost + other.lost,
          found + other.found);
    }
  }

  private final Places places;
  private final @Nullable String workload;
  private final Consumer<String> failures;

  /**
   * A harness.
   *
   * @param places directories for stores
   * @param workload class name of what is published, where a kind of fault {@linkplain
   *     FaultKind#takesWorkload takes one}; null for what comes with the kind
   * @param failures takes a few lines for every failure
   */
  public CrashTest(Places places, @Nullable String workload, Consumer<String> failures) {
    this.places = places;
    this.workload = workload;
    this.failures = failures;
  }

  /** Runs one kind of fault with these seeds. */
  public Row run(FaultKind kind, long firstSeed, int seeds) {
    return run(kind, kind.fault(), firstSeed, seeds);
  }

  Row run(FaultKind kind, Fault fault, long firstSeed, int seeds) {
    Row row = Row.of(kind);
    for (long seed = firstSeed; seed < firstSeed + seeds; seed++) {
      row = row.plus(runOne(kind, fault, seed));
    }
    return row;
  }

  private Row runOne(FaultKind kind, Fault fault, long seed) {
    Verdict verdict;
    try {
      verdict = fault.run(places, seed, workload);
    } catch (Exception e) {
      verdict = new Verdict(0, 0, 0, 0, List.of("the run itself failed: " + e));
    }
    if (!verdict.isGood()) {
      failures.accept(describe(kind, seed, verdict));
    }
    return new Row(
        fault.name(),
        kind.runsPerSeed(),
        verdict.acknowledged(),
        verdict.lost(),
        verdict.isGood() ? 0 : 1);
  }

  private String describe(FaultKind kind, long seed, Verdict verdict) {
    return kind.fault().name()
        + ", seed "
        + seed
        + ": "
        + String.join("; ", verdict.problems())
        + "\n  kept in "
        + places.failed()
        + "\n  repeat with: ringfold crashtest --fault "
        + kind.name().toLowerCase(Locale.ROOT)
        + " --seeds "
        + seed
        + ".."
        + seed
        + (workload == null ? "" : " --workload " + workload);
  }
}
