// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.projections;

import dev.ringfold.EventView;
import dev.ringfold.event.BuiltinTypes;
import dev.ringfold.event.MetricsView;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Set;

/** Counts and sums steps in memory. */
final class SumProjection extends StateProjection {
  private final long snapshotEvents;
  private final MetricsView row = new MetricsView();
  private volatile long count;
  private volatile long sum;

  SumProjection(long snapshotEvents) {
    this.snapshotEvents = snapshotEvents;
  }

  long count() {
    return count;
  }

  long sum() {
    return sum;
  }

  @Override
  public String name() {
    return "sum";
  }

  @Override
  public int version() {
    return 1;
  }

  @Override
  public Set<Integer> types() {
    return Set.of(BuiltinTypes.METRICS_LOGGED.id());
  }

  @Override
  protected long snapshotEvents() {
    return snapshotEvents;
  }

  @Override
  protected void clear() {
    count = 0;
    sum = 0;
  }

  @Override
  @SuppressWarnings("NonAtomicVolatileUpdate") // One thread writes.
  protected void fold(EventView event) {
    row.wrap(event.buffer(), event.payloadOffset(), event.payloadLength());
    if (row.step() < 0) {
      throw new IllegalStateException("negative step");
    }
    count = count + 1;
    sum = sum + row.step();
  }

  @Override
  protected void save(DataOutput out) throws IOException {
    out.writeLong(count);
    out.writeLong(sum);
  }

  @Override
  protected void load(DataInput in) throws IOException {
    count = in.readLong();
    sum = in.readLong();
  }
}
