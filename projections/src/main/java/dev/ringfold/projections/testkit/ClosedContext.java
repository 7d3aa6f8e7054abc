// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.projections.testkit;

import dev.ringfold.EventView;
import dev.ringfold.LogNames;
import dev.ringfold.event.Event;
import dev.ringfold.projections.ProjectionContext;
import java.nio.file.Path;

/** The surroundings of a projection that is not open: there are places, but no events. */
record ClosedContext(String storeId, Path outputs, Path snapshots) implements ProjectionContext {
  @Override
  public LogNames names() {
    throw new IllegalStateException("the projection is not open");
  }

  @Override
  public long consuming() {
    return -1;
  }

  @Override
  public Event decode(EventView event) {
    throw new IllegalStateException("the projection is not open");
  }
}
