// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.rebuild;

import dev.ringfold.EventView;
import dev.ringfold.projections.StateProjection;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** How many remarks of each length there are, and at which order they came. */
final class RemarkTally extends StateProjection {
  static final String NAME = "tally";
  private static final int SNAPSHOT_EVENTS = 50;

  private final Map<Integer, Long> counts = new TreeMap<>();

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
    return Set.of(Remark.ID);
  }

  @Override
  protected long snapshotEvents() {
    return SNAPSHOT_EVENTS;
  }

  @Override
  protected void clear() {
    counts.clear();
  }

  @Override
  protected void fold(EventView event) {
    Remark remark = (Remark) context().decode(event);
    if (remark.text().startsWith("bad")) {
      throw new IllegalStateException("a bad remark");
    }
    counts.merge(remark.text().length(), event.sequence(), (a, b) -> a * 31 + b);
  }

  @Override
  protected void save(DataOutput out) throws IOException {
    out.writeInt(counts.size());
    for (Map.Entry<Integer, Long> each : counts.entrySet()) {
      out.writeInt(each.getKey());
      out.writeLong(each.getValue());
    }
  }

  @Override
  protected void load(DataInput in) throws IOException {
    for (int left = in.readInt(); left > 0; left--) {
      counts.put(in.readInt(), in.readLong());
    }
  }

  @Override
  public String toString() {
    return "lengths " + counts.keySet();
  }
}
