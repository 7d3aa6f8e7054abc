// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.crash;

import dev.ringfold.AckLevel;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * SIGKILL at a random moment: a child publishes, dies, and the store is verified; the next child
 * goes on with the same store.
 */
final class KillFault implements Fault {
  /** Kills of one seed, all of one store. */
  static final int KILLS = 5;

  private static final long MAX_JITTER_NANOS = TimeUnit.MILLISECONDS.toNanos(1_500);
  private static final long OVERLAP_ITEMS = 16;
  private static final AckLevel[] LEVELS = {AckLevel.JOURNAL, AckLevel.DISK};

  @Override
  public String name() {
    return "kill -9";
  }

  @Override
  public Verdict run(Places places, long seed, @Nullable String own)
      throws ReflectiveOperationException {
    String workload = CrashChild.workloadName(own);
    CrashSite site = new CrashSite(places, "kill-" + seed);
    SplittableRandom random = new SplittableRandom(seed);
    Verdict total = new Verdict(0, 0, 0, 0, List.of());
    for (int i = 0; i < KILLS && total.isGood(); i++) {
      AckLevel level = LEVELS[random.nextInt(LEVELS.length)];
      long jitter = random.nextLong(MAX_JITTER_NANOS);
      killOne(site, seed, workload, level, jitter);
      StoreVerifier verifier = new StoreVerifier(CrashChild.workload(workload), seed);
      total = verifier.verify(site.store(), Oracle.read(site.oracle()));
    }
    Faults.finish(site, total);
    return total;
  }

  private static void killOne(
      CrashSite site, long seed, String workload, AckLevel level, long jitterNanos) {
    ChildProcess.Order order = order(site, seed, workload, level, -1, null);
    try (ChildProcess child = ChildProcess.start(order)) {
      if (!child.awaitOpen()) {
        throw new IllegalStateException("the child failed: " + child.output());
      }
      long deadline = System.nanoTime() + jitterNanos;
      while (System.nanoTime() < deadline && child.isAlive()) {
        LockSupport.parkNanos(Math.min(1_000_000L, deadline - System.nanoTime()));
      }
      if (!child.isAlive()) {
        throw new IllegalStateException("the child ended by itself: " + child.output());
      }
      child.kill();
    }
  }

  /** An order that goes on where the oracle ends, with a few items again. */
  static ChildProcess.Order order(
      CrashSite site,
      long seed,
      String workload,
      AckLevel level,
      long items,
      @Nullable String faultPoint) {
    List<Oracle.Ack> acks = Oracle.read(site.oracle());
    long last = acks.isEmpty() ? 0 : acks.get(acks.size() - 1).item();
    long first = Math.max(0, last - OVERLAP_ITEMS);
    return new ChildProcess.Order(
        site.store(), site.oracle(), seed, workload, level, first, items, faultPoint);
  }
}
