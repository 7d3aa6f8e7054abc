// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.rebuild;

import dev.ringfold.EventLogReader;
import dev.ringfold.event.EventType;
import dev.ringfold.projections.Projection;
import dev.ringfold.projections.ProjectionProvider;
import java.util.List;

/** Makes the tally and the digest known to tools, as a program's jar would. */
public final class Remarks implements ProjectionProvider {
  /** Made by {@link java.util.ServiceLoader}. */
  public Remarks() {}

  @Override
  public List<Projection> projections(EventLogReader log) {
    return List.of(new RemarkTally(), new EventDigest());
  }

  @Override
  public List<EventType<?>> types() {
    return List.of(Remark.TYPE);
  }
}
