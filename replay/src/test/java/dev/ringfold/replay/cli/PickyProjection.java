// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.cli;

import dev.ringfold.EventView;
import dev.ringfold.projections.StateProjection;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Set;

/** Counts events of a user's own type; cannot take the first one until it is told to. */
final class PickyProjection extends StateProjection {
  static final String NAME = "picky";
  private volatile boolean takes;
  private long count;

  void takeEverything() {
    takes = true;
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
    return Set.of(Stores.NOTED_ID);
  }

  @Override
  protected void clear() {
    count = 0;
  }

  @Override
  protected void fold(EventView event) {
    if (!takes) {
      throw new IllegalStateException("not to my taste");
    }
    count++;
  }

  @Override
  protected void save(DataOutput out) throws IOException {
    out.writeLong(count);
  }

  @Override
  protected void load(DataInput in) throws IOException {
    count = in.readLong();
  }
}
