// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.call;

import dev.ringfold.AckLevel;
import dev.ringfold.AppendOptions;
import dev.ringfold.AppendOutcome;
import dev.ringfold.EventLog;
import dev.ringfold.EventTooLargeException;
import dev.ringfold.Producer;
import dev.ringfold.Receipt;
import dev.ringfold.RingTimeoutException;
import dev.ringfold.RingfoldException;
import dev.ringfold.Stream;
import dev.ringfold.event.CallCompleted;
import dev.ringfold.event.CallIntended;
import dev.ringfold.event.CallLeftOpen;
import dev.ringfold.event.CallSettled;
import dev.ringfold.event.Event;
import dev.ringfold.event.HealthState;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes the facts about the calls of one stream, each on the disk when a method returns, and folds
 * them. Its producer's name keeps a second one from the same stream. One thread at a time.
 */
final class CallJournal implements AutoCloseable {
  /** Tag of an intent: an index finds a call by its key. */
  static final String TAG = "call";

  private static final int MAX_COUNTS = 16;

  private static final long NANOS_PER_SECOND = 1_000_000_000L;

  private final EventLog log;
  private final Stream stream;
  private final CallLimits limits;
  private final Producer producer;
  private final CallFold fold;
  private final RecordedResults results;
  private final RetentionGuard guard;

  /** Intents without an answer from the log: stored or not. Their calls were not sent. */
  private final Map<String, CallIntended> unacknowledged = new HashMap<>();

  private CallJournal(
      EventLog log, Stream stream, CallLimits limits, Producer producer, CallFold fold) {
    this.log = log;
    this.stream = stream;
    this.limits = limits;
    this.producer = producer;
    this.fold = fold;
    this.results = new RecordedResults(log::tailer);
    this.guard = new RetentionGuard(log, stream);
  }

  static CallJournal open(EventLog log, Stream stream, CallLimits limits) {
    Producer producer = log.producer("paid-calls-" + stream.id());
    try {
      CallFold fold = CallFold.read(log.tailer(), log.lastSequence(), stream.key());
      // What a power loss could still undo must not be believed.
      if (!log.awaitDurable(fold.lastSequence(), limits.ackTimeout())) {
        throw new RingTimeoutException(
            "Sequence "
                + fold.lastSequence()
                + " did not reach the disk within "
                + limits.ackTimeout()
                + ". Open the paid calls again when the disk answers.");
      }
      return new CallJournal(log, stream, limits, producer, fold);
    } catch (RuntimeException | Error e) {
      producer.close();
      throw e;
    }
  }

  CallFold fold() {
    return fold;
  }

  /** The newest attempt at a call, or null. */
  @Nullable CallRecord find(String key) {
    return fold.newest(stream.key(), key);
  }

  /** Name of the stream. */
  String streamName() {
    return stream.name();
  }

  /** Whether the log may still take a fact: it has not failed and is not closed. */
  boolean isWritable() {
    HealthState state = log.health().state();
    return state != HealthState.CLOSED && state != HealthState.FAILED;
  }

  /** The recorded answer of a call that has ended. */
  CallResult recorded(CallRecord call) {
    return results.of(call);
  }

  /** Log time since a call's intent. */
  long ageNanos(CallRecord call) {
    return Math.max(0, Duration.between(call.intendedAt(), log.logTime()).toNanos());
  }

  /** Stores an intent. */
  CallRecord intend(String key, byte[] request, double costLimit, Provider provider) {
    CallRecord before = find(key);
    int attempt = before == null ? 1 : before.attempt() + 1;
    CallIntended intent =
        new CallIntended(
            ProviderKind.of(provider).code(),
            costLimit,
            key,
            provider.name(),
            CallToken.of(log.storeId(), stream.key(), key, attempt),
            request.clone());
    CallIntended earlier = unacknowledged.get(key);
    return intend(intent, earlier);
  }

  private CallRecord intend(CallIntended intent, @Nullable CallIntended earlier) {
    AppendOutcome outcome;
    try {
      unacknowledged.put(intent.key(), intent);
      outcome = appendIntent(intent);
    } catch (EventTooLargeException e) {
      unacknowledged.remove(intent.key());
      throw e;
    }
    unacknowledged.remove(intent.key());
    boolean repeated = outcome instanceof AppendOutcome.Duplicate && intent.equals(earlier);
    if (!(outcome instanceof AppendOutcome.Appended) && !repeated) {
      throw new CallConflictException(
          "The log holds an intent of call '"
              + intent.key()
              + "' (token "
              + intent.token()
              + ") that stream '"
              + stream.name()
              + "' does not show: "
              + outcome
              + ". Its segment was deleted, or a request of this key was not acknowledged before."
              + " Nothing was sent; look the token up at the provider, and use another key.",
          null);
    }
    CallRecord call = take(intent, outcome);
    guard.hold(fold.firstIntent());
    return call;
  }

