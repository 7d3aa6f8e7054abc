// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringfold.EventLog;
import dev.ringfold.LogFixture;
import dev.ringfold.RingTimeoutException;
import dev.ringfold.RingfoldException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Paid calls that are closed, or whose log is, while another thread makes a call. */
class ClosedCallsTest {
  private static final byte[] REQUEST = "a".getBytes(StandardCharsets.UTF_8);
  private static final long SAFETY_SECONDS = 60;
  private static final long LOOK_MILLIS = 5;

  @TempDir Path directory;

  private final FakeProviders fake = new FakeProviders();
  private final CountDownLatch begun = new CountDownLatch(1);
  private final CountDownLatch goOn = new CountDownLatch(1);

  /** A pause of the first process: its time is over when the second one has looked. */
  private final class HeldClock implements CallClock {
    private final FakeClock time = new FakeClock();

    @Override
    public long nanos() {
      return time.nanos();
    }

    @Override
    public boolean pause(long nanos, CountDownLatch end) throws InterruptedException {
      if (nanos < Duration.ofSeconds(1).toNanos()) {
        return time.pause(nanos, end);
      }
      begun.countDown();
      long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(SAFETY_SECONDS);
      while (end.getCount() > 0 && !goOn.await(LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
        assertThat(System.nanoTime()).isLessThan(deadline);
      }
      return time.pause(nanos, end);
    }
  }

  /** The provider of the second process: between its look-up and its bill the first one acts. */
  private final class Second implements LookupProvider {
    private final LookupProvider asked = (LookupProvider) fake.of(ProviderKind.LOOKUP);
    private final CompletableFuture<?> first;

    Second(CompletableFuture<?> first) {
      this.first = first;
    }

    @Override
    public String name() {
      return asked.name();
    }

    @Override
    public CallAnswer submit(CallRequest call)
        throws NotSubmittedException, IOException, InterruptedException {
      goOn.countDown();
      first.handle((result, failure) -> result).join();
      return asked.submit(call);
    }

    @Override
    public CallAnswer find(CallRequest call) throws IOException, InterruptedException {
      return asked.find(call);
    }

    @Override
    public Duration visibleWithin() {
      return asked.visibleWithin();
    }
  }

  /** A provider that answers when the test says so. */
  private final class Slow implements PlainProvider {
    @Override
    public String name() {
      return "slow";
    }

    @Override
    public CallAnswer submit(CallRequest call) throws InterruptedException {
      begun.countDown();
      await(goOn);
      return new CallAnswer.Done("", 1, call.body());
    }
  }

  private static void await(CountDownLatch latch) throws InterruptedException {
    assertThat(latch.await(SAFETY_SECONDS, TimeUnit.SECONDS)).isTrue();
  }

  private EventLog openLog() {
    return LogFixture.builder(directory.resolve("store")).build();
  }

  private static PaidCalls on(EventLog log, CallClock clock, Duration ackTimeout) {
    CallLimits limits =
        new CallLimits(
            1_000,
            1_000,
            5,
            Duration.ofMillis(1),
            Duration.ofMillis(2),
            Duration.ofMinutes(1),
            ackTimeout);
    return LivePaidCalls.open(log, log.stream("s"), CallBudget.UNLIMITED, limits, clock);
  }

  /** A call whose request got lost, and that waits for it to become visible. */
  private CompletableFuture<CallResult> waiting(PaidCalls calls) throws InterruptedException {
    fake.visibleWithin = Duration.ofSeconds(10);
    fake.mishaps.add(FakeProviders.Mishap.REQUEST_LOST);
    CompletableFuture<CallResult> call =
        CompletableFuture.supplyAsync(
            () -> calls.submitOnce("a", REQUEST, fake.of(ProviderKind.LOOKUP)));
    await(begun);
    return call;
  }

  private void payInAnotherSession(CompletableFuture<?> first) {
    try (EventLog log = openLog();
        PaidCalls calls = on(log, new FakeClock(), Duration.ofSeconds(30))) {
      assertThat(calls.submitOnce("a", REQUEST, new Second(first)).good()).isTrue();
    }
    assertThat(fake.billed).isEqualTo(1);
    assertThatThrownBy(first::join).hasCauseInstanceOf(CallOpenException.class);
  }

  @Test
  void closingEndsACallThatWaitsToAskAgainBeforeAnotherProcessTakesItUp() throws Exception {
    CompletableFuture<CallResult> first;
    try (EventLog log = openLog();
        PaidCalls calls = on(log, new HeldClock(), Duration.ofSeconds(30))) {
      first = waiting(calls);
    }
    payInAnotherSession(first);
  }

  @Test
  void aCallWhoseLogIsClosedUnderItSendsNothingMore() throws Exception {
    CompletableFuture<CallResult> first;
    try (EventLog log = openLog()) {
      first = waiting(on(log, new HeldClock(), Duration.ofSeconds(30)));
    }
    payInAnotherSession(first);
  }

  @Test
  void closingWaitsForAnAnswerAndItsResultIsStored() throws Exception {
    try (EventLog log = openLog()) {
      PaidCalls calls = on(log, CallClock.SYSTEM, Duration.ofSeconds(SAFETY_SECONDS));
      CompletableFuture<CallResult> call =
          CompletableFuture.supplyAsync(() -> calls.submitOnce("a", REQUEST, new Slow()));
      await(begun);
      CompletableFuture<Void> closing = CompletableFuture.runAsync(calls::close);
      assertThatThrownBy(() -> PaidCalls.on(log, log.stream("s")))
          .isInstanceOf(RingfoldException.class);
      goOn.countDown();

      closing.get(SAFETY_SECONDS, TimeUnit.SECONDS);
      assertThat(call.get(SAFETY_SECONDS, TimeUnit.SECONDS).cost()).isEqualTo(1);
      try (PaidCalls again = on(log, CallClock.SYSTEM, Duration.ofSeconds(30))) {
        assertThat(again.submitOnce("a", REQUEST, new Slow()).recorded()).isTrue();
      }
    }
  }

  @Test
  void aProviderThatTakesTooLongKeepsTheStreamAndClosingSaysSo() throws Exception {
    try (EventLog log = openLog()) {
      PaidCalls calls = on(log, CallClock.SYSTEM, Duration.ofMillis(200));
      CompletableFuture<CallResult> call =
          CompletableFuture.supplyAsync(() -> calls.submitOnce("a", REQUEST, new Slow()));
      await(begun);
      assertThatThrownBy(calls::close)
          .isInstanceOf(RingTimeoutException.class)
          .hasMessageContaining("Call 'a' of stream 's' is still at its provider");
      assertThatThrownBy(() -> PaidCalls.on(log, log.stream("s")))
          .isInstanceOf(RingfoldException.class);

      goOn.countDown();
      call.handle((result, failure) -> result).get(SAFETY_SECONDS, TimeUnit.SECONDS);
      calls.close();
      PaidCalls.on(log, log.stream("s")).close();
    }
  }
}
