// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint;

import dev.ringfold.EventLog;
import dev.ringfold.projections.Projection;
import dev.ringfold.writers.checkpoint.format.ZarrVersion;
import java.util.List;

/** The projections that make files for other programs out of checkpoints. */
final class TreeProjections {
  private TreeProjections() {}

  /** Those of a store that is open; the runtime starts them. */
  static List<Projection> of(EventLog log, ZarrVersion zarr) {
    return List.of();
  }
}
