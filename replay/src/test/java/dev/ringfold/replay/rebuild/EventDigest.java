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
import java.util.zip.CRC32C;

/** How many events of each type there are, and a chain of checksums over all of their bytes. */
final class EventDigest extends StateProjection {
  static final String NAME = "digest";
  private static final int SNAPSHOT_EVENTS = 1_000;

  private final Map<Integer, Long> counts = new TreeMap<>();
  private long chain;

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
    return Set.of(); // All of them.
  }

  @Override
  protected long snapshotEvents() {
    return SNAPSHOT_EVENTS;
  }

  @Override
  protected void clear() {
    counts.clear();
    chain = 0;
  }

  @Override
  protected void fold(EventView event) {
    CRC32C crc = new CRC32C();
    crc.update(event.eventBytes());
    counts.merge(event.typeId(), 1L, Long::sum);
    chain = (chain * 31 + crc.getValue()) * 31 + event.sequence();
  }

  @Override
  protected void save(DataOutput out) throws IOException {
    out.writeLong(chain);
    out.writeInt(counts.size());
    for (Map.Entry<Integer, Long> each : counts.entrySet()) {
      out.writeInt(each.getKey());
      out.writeLong(each.getValue());
    }
  }

  @Override
  protected void load(DataInput in) throws IOException {
    chain = in.readLong();
    for (int left = in.readInt(); left > 0; left--) {
      counts.put(in.readInt(), in.readLong());
    }
  }
}
