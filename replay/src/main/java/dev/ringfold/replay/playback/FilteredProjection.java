// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.playback;

import dev.ringfold.EventView;
import dev.ringfold.projections.ForwardingProjection;
import dev.ringfold.projections.Projection;

/** A projection that sees only the events that pass, each at its time. */
final class FilteredProjection extends ForwardingProjection {
  private final EventMatcher matcher;
  private final Pacer pacer;
  private long events;

  FilteredProjection(Projection target, EventMatcher matcher, Pacer pacer) {
    super(target);
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
      super.apply(event);
      events++;
    }
  }
}
