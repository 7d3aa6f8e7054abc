// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.vqe;

import dev.ringfold.EventLog;
import dev.ringfold.LogOption;
import dev.ringfold.call.CallAnswer;
import dev.ringfold.call.CallBudget;
import dev.ringfold.call.CallLimits;
import dev.ringfold.call.CallOpenException;
import dev.ringfold.call.CallRecord;
import dev.ringfold.call.CallResult;
import dev.ringfold.call.OutcomeUnknownException;
import dev.ringfold.call.PaidCalls;
import dev.ringfold.call.Provider;
import dev.ringfold.call.ProviderKind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/**
 * A process that makes paid calls, one after the other, until it has made so many or is killed; the
 * next one goes on where it was. It is also the person who looks at the provider's list when the
 * outcome of a call is unknown.
 */
final class PayingClient {
  private static final int MAX_REPEATS = 200;
  private static final int OVERLAP = 3;

  /** More than any job is late. */
  private static final Duration PERSON_LOOKS_AFTER = Duration.ofMillis(800);

  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private static final CallLimits LIMITS =
      CallLimits.DEFAULTS.retrying(40, Duration.ofMillis(20), Duration.ofMillis(200));

  private final JobClient client;
  private final Provider provider;
  private final PaidCalls calls;
  private final String stream;

  private PayingClient(JobClient client, ProviderKind kind, PaidCalls calls) {
    this.client = client;
    this.provider = client.provider(kind);
    this.calls = calls;
    this.stream = stream(kind);
  }

  static String stream(ProviderKind kind) {
    return "paid-" + kind;
  }

  static String body(String stream, String key) {
    return stream + " " + key;
  }

  /** Runs: store, simulator's directory, kind of provider, calls to make. */
  public static void main(String[] arguments) throws IOException {
    ProviderKind kind = ProviderKind.valueOf(arguments[2]);
    try (EventLog log =
            EventLog.builder(Path.of(arguments[0]))
                .environment(Map.of())
                .set(LogOption.RING_SLOTS, 4096)
                .set(LogOption.SEGMENT_BYTES, 1 << 20)
                .set(LogOption.BLOCK_BYTES, 256 << 10)
                .set(LogOption.RESERVE_BYTES, 256 << 10)
                .build();
        PaidCalls calls =
            PaidCalls.on(log, log.stream(stream(kind)), CallBudget.UNLIMITED, LIMITS)) {
      new PayingClient(new JobClient(Path.of(arguments[1])), kind, calls)
          .make(Integer.parseInt(arguments[3]));
    }
    System.out.println("done");
  }

  private void make(int newCalls) throws IOException {
    long known = calls.history().calls().stream().map(CallRecord::key).distinct().count();
    int made = 0;
    for (long i = Math.max(0, known - OVERLAP); made < newCalls; i++) {
      String key = "call-" + i;
      CallResult result = call(key);
      if (!result.text().equals("result of " + body(stream, key))) {
        throw new AssertionError(key + " got " + result.text());
      }
      made += result.recorded() ? 0 : 1;
    }
  }

  private CallResult call(String key) throws IOException {
    byte[] request = body(stream, key).getBytes(StandardCharsets.UTF_8);
    for (int i = 0; i < MAX_REPEATS; i++) {
      try {
        return calls.submitOnce(key, request, 1, provider);
      } catch (OutcomeUnknownException e) {
        settle(e.call());
      } catch (CallOpenException e) {
        pause(Duration.ofMillis(50));
      }
    }
    throw new AssertionError(key + " did not end");
  }

  private void settle(CallRecord call) throws IOException {
    pause(PERSON_LOOKS_AFTER);
    CallAnswer seen = look(call);
    if (seen instanceof CallAnswer.Done done) {
      calls.settleWithResult(call.key(), done.jobId(), done.cost(), done.result());
    } else {
      calls.settle(call.key(), false, 0, "not in the provider's list");
    }
  }

  /** The provider may be dead: whoever looks is patient. */
  private CallAnswer look(CallRecord call) throws IOException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      try {
        return client.look(body(stream, call.key()));
      } catch (IOException e) {
        if (System.nanoTime() > deadline) {
          throw e;
        }
        pause(Duration.ofMillis(50));
      }
    }
  }

  /** A single park may end at once: the log wakes this thread too. */
  private static void pause(Duration time) {
    long end = System.nanoTime() + time.toNanos();
    for (long left = time.toNanos(); left > 0; left = end - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
  }
}
