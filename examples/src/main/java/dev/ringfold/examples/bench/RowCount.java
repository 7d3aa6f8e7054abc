// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.bench;

import dev.ringfold.EventView;
import dev.ringfold.event.BuiltinTypes;
import dev.ringfold.projections.StateProjection;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Set;

/** The smallest projection a user could write: how many rows of metrics there are. */
final class RowCount extends StateProjection {
  private long rows;

  /** Rows so far. */
  long rows() {
    return rows;
  }

  @Override
  public String name() {
    return "bench-row-count";
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
  protected void clear() {
    rows = 0;
  }

  @Override
  protected void fold(EventView event) {
    rows++;
  }

  @Override
  protected void save(DataOutput out) throws IOException {
    out.writeLong(rows);
  }

  @Override
  protected void load(DataInput in) throws IOException {
    rows = in.readLong();
  }
}
