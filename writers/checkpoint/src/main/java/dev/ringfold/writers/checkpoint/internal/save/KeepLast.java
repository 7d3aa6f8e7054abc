// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.internal.save;

import dev.ringfold.event.CheckpointExpired;
import dev.ringfold.internal.io.FaultPoint;
import dev.ringfold.writers.checkpoint.CheckpointSummary;
import java.util.List;

/**
 * Gives up the oldest checkpoints of a run: all but the newest ones and those that are pinned or
 * have a label, which do not count. Used by one thread at a time.
 */
public final class KeepLast {
  private static final String EXPIRED = "checkpoint.expired";

  private final Registry registry;
  private final Facts facts;
  private final int count;

  /**
   * @param count how many of a run's newest checkpoints stay; 0 keeps all
   */
  public KeepLast(Registry registry, Facts facts, int count) {
    this.registry = registry;
    this.facts = facts;
    this.count = count;
  }

  /**
   * Publishes what is given up; when this returns it is on the disk.
   *
   * @return how many checkpoints were given up
   */
  public int apply(String run) {
    if (count == 0) {
      return 0;
    }
    registry.catchUp();
    List<CheckpointSummary> counted =
        registry.live().stream()
            .filter(summary -> summary.run().equals(run))
            .filter(summary -> !summary.pinned() && summary.label().isEmpty())
            .toList();
    List<CheckpointSummary> expired = counted.subList(0, Math.max(0, counted.size() - count));
    for (CheckpointSummary old : expired) {
      facts.append(run, new CheckpointExpired(old.sequence(), "keep last " + count));
      FaultPoint.hit(EXPIRED);
    }
    return expired.size();
  }
}
