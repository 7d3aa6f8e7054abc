// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.rebuild;

import dev.ringfold.EventLog;
import dev.ringfold.RingfoldException;
import dev.ringfold.Stream;
import dev.ringfold.call.CallAnswer;
import dev.ringfold.call.CallBudget;
import dev.ringfold.call.CallLimits;
import dev.ringfold.call.CallRecord;
import dev.ringfold.call.CallRequest;
import dev.ringfold.call.IdempotentProvider;
import dev.ringfold.call.OutcomeUnknownException;
import dev.ringfold.call.PaidCalls;
import dev.ringfold.call.PlainProvider;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;

/** Makes calls that cost money, of two kinds of providers, and settles what stays open. */
final class CallWork implements AutoCloseable {
  private static final Duration PAUSE = Duration.ofMillis(1);

  private final EventLog log;
  private final Stream stream;
  private final PaidCalls calls;
  private final SplittableRandom random;
  private boolean lineIsDead;

  /** Recognises a repeat. */
  private final class Simulator implements IdempotentProvider {
    @Override
    public String name() {
      return "simulator";
    }

    @Override
    public CallAnswer submit(CallRequest call) throws IOException {
      return answer(call);
    }
  }

  /** Does not. */
  private final class Laboratory implements PlainProvider {
    @Override
    public String name() {
      return "laboratory";
    }

    @Override
    public CallAnswer submit(CallRequest call) throws IOException {
      return answer(call);
    }
  }

  CallWork(EventLog log, SplittableRandom random) {
    this.log = log;
    this.random = random;
    this.stream = log.stream("calls");
    this.calls =
        PaidCalls.on(
            log,
            stream,
            CallBudget.UNLIMITED,
            CallLimits.DEFAULTS.retrying(1, PAUSE, PAUSE).patience(PAUSE));
  }

  private CallAnswer answer(CallRequest call) throws IOException {
    return switch (lineIsDead ? 0 : random.nextInt(4)) {
      case 0 -> throw new IOException("the line is dead");
      case 1 -> new CallAnswer.Refused("job-" + call.key(), 0, "not today");
      default -> new CallAnswer.Done("job-" + call.key(), random.nextInt(9), call.body());
    };
  }

  void act() {
    List<CallRecord> unsettled = calls.history().unsettled();
    try {
      if (unsettled.isEmpty() || random.nextInt(3) == 0) {
        String key = unsettled.isEmpty() ? "call-" + random.nextInt(200) : unsettled.get(0).key();
        submit(key);
      } else {
        settle(unsettled.get(random.nextInt(unsettled.size())));
      }
    } catch (RingfoldException left) {
      System.err.println(left.getMessage()); // It is open, or nobody knows; see the next time.
    }
  }

  /** A call of which nobody knows what became until somebody asks. */
  void everything() {
    settleAll();
    lineIsDead = true;
    try {
      submit("last-" + random.nextInt(1_000) + "1");
    } catch (OutcomeUnknownException expected) {
      calls.settle(expected.call().key(), true, 1, "asked by telephone");
    } finally {
      lineIsDead = false;
    }
  }

  private void submit(String key) {
    byte[] request = key.getBytes(StandardCharsets.UTF_8);
    boolean even = request[request.length - 1] % 2 == 0;
    calls.submitOnce(key, request, 10, even ? new Simulator() : new Laboratory());
  }

  private void settle(CallRecord call) {
    if (random.nextInt(3) == 0) {
      byte[] result = new byte[random.nextInt(100)];
      calls.settleWithResult(call.key(), "found", random.nextInt(9), result);
    } else {
      calls.settle(call.key(), random.nextBoolean(), random.nextInt(9), "asked by telephone");
    }
  }

  /** The calls are over: retention may have them. */
  void end() {
    settleAll();
    log.holds().remove(PaidCalls.holdName(stream));
  }

  private void settleAll() {
    for (CallRecord call : calls.history().unsettled()) {
      settle(call);
    }
  }

  @Override
  public void close() {
    calls.close();
  }
}
