// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ringfold.event.LedgerMark;

/**
 * The newest account of one producer in one session.
 *
 * @param sequence of the mark that says it
 * @param mark the numbers
 * @param name the producer's name
 */
record LedgerRow(long sequence, LedgerMark mark, String name) {

  /** What was offered and is neither stored nor declared as dropped: in flight, or lost. */
  long open() {
    return mark.offered() - mark.stored() - mark.dropped();
  }

  ObjectNode toJson() {
    return Json.object()
        .put("session", mark.session())
        .put("producer", mark.producer())
        .put("name", name)
        .put("offered", mark.offered())
        .put("stored", mark.stored())
        .put("dropped", mark.dropped())
        .put("open", open())
        .put("lowerBound", mark.lowerBound())
        .put("closed", mark.closing())
        .put("sequence", sequence);
  }
}
