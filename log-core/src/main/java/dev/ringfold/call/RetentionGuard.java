// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.call;

import dev.ringfold.EventLog;
import dev.ringfold.Stream;
import dev.ringfold.Tailer;

/**
 * Keeps retention from the calls of a stream, and notices when it was not kept: the log counts the
 * events of every stream, also those it has deleted, so fewer in the log than there were means that
 * a call may have been paid for which nobody remembers. One thread at a time.
 */
final class RetentionGuard {
  private static final String REASON = "paid calls: without them the log would pay again";
  private static final int BATCH = 65_536;

  private final EventLog log;
  private final Stream stream;
  private boolean held;

  RetentionGuard(EventLog log, Stream stream) {
    this.log = log;
    this.stream = stream;
    this.held = log.holds().find(PaidCalls.holdName(stream)).isPresent();
  }

  /** Whether events of the stream may have been deleted: the next one must be counted. */
  boolean mustCount() {
    return !held && log.floorSequence() > 0;
  }

  /** Events of the stream that are in the log. */
  long count() {
    long count = 0;
    try (Tailer tailer = log.tailer().streams(stream).upTo(log.lastSequence()).open()) {
      int batch;
      do {
        batch = tailer.poll(event -> {}, BATCH);
        count += batch;
      } while (batch > 0);
    }
    return count;
  }

  /** From here on retention keeps everything from this sequence on. */
  void hold(long firstIntent) {
    if (!held) {
      log.holds().put(PaidCalls.holdName(stream), firstIntent, REASON);
      held = true;
    }
  }

  /** The refusal when events are missing. */
  CallConflictException missing(String key, long there, long ever) {
    return new CallConflictException(
        "Call '"
            + key
            + "' was not made: of the "
            + ever
            + " events of stream '"
            + stream.name()
            + "' only "
            + there
            + " are in the log, retention has deleted the others, and with them perhaps this call."
            + " Make paid calls in a stream of their own, and in a new one after its hold was"
            + " removed.",
        null);
  }
}
