// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.call;

import dev.ringfold.EventLog;
import dev.ringfold.EventTooLargeException;
import dev.ringfold.LogClosedException;
import dev.ringfold.RingTimeoutException;
import dev.ringfold.Stream;
import dev.ringfold.event.CallCompleted;
import dev.ringfold.internal.io.FaultPoint;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Decides what a key means and writes before and after a call; the lock is not held while a
 * provider is asked.
 */
final class LivePaidCalls implements PaidCalls {
  private static final String CUT_OFF =
      "The process that made it ended before the answer was stored, and the provider neither"
          + " recognises a repeat nor finds a call.";

  /** A call to be made now. */
  private record Turn(CallRecord call, CallDialogue dialogue) {}

  private final CallJournal journal;
  private final CallBudget budget;
  private final CallLimits limits;
  private final CallClock clock;

  private final Object lock = new Object();
  private final CallGate gate;

  /** Keys of calls that are being made, with their threads. */
  private final Map<String, Thread> underWay = new HashMap<>();

  /** Ends that the log did not take yet. */
  private final Map<String, CallCompleted> unstored = new HashMap<>();

  private boolean released;

  private LivePaidCalls(
      CallJournal journal, CallBudget budget, CallLimits limits, CallClock clock) {
    this.journal = journal;
    this.budget = budget;
    this.limits = limits;
    this.clock = clock;
    this.gate = new CallGate(journal::isWritable);
  }

  static LivePaidCalls open(
      EventLog log, Stream stream, CallBudget budget, CallLimits limits, CallClock clock) {
    return new LivePaidCalls(CallJournal.open(log, stream, limits), budget, limits, clock);
  }

  @Override
  public CallResult submitOnce(String key, byte[] request, double costLimit, Provider provider) {
    checkArguments(key, request, costLimit, provider);
    Turn turn;
    synchronized (lock) {
      requireFree(key);
      CallRecord call = journal.find(key);
      if (call != null && call.state() != CallState.RELEASED) {
        RecordedResults.requireSameRequest(call, request);
        CallResult known = known(call);
        if (known != null) {
          return known;
        }
        turn = resume(call, request, provider);
      } else {
        turn = begin(key, request, costLimit, provider);
      }
      underWay.put(key, Thread.currentThread());
    }
    try {
      Verdict verdict = turn.dialogue().with(provider);
      FaultPoint.hit("call.answered");
      synchronized (lock) {
        return end(turn.call(), verdict);
      }
    } finally {
      synchronized (lock) {
        underWay.remove(key);
        lock.notifyAll();
        releaseWhenDone();
      }
    }
  }

  private void checkArguments(String key, byte[] request, double costLimit, Provider provider) {
    int keyBytes = key.getBytes(StandardCharsets.UTF_8).length;
    if (keyBytes < 1 || keyBytes > MAX_KEY_LENGTH) {
      throw new IllegalArgumentException(
          "the key of a call must be 1 to "
              + MAX_KEY_LENGTH
              + " bytes of UTF-8 but has "
              + keyBytes);
    }
    int nameLength = provider.name().length();
    if (nameLength < 1 || nameLength > Provider.MAX_NAME_LENGTH) {
      throw new IllegalArgumentException(
          "the name of a provider must be 1 to "
              + Provider.MAX_NAME_LENGTH
              + " characters but has "
              + nameLength);
    }
    Costs.requireLimit("The cost limit of a call", costLimit);
    if (request.length > limits.maxRequestBytes()) {
      throw new EventTooLargeException(
          "The request of call '"
              + key
              + "' has "
              + request.length
              + " bytes, but the limit is "
              + limits.maxRequestBytes()
              + ". Put bulk bytes into the blob store and name them in the request.");
    }
  }

  private void requireFree(String key) {
    if (gate.isShut()) {
      throw new LogClosedException(
          "The paid calls of stream '" + journal.streamName() + "' are closed.");
    }
    if (underWay.containsKey(key)) {
      throw new IllegalStateException(
          "call '" + key + "' is being made by another thread; a key is one call");
    }
  }

  /** The answer of a call that has ended, or null; throws when it never can be known. */
  private @Nullable CallResult known(CallRecord call) {
    CallCompleted end = unstored.get(call.key());
    if (end != null) {
      return store(call, end);
    }
    if (call.state() == CallState.UNKNOWN) {
      throw new OutcomeUnknownException(call, null);
    }
    return call.state() == CallState.OPEN ? null : journal.recorded(call);
  }

  private Turn begin(String key, byte[] request, double costLimit, Provider provider) {
    requireNoneUnknown();
    double limit = budget.limitOf(costLimit);
    budget.check(key, journal.fold().spent(), journal.fold().reserved(), limit);
    CallRecord call = journal.intend(key, request, limit, provider);
    FaultPoint.hit("call.intended");
    return new Turn(call, dialogue(call, request, true));
  }

  private Turn resume(CallRecord call, byte[] request, Provider provider) {
    requireSameProvider(call, provider);
    if (call.kind() == ProviderKind.PLAIN) {
      throw new OutcomeUnknownException(journal.leaveOpen(call, CUT_OFF), null);
    }
    requireNoneUnknown();
    return new Turn(call, dialogue(call, request, false));
  }

