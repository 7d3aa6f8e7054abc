// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.bench;

import dev.ringfold.EventView;
import dev.ringfold.projections.Position;
import dev.ringfold.projections.Projection;
import dev.ringfold.projections.ProjectionContext;
import java.io.IOException;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;

/** Another projection on a slow disk: each commit and each refresh first waits. */
final class SlowProjection implements Projection {
  private final Projection real;
  private volatile long delayNanos;

  SlowProjection(Projection real, long delayNanos) {
    this.real = real;
    this.delayNanos = delayNanos;
  }

  /** From now on the disk is as fast as it is. */
  void hurry() {
    delayNanos = 0;
  }

  private void delay() {
    long end = System.nanoTime() + delayNanos;
    for (long left = delayNanos; left > 0 && delayNanos > 0; left = end - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
  }

  @Override
  public String name() {
    return real.name();
  }

  @Override
  public int version() {
    return real.version();
  }

  @Override
  public Set<Integer> types() {
    return real.types();
  }

  @Override
  public List<Position> committed(ProjectionContext context) throws IOException {
    return real.committed(context);
  }

  @Override
  public void open(Position position, ProjectionContext context) throws IOException {
    real.open(position, context);
  }

  @Override
  public void apply(EventView event) throws Exception {
    real.apply(event);
  }

  @Override
  public boolean commitDue() {
    return real.commitDue();
  }

  @Override
  public void commit(Position position) throws IOException {
    delay();
    real.commit(position);
  }

  @Override
  public boolean dirty() {
    return real.dirty();
  }

  @Override
  public void refresh() throws IOException {
    delay();
    real.refresh();
  }

  @Override
  public long refreshIntervalNanos() {
    return real.refreshIntervalNanos();
  }

  @Override
  public OptionalLong tickAtNanos() {
    return real.tickAtNanos();
  }

  @Override
  public void reset(ProjectionContext context) throws IOException {
    real.reset(context);
  }

  @Override
  public void close() throws IOException {
    real.close();
  }
}