  private AppendOutcome appendIntent(CallIntended intent) {
    for (int i = 0; guard.mustCount() && i < MAX_COUNTS; i++) {
      long there = guard.count();
      AppendOutcome outcome = append(intent, options(intent).expectVersion(there));
      if (!(outcome instanceof AppendOutcome.VersionConflict conflict)) {
        return outcome;
      }
      // Others may write to the stream as well; then it is counted again.
      if (conflict.actual() > guard.count()) {
        unacknowledged.remove(intent.key());
        throw guard.missing(intent.key(), there, conflict.actual());
      }
    }
    if (guard.mustCount()) {
      throw new RingfoldException(
          "Others write to stream '"
              + stream.name()
              + "' all the time, so it cannot be told whether calls were deleted from it. Make paid"
              + " calls in a stream of their own.");
    }
    return append(intent, options(intent));
  }

  private static AppendOptions options(CallIntended intent) {
    return AppendOptions.NONE.key("ringfold call " + intent.token()).tag(TAG, intent.key());
  }

  /** The fact that a call ended with this answer; what is too long to keep is left out. */
  CallCompleted completion(CallRecord call, CallAnswer answer) {
    if (answer instanceof CallAnswer.Done done) {
      return done.result().length <= limits.maxResultBytes()
          ? new CallCompleted(call.intent(), true, done.cost(), done.jobId(), done.result().clone())
          : tooLong(call.intent(), done.cost(), done.jobId(), done.result().length);
    }
    if (answer instanceof CallAnswer.Refused refused) {
      byte[] reason = refused.reason().getBytes(StandardCharsets.UTF_8);
      return reason.length <= limits.maxResultBytes()
          ? new CallCompleted(call.intent(), false, refused.cost(), refused.jobId(), reason)
          : tooLong(call.intent(), refused.cost(), refused.jobId(), reason.length);
    }
    throw new IllegalArgumentException("not an end of a call: " + answer);
  }

  private static CallCompleted tooLong(long intent, double cost, String jobId, int length) {
    String text =
        "The answer has "
            + length
            + " bytes, more than can be kept; fetch it as job '"
            + jobId
            + "' from the provider.";
    return new CallCompleted(intent, false, cost, jobId, text.getBytes(StandardCharsets.UTF_8));
  }

  /** Stores the end of a call. A repeat of the same end is the same event. */
  CallRecord complete(CallRecord call, CallCompleted completed) {
    AppendOptions options = AppendOptions.NONE.key("ringfold result " + call.token());
    try {
      return take(completed, append(completed, options));
    } catch (EventTooLargeException e) {
      CallCompleted shorter =
          tooLong(call.intent(), completed.cost(), completed.jobId(), completed.result().length);
      return take(shorter, append(shorter, options));
    }
  }

  CallRecord leaveOpen(CallRecord call, String reason) {
    CallLeftOpen left = new CallLeftOpen(call.intent(), reason);
    return take(left, append(left, AppendOptions.NONE));
  }

  CallRecord settle(CallRecord call, boolean submitted, double cost, String note) {
    CallSettled settled = new CallSettled(call.intent(), submitted, cost, note);
    return take(settled, append(settled, AppendOptions.NONE));
  }

  /** Waits for the disk also in a thread that was interrupted: this must not get lost. */
  private AppendOutcome append(Event event, AppendOptions options) {
    boolean interrupted = !(event instanceof CallIntended) && Thread.interrupted();
    try {
      return producer.appendAndAwait(stream, event, AckLevel.DISK, options, limits.ackTimeout());
    } finally {
      producer.handOver();
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private CallRecord take(Event event, AppendOutcome outcome) {
    Receipt receipt = outcome.receipt();
    long nanos = receipt.logTimeNanos();
    Instant time =
        Instant.ofEpochSecond(
            Math.floorDiv(nanos, NANOS_PER_SECOND), Math.floorMod(nanos, NANOS_PER_SECOND));
    CallRecord call =
        fold.apply(stream.key(), event, new CallRecord.Place(receipt.firstSequence(), time));
    if (call == null) {
      throw new AssertionError("no call for " + event);
    }
    return call;
  }

  @Override
  public void close() {
    results.close();
    producer.close();
  }
}
