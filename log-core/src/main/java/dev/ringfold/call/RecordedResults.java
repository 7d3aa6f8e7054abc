// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.call;

import dev.ringfold.RingfoldException;
import dev.ringfold.Tailer;
import dev.ringfold.event.CallCompleted;
import dev.ringfold.event.Event;

/** Finds the answers that are in the log already. */
final class RecordedResults {
  private static final byte[] NONE = {};

  private RecordedResults() {}

  /** The answer of a call that has ended. */
  static CallResult of(CallRecord call, Tailer.Builder tailers) {
    byte[] bytes = call.state() == CallState.COMPLETED ? read(call, tailers) : NONE;
    return new CallResult(call, bytes, true);
  }

  private static byte[] read(CallRecord call, Tailer.Builder tailers) {
    Event[] found = new Event[1];
    try (Tailer tailer = tailers.fromSequence(call.end()).upTo(call.end()).open()) {
      tailer.poll(view -> found[0] = tailer.decode(view), 1);
    }
    if (found[0] instanceof CallCompleted completed && completed.intent() == call.intent()) {
      return completed.result();
    }
    throw new RingfoldException(
        "The result of call '"
            + call.key()
            + "' should be at sequence "
            + call.end()
            + " but there is "
            + found[0]
            + ". Run `ringfold verify` on the store.");
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
