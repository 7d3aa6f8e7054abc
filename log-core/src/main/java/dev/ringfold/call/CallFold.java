// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.call;

import dev.ringfold.EventHandler;
import dev.ringfold.RingfoldException;
import dev.ringfold.Tailer;
import dev.ringfold.event.BuiltinTypes;
import dev.ringfold.event.CallCompleted;
import dev.ringfold.event.CallIntended;
import dev.ringfold.event.CallLeftOpen;
import dev.ringfold.event.CallSettled;
import dev.ringfold.event.Event;
import dev.ringfold.event.StreamKey;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The calls of a log as its events tell them: one record an attempt, and what was spent. About 600
 * bytes a call; requests and results stay in the log. One thread at a time.
 */
final class CallFold {
  /** Most calls that are folded; their sum must be exact, so there is no forgetting old ones. */
  static final int MAX_CALLS = 250_000;

  private static final int BATCH = 4_096;

  private record Name(StreamKey stream, String key) {}

  private final Map<Long, CallRecord> calls = new LinkedHashMap<>();
  private final TreeMap<Long, CallRecord> unsettled = new TreeMap<>();
  private final Map<Name, Long> newest = new HashMap<>();
  private double spent;
  private long lastSequence = -1;

  /**
   * Folds what is in a log.
   *
   * @param upTo last sequence that counts, -1 for none
   * @param only the stream to fold, or null for all
   */
  static CallFold read(Tailer.Builder tailers, long upTo, @Nullable StreamKey only) {
    CallFold fold = new CallFold();
    if (upTo < 0) {
      return fold;
    }
    tailers.types(
        BuiltinTypes.CALL_INTENDED.id(),
        BuiltinTypes.CALL_COMPLETED.id(),
        BuiltinTypes.CALL_LEFT_OPEN.id(),
        BuiltinTypes.CALL_SETTLED.id());
    if (only != null) {
      tailers.streams(only.name());
    }
    try (Tailer tailer = tailers.upTo(upTo).open()) {
      EventHandler handler =
          view -> {
            StreamKey stream = view.stream();
            if (only == null || only.equals(stream)) {
              CallRecord.Place place = new CallRecord.Place(view.sequence(), view.logTime());
              fold.apply(stream, tailer.decode(view), place);
            }
          };
      int count;
      do {
        count = tailer.poll(handler, BATCH);
      } while (count > 0);
    }
    return fold;
  }

  /** Takes an event in; the call it is about, or null when its intent is not known. */
  @Nullable CallRecord apply(StreamKey stream, Event event, CallRecord.Place place) {
    lastSequence = place.sequence();
    if (event instanceof CallIntended intended) {
      return begin(stream, intended, place);
    }
    if (event instanceof CallCompleted completed) {
      return complete(completed, place);
    }
    if (event instanceof CallLeftOpen left) {
      return end(left.intent(), CallState.UNKNOWN, place, 0, "", 0, left.reason());
    }
    if (event instanceof CallSettled settled) {
      CallState state = settled.submitted() ? CallState.SETTLED : CallState.RELEASED;
      return end(settled.intent(), state, place, settled.cost(), "", 0, settled.note());
    }
    return null;
  }

  private CallRecord begin(StreamKey stream, CallIntended intended, CallRecord.Place place) {
    if (calls.size() >= MAX_CALLS) {
      throw new RingfoldException(
          "There are more than "
              + MAX_CALLS
              + " paid calls in stream '"
              + stream.name()
              + "'. Go on in a new stream.");
    }
    CallRecord before = newest(stream, intended.key());
    CallRecord call =
        new CallRecord(
            stream,
            intended.key(),
            before == null ? 1 : before.attempt() + 1,
            intended.provider(),
            ProviderKind.ofCode(intended.kind()),
            intended.token(),
            intended.costLimit(),
            intended.request().length,
            CallToken.sha256(intended.request()),
            place.sequence(),
            place.logTime(),
            CallState.OPEN,
            -1,
            null,
            0,
            "",
            0,
            "");
    newest.put(new Name(stream, intended.key()), place.sequence());
    put(call);
    return call;
  }

  private @Nullable CallRecord complete(CallCompleted completed, CallRecord.Place place) {
    boolean good = completed.good();
    byte[] result = completed.result();
    return end(
        completed.intent(),
        good ? CallState.COMPLETED : CallState.REFUSED,
        place,
        completed.cost(),
        completed.jobId(),
        good ? result.length : 0,
        good ? "" : new String(result, StandardCharsets.UTF_8));
  }

  private @Nullable CallRecord end(
      long intent,
      CallState state,
      CallRecord.Place place,
      double cost,
      String jobId,
      int resultBytes,
      String note) {
    CallRecord call = calls.get(intent);
    if (call == null) {
      return null;
    }
    CallRecord ended = call.ended(state, place, cost, jobId, resultBytes, note);
    spent += cost - call.cost();
    put(ended);
    return ended;
  }

  private void put(CallRecord call) {
    calls.put(call.intent(), call);
    if (call.state().isUnsettled()) {
      unsettled.put(call.intent(), call);
    } else {
      unsettled.remove(call.intent());
    }
  }

  /** The newest attempt at a call, or null. */
  @Nullable CallRecord newest(StreamKey stream, String key) {
    Long intent = newest.get(new Name(stream, key));
    return intent == null ? null : calls.get(intent);
  }

  /** The oldest call whose outcome is unknown, or null. */
  @Nullable CallRecord firstUnknown() {
    for (CallRecord call : unsettled.values()) {
      if (call.state() == CallState.UNKNOWN) {
        return call;
      }
    }
    return null;
  }

  /** All attempts by the sequence of their intents. */
  List<CallRecord> calls() {
    return new ArrayList<>(calls.values());
  }

  double spent() {
    return spent;
  }

  /** The limits of all calls whose cost is not known yet. */
  double reserved() {
    double sum = 0;
    for (CallRecord call : unsettled.values()) {
      sum += call.reserved();
    }
    return sum;
  }

  /** Sequence of the oldest intent; there is one. */
  long firstIntent() {
    return calls.keySet().iterator().next();
  }

  /** Newest sequence that was taken in, -1 for none. */
  long lastSequence() {
    return lastSequence;
  }
}
