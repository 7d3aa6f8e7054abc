// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.playback;

import dev.ringfold.EventView;
import dev.ringfold.projections.Position;
import dev.ringfold.projections.Projection;
import dev.ringfold.projections.ProjectionContext;
import java.io.IOException;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;

/** A projection that sees only the events that pass, each at its time. */
final class FilteredProjection implements Projection {
  private final Projection target;
  private final EventMatcher matcher;
  private final Pacer pacer;
  private long events;

  FilteredProjection(Projection target, EventMatcher matcher, Pacer pacer) {
    this.target = target;
    this.matcher = matcher;
    this.pacer = pacer;
  }

  /** Events it saw. */
  long events() {
    return events;
  }

  @Override
  public void apply(EventView event) throws Exception {
    if (matcher.passes(event)) {
      // When it is stopped in a pause, this event is still taken: it was consumed.
      pacer.await(event);
      target.apply(event);
      events++;
    }
  }

  @Override
  public String name() {
    return target.name();
  }

  @Override
  public int version() {
    return target.version();
  }

  @Override
  public Set<Integer> types() {
    return target.types();
  }

  @Override
  public List<Position> committed(ProjectionContext context) throws IOException {
    return target.committed(context);
  }

  @Override
  public void open(Position position, ProjectionContext context) throws IOException {
    target.open(position, context);
  }

  @Override
  public boolean commitDue() {
    return target.commitDue();
  }

  @Override
  public void commit(Position position) throws IOException {
    target.commit(position);
  }

  @Override
  public boolean dirty() {
    return target.dirty();
  }

  @Override
  public void refresh() throws IOException {
    target.refresh();
  }

  @Override
  public long refreshIntervalNanos() {
    return target.refreshIntervalNanos();
  }

  @Override
  public OptionalLong tickAtNanos() {
    return target.tickAtNanos();
  }

  @Override
  public void reset(ProjectionContext context) throws IOException {
    target.reset(context);
  }

  @Override
  public void close() throws IOException {
    target.close();
  }
}
