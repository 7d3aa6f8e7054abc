// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.projections;

import dev.ringfold.EventView;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Another projection with something around it: everything goes to it unless a subclass says
 * otherwise. Used as the projection itself is.
 */
public abstract class ForwardingProjection implements Projection {
  private final Projection target;

  /** Wraps a projection, which nobody else uses from now on. */
  protected ForwardingProjection(Projection target) {
    this.target = Objects.requireNonNull(target, "target");
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
  public void apply(EventView event) throws Exception {
    target.apply(event);
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
  public void showAll() throws IOException {
    target.showAll();
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
  public boolean needsUncommitted() {
    return target.needsUncommitted();
  }

  @Override
  public List<String> outputNames() {
    return target.outputNames();
  }

  @Override
  public OptionalInt outputVersion(ProjectionContext context) throws IOException {
    return target.outputVersion(context);
  }

  @Override
  public Optional<List<OutputFile>> finishedFiles(Position position, ProjectionContext context)
      throws IOException {
    return target.finishedFiles(position, context);
  }

  @Override
  public List<OutputProblem> verify(ProjectionContext context, boolean full) throws IOException {
    return target.verify(context, full);
  }

  @Override
  public void exchanged(ProjectionContext context) throws IOException {
    target.exchanged(context);
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
