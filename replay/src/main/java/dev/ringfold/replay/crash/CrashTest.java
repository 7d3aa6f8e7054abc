// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.crash;

import java.util.List;
import java.util.function.Consumer;

/**
 * Runs faults over seeds and collects what became of them. A failure says its seed and the command
 * that repeats it, and leaves store and oracle where they are.
 */
public final class CrashTest {
  /**
   * The sums of one kind of fault.
   *
   * @param fault in words
   * @param runs how many times
   * @param acknowledged events acknowledged before the faults
   * @param lost of these, lost
   * @param found runs in which anything was wrong
   */
  public record Row(String fault, long runs, long acknowledged, long lost, long found) {
    Row plus(long moreRuns, Verdict verdict) {
      return new Row(
          fault,
          runs + moreRuns,
          acknowledged + verdict.acknowledged(),
          lost + verdict.lost(),
          found + (verdict.isGood() ? 0 : 1));
    }
  }

  private final Places places;
  private final String workload;
  private final Consumer<String> failures;

  /**
   * A harness.
   *
   * @param places directories for stores
   * @param workload class name of what the children publish
   * @param failures takes a few lines for every failure
   */
  public CrashTest(Places places, String workload, Consumer<String> failures) {
    this.places = places;
    this.workload = workload;
    this.failures = failures;
  }

  /** SIGKILL at random moments, several times on the store of each seed. */
  public Row kills(long firstSeed, int seeds) {
    return run(new KillFault(), firstSeed, seeds, KillFault.KILLS);
  }

  /** Death at every named place of the core, once for each seed. */
  public Row faultPoints(long firstSeed, int seeds) {
    List<String> points = FaultPointFault.corePoints();
    return run(new FaultPointFault(points), firstSeed, seeds, points.size());
  }

  /** Losses of power, simulated: many mixes of forced and unforced pages for each seed. */
  public Row powerLosses(long firstSeed, int seeds) {
    return run(new PowerLossFault(), firstSeed, seeds, PowerLossFault.MIXES);
  }

  /** Damaged files: bit flips, lost pages, cuts; many for each seed. */
  public Row damages(long firstSeed, int seeds) {
    return run(new DamageFault(), firstSeed, seeds, DamageFault.DAMAGES);
  }

  Row run(Fault fault, long firstSeed, int seeds, long runsPerSeed) {
    Row row = new Row(fault.name(), 0, 0, 0, 0);
    for (long seed = firstSeed; seed < firstSeed + seeds; seed++) {
      Verdict verdict = runOne(fault, seed);
      row = row.plus(runsPerSeed, verdict);
      if (!verdict.isGood()) {
        failures.accept(describe(fault, seed, verdict));
      }
    }
    return row;
  }

  private Verdict runOne(Fault fault, long seed) {
    try {
      return fault.run(places, seed, workload);
    } catch (Exception e) {
      return new Verdict(0, 0, 0, 0, List.of("the run itself failed: " + e));
    }
  }

  private String describe(Fault fault, long seed, Verdict verdict) {
    return fault.name()
        + ", seed "
        + seed
        + ": "
        + String.join("; ", verdict.problems())
        + "\n  kept in "
        + places.failed()
        + "\n  repeat with: ringfold crashtest --seeds "
        + seed
        + ".."
        + seed
        + " --workload "
        + workload;
  }
}
