// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.crash;

import dev.ringfold.AckLevel;
import dev.ringfold.internal.io.FaultPoint;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * Death at named places: on one store, one child after the other dies at each of the fault points
 * that a log can come to.
 */
final class FaultPointFault implements Fault {
  /** Enough for a few segments and a close. */
  private static final long ITEMS = 8_000;

  private static final int MAX_JOURNAL_HITS = 30;

  /** Points of what stands above a log, which have crash tests of their own. */
  private static final List<String> FOREIGN =
      List.of(
          "retention.",
          "projection.",
          "rebuild.",
          "eventIndex.",
          "table.",
          "checkpoint.",
          "call.",
          "fork.",
          "backup.",
          "restore.",
          "salvage.");

  private final List<String> points;

  /** Every point of the core. */
  FaultPointFault() {
    this(corePoints());
  }

  FaultPointFault(List<String> points) {
    this.points = points;
  }

  /**
   * The points that a log comes to without retention, after which it no longer begins at 0, and
   * without projections.
   */
  static List<String> corePoints() {
    return FaultPoint.names().stream()
        .filter(name -> FOREIGN.stream().noneMatch(name::startsWith))
        .toList();
  }

  @Override
  public String name() {
    return "death at a fault point";
  }

  @Override
  public Verdict run(Places places, long seed, @Nullable String own)
      throws ReflectiveOperationException {
    CrashSite site = new CrashSite(places, "point-" + seed);
    String workload = CrashChild.workloadName(own);
    SplittableRandom random = new SplittableRandom(seed);
    List<String> problems = new ArrayList<>();
    Verdict verdict = new Verdict(0, 0, 0, 0, List.of());
    for (String point : points) {
      if (point.startsWith("recovery.")) {
        die(site, seed, workload, "journal.frame.afterWrite:20", own == null, problems);
      }
      die(site, seed, workload, point + ":" + hit(point, random), own == null, problems);
      StoreVerifier verifier = new StoreVerifier(CrashChild.workload(workload), seed);
      verdict = verifier.verify(site.store(), Oracle.read(site.oracle()));
      for (String problem : verdict.problems()) {
        problems.add("after " + point + ": " + problem);
      }
      if (!problems.isEmpty()) {
        break;
      }
    }
    Verdict result =
        new Verdict(
            verdict.acknowledged(),
            verdict.lost(),
            verdict.readable(),
            verdict.openNanos(),
            problems);
    Faults.finish(site, result);
    return result;
  }

  private static int hit(String point, SplittableRandom random) {
    if (point.startsWith("journal.")) {
      return 1 + random.nextInt(MAX_JOURNAL_HITS);
    }
    return point.startsWith("blob.") ? 1 + random.nextInt(2) : 1;
  }

  /**
   * Lets a child die.
   *
   * @param must whether the workload comes to every point; one of somebody else's need not, and is
   *     then verified after a clean end
   */
  private static void die(
      CrashSite site,
      long seed,
      String workload,
      String point,
      boolean must,
      List<String> problems) {
    AckLevel level = point.startsWith("journal.force") ? AckLevel.DISK : AckLevel.JOURNAL;
    ChildProcess.Order order = KillFault.order(site, seed, workload, level, ITEMS, point);
    try (ChildProcess child = ChildProcess.start(order)) {
      int code = child.awaitExit();
      if (code != FaultPoint.HALT_STATUS && (must || code != 0)) {
        problems.add(
            "the child never died at "
                + point
                + (code == 0 ? ": it came to its end" : ": exit code " + code + ", ")
                + child.output());
      }
    }
  }
}
