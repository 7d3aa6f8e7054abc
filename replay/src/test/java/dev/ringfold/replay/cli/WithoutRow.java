// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.cli;

import dev.ringfold.EventView;
import dev.ringfold.projections.Position;
import dev.ringfold.projections.Projection;
import dev.ringfold.projections.ProjectionContext;
import java.io.IOException;
import java.util.List;
import java.util.Set;

/** A projection with a mistake: it forgets one event. */
final class WithoutRow implements Projection {
  private final Projection right;
  private final long forgotten;

  WithoutRow(Projection right, long forgotten) {
    this.right = right;
    this.forgotten = forgotten;
  }

  @Override
  public String name() {
    return right.name();
  }

  @Override
  public int version() {
    return right.version();
  }

  @Override
  public Set<Integer> types() {
    return right.types();
  }

  @Override
  public List<Position> committed(ProjectionContext context) throws IOException {
    return right.committed(context);
  }

  @Override
  public void open(Position position, ProjectionContext context) throws IOException {
    right.open(position, context);
  }

  @Override
  public void apply(EventView event) throws Exception {
    if (event.sequence() != forgotten) {
      right.apply(event);
    }
  }

  @Override
  public boolean commitDue() {
    return right.commitDue();
  }

  @Override
  public void commit(Position position) throws IOException {
    right.commit(position);
  }

  @Override
  public boolean dirty() {
    return right.dirty();
  }

  @Override
  public void refresh() throws IOException {
    right.refresh();
  }

  @Override
  public void reset(ProjectionContext context) throws IOException {
    right.reset(context);
  }

  @Override
  public void close() throws IOException {
    right.close();
  }
}
