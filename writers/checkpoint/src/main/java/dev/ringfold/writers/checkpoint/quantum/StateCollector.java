// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.quantum;

import dev.ringfold.EventLog;
import dev.ringfold.blob.BlobRef;
import java.util.List;

/** Frees what removed versions alone named. */
final class StateCollector {
  private StateCollector() {}

  static long collect(EventLog log, List<BlobRef> removed) {
    return 0;
  }
}
