// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.cli;

import dev.ringfold.EventView;
import dev.ringfold.projections.ForwardingProjection;
import dev.ringfold.projections.Projection;

/** A projection with a mistake: it forgets one event. */
final class WithoutRow extends ForwardingProjection {
  private final long forgotten;

  WithoutRow(Projection right, long forgotten) {
    super(right);
    this.forgotten = forgotten;
  }

  @Override
  public void apply(EventView event) throws Exception {
    if (event.sequence() != forgotten) {
      super.apply(event);
    }
  }
}
