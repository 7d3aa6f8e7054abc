// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.projections;

import dev.ringfold.EventView;
import dev.ringfold.event.MetricsView;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Refuses some steps. */
class Picky extends TextProjection {
  final Set<Long> refused = ConcurrentHashMap.newKeySet();
  final AtomicInteger tries = new AtomicInteger();

  Picky(Long... refused) {
    this.refused.addAll(Set.of(refused));
  }

  boolean isRefused(long step) {
    return refused.contains(step);
  }

  @Override
  public void apply(EventView event) throws Exception {
    long step =
        new MetricsView().wrap(event.buffer(), event.payloadOffset(), event.payloadLength()).step();
    if (isRefused(step)) {
      tries.incrementAndGet();
      throw new IllegalStateException("step " + step + " is refused");
    }
    super.apply(event);
  }
}
