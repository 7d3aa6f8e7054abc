// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.call;

import dev.ringfold.RingfoldException;
import dev.ringfold.Tailer;
import dev.ringfold.event.BuiltinTypes;
import dev.ringfold.event.CallCompleted;
import dev.ringfold.event.Event;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Finds the answers that are in the log already. A run that goes on asks for them in the order in
 * which they were stored, so one tailer is kept and goes forward. One thread at a time.
 */
final class RecordedResults implements AutoCloseable {
  /** A seek is cheaper than to read over more events than this. */
  private static final int MAX_STEP = 2_048;

  private static final byte[] NONE = {};

  private final Supplier<Tailer.Builder> tailers;
  private @Nullable Tailer tailer;
  private @Nullable Event found;
  private long foundAt = -1;

  RecordedResults(Supplier<Tailer.Builder> tailers) {
    this.tailers = tailers;
  }

  /** The answer of a call that has ended. */
  CallResult of(CallRecord call) {
    byte[] bytes = call.state() == CallState.COMPLETED ? read(call) : NONE;
    return new CallResult(call, bytes, true);
  }

  private byte[] read(CallRecord call) {
    Event event = eventAt(call.end());
    if (event instanceof CallCompleted completed && completed.intent() == call.intent()) {
      return completed.result();
    }
    throw new RingfoldException(
        "The result of call '"
            + call.key()
            + "' should be at sequence "
            + call.end()
            + " but there is "
            + (event == null ? "no end of a call" : "another one")
            + ". Run `ringfold verify` on the store.");
  }

  private @Nullable Event eventAt(long sequence) {
    if (sequence == foundAt) {
      return found;
    }
    Tailer open = tailer;
    if (open == null) {
      int type = BuiltinTypes.CALL_COMPLETED.id();
      open = tailers.get().types(type).fromSequence(sequence).open();
      tailer = open;
    } else if (sequence < open.nextSequence() || sequence - open.nextSequence() > MAX_STEP) {
      open.seek(sequence);
    }
    Tailer reader = open;
    found = null;
    foundAt = -1;
    int count = 1;
    while (count > 0 && foundAt < sequence) {
      count =
          reader.poll(
              view -> {
                foundAt = view.sequence();
                found = foundAt == sequence ? reader.decode(view) : null;
              },
              1);
    }
    return found;
  }

  @Override
  public void close() {
    Tailer open = tailer;
    if (open != null) {
      tailer = null;
      open.close();
    }
  }

  /** Throws unless a call was made with this request. */
  static void requireSameRequest(CallRecord call, byte[] request) {
    String sha256 = CallToken.sha256(request);
    if (!sha256.equals(call.requestSha256())) {
      throw new CallConflictException(
          "Call '"
              + call.key()
              + "' (sequence "
              + call.intent()
              + ") was made with another request: expected "
              + call.requestBytes()
              + " bytes with SHA-256 "
              + call.requestSha256()
              + ", found "
              + request.length
              + " with "
              + sha256
              + ". Give every call a key of its own; a resumed run must ask the same.",
          null);
    }
  }
}
