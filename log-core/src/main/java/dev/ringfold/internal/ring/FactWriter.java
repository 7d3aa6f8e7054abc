// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.internal.ring;

import dev.ringfold.event.Event;
import dev.ringfold.event.EventFormat;
import dev.ringfold.event.EventType;
import dev.ringfold.event.EventTypes;
import dev.ringfold.event.PayloadWriter;
import dev.ringfold.internal.journal.FrameAssembler;

/** Encodes the log's own facts as events of stream 0 and producer 0. Used by one thread. */
public final class FactWriter {
  private static final int MAX_FACT_LENGTH = 4_096;

  private final EventTypes types = EventTypes.builtin();
  private final PayloadWriter payload = new PayloadWriter(MAX_FACT_LENGTH, MAX_FACT_LENGTH);

  /** Creates a writer. */
  public FactWriter() {}

  /** Adds a fact to the frame; false when it does not fit. */
  public boolean add(FrameAssembler frame, Event fact, long logTimeNanos) {
    EventType<?> type = types.typeOf(fact);
    payload.reset(EventFormat.HEADER_LENGTH);
    type.encode(fact, payload);
    int length = payload.position();
    if (!frame.fits(length)) {
      return false;
    }
    EventHeader.put(
        payload.array(), 0, length, type.id(), type.schemaVersion(), 0, 0, 0, logTimeNanos);
    frame.add(payload.array(), 0, length, 1);
    return true;
  }
}