  private CallDialogue dialogue(CallRecord call, byte[] request, boolean fresh) {
    CallRequest asked =
        new CallRequest(call.key(), call.token(), request, call.costLimit(), call.attempt());
    return new CallDialogue(limits, clock, gate, asked, fresh, journal.ageNanos(call));
  }

  private void requireNoneUnknown() {
    CallRecord unknown = journal.fold().firstUnknown();
    if (unknown != null) {
      throw new OutcomeUnknownException(unknown, null);
    }
  }

  private static void requireSameProvider(CallRecord call, Provider provider) {
    ProviderKind kind = ProviderKind.of(provider);
    if (!call.provider().equals(provider.name()) || call.kind() != kind) {
      throw new CallConflictException(
          "Call '"
              + call.key()
              + "' (sequence "
              + call.intent()
              + ") is open at provider '"
              + call.provider()
              + "' ("
              + call.kind()
              + ") and cannot be taken up with '"
              + provider.name()
              + "' ("
              + kind
              + "). Resume it with the same provider, or settle it.",
          null);
    }
  }

  private CallResult end(CallRecord call, Verdict verdict) {
    if (verdict instanceof Verdict.Final last) {
      return store(call, journal.completion(call, last.answer()));
    }
    if (verdict instanceof Verdict.Unknown unknown) {
      CallRecord left = journal.leaveOpen(call, unknown.reason());
      throw new OutcomeUnknownException(left, unknown.cause());
    }
    if (verdict instanceof Verdict.NotSent notSent) {
      CallRecord released = journal.settle(call, false, 0, notSent.reason());
      throw new CallOpenException(released, notSent.reason(), notSent.cause());
    }
    Verdict.Open open = (Verdict.Open) verdict;
    throw new CallOpenException(call, open.reason(), open.cause());
  }

  /** What was paid for is kept until the log takes it. */
  private CallResult store(CallRecord call, CallCompleted end) {
    unstored.put(call.key(), end);
    CallRecord ended = journal.complete(call, end);
    unstored.remove(call.key());
    FaultPoint.hit("call.completed");
    return ended.state() == CallState.COMPLETED
        ? new CallResult(ended, end.result(), false)
        : journal.recorded(ended);
  }

  @Override
  public CallRecord settle(String key, boolean submitted, double cost, String note) {
    Costs.require("The cost of a call", cost);
    synchronized (lock) {
      return journal.settle(unsettled(key), submitted, cost, note);
    }
  }

  @Override
  public CallResult settleWithResult(String key, String jobId, double cost, byte[] result) {
    CallAnswer.Done done = new CallAnswer.Done(jobId, cost, result);
    synchronized (lock) {
      CallRecord call = unsettled(key);
      return store(call, journal.completion(call, done));
    }
  }

  private CallRecord unsettled(String key) {
    requireFree(key);
    CallRecord call = journal.find(key);
    if (call == null || !call.state().isUnsettled() || unstored.containsKey(key)) {
      throw new CallConflictException(
          "Call '"
              + key
              + "' of stream '"
              + journal.streamName()
              + "' cannot be settled: expected one that is open or unknown, found "
              + (call == null ? "none" : call.state())
              + ". `ringfold calls list` shows them.",
          null);
    }
    return call;
  }

  @Override
  public CallHistory history() {
    synchronized (lock) {
      return new CallHistory(journal.fold());
    }
  }

  @Override
  public double spent() {
    synchronized (lock) {
      return journal.fold().spent();
    }
  }

  @Override
  public void close() {
    gate.shut();
    synchronized (lock) {
      String key = awaitOthers();
      releaseWhenDone();
      if (key != null) {
        throw new RingTimeoutException(
            "Call '"
                + key
                + "' of stream '"
                + journal.streamName()
                + "' is still at its provider after "
                + limits.ackTimeout()
                + ", or the wait was interrupted. Its answer will be stored if the log stays open;"
                + " close the calls again before the log, or another process could make it a second"
                + " time.");
      }
    }
  }

  /** Waits for the calls of other threads; the key of one that did not end in time, or null. */
  private @Nullable String awaitOthers() {
    long deadline = System.nanoTime() + limits.ackTimeout().toNanos();
    while (true) {
      String key = underWayElsewhere();
      long left = deadline - System.nanoTime();
      if (key == null || left <= 0) {
        return key;
      }
      try {
        // At least a millisecond: 0 would be for ever.
        lock.wait(1 + TimeUnit.NANOSECONDS.toMillis(left));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return underWayElsewhere();
      }
    }
  }

  private @Nullable String underWayElsewhere() {
    for (Map.Entry<String, Thread> call : underWay.entrySet()) {
      if (call.getValue() != Thread.currentThread()) {
        return call.getKey();
      }
    }
    return null;
  }

  /** The last one gives the stream free: until then no other may take its calls up. */
  private void releaseWhenDone() {
    if (gate.isShut() && underWay.isEmpty() && !released) {
      released = true;
      journal.close();
    }
  }
}
