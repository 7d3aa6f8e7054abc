// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.at;

import dev.ringfold.EventView;
import dev.ringfold.projections.StateProjection;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Set;

/** How many notes there were, their sum, and the newest one's sequence. */
public final class NotedTotal extends StateProjection {
  static final String NAME = "noted-total";
  static final int SNAPSHOT_EVENTS = 100;

  private long count;
  private long sum;
  private long newest = -1;

  long count() {
    return count;
  }

  long sum() {
    return sum;
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public int version() {
    return 1;
  }

  @Override
  public Set<Integer> types() {
    return Set.of(Noted.ID);
  }

  @Override
  protected long snapshotEvents() {
    return SNAPSHOT_EVENTS;
  }

  @Override
  protected void clear() {
    count = 0;
    sum = 0;
    newest = -1;
  }

  @Override
  protected void fold(EventView event) {
    count++;
    sum += ((Noted) context().decode(event)).number();
    newest = event.sequence();
  }

  @Override
  protected void save(DataOutput out) throws IOException {
    out.writeLong(count);
    out.writeLong(sum);
    out.writeLong(newest);
  }

  @Override
  protected void load(DataInput in) throws IOException {
    count = in.readLong();
    sum = in.readLong();
    newest = in.readLong();
  }
}
