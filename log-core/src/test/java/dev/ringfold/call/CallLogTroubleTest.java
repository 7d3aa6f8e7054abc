// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringfold.EventLog;
import dev.ringfold.LogFixture;
import dev.ringfold.RingTimeoutException;
import dev.ringfold.Tailer;
import dev.ringfold.event.BuiltinTypes;
import dev.ringfold.internal.io.FaultPoint;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A disk that does not answer in time: nothing is sent too early, and nothing paid for is lost. */
class CallLogTroubleTest {
  private static final byte[] REQUEST = "a".getBytes(StandardCharsets.UTF_8);
  private static final long SAFETY_SECONDS = 60;

  @TempDir Path directory;

  private final CallLimits limits =
      new CallLimits(
          1_000,
          1_000,
          0,
          Duration.ofMillis(1),
          Duration.ofMillis(1),
          Duration.ofMinutes(1),
          Duration.ofMillis(300));
  private final FakeProviders fake = new FakeProviders();

  /** A journal that stands still from {@link #stop} to {@link #close}. */
  private static final class Stall implements AutoCloseable {
    private final CountDownLatch released = new CountDownLatch(1);
    private final FaultPoint.Hook hook = FaultPoint.install(this::meet);
    private volatile boolean stopped;

    private void meet(String point) {
      if (stopped && point.equals("journal.frame.beforeWrite")) {
        try {
          if (!released.await(SAFETY_SECONDS, TimeUnit.SECONDS)) {
            throw new AssertionError("nobody released the journal");
          }
        } catch (InterruptedException e) {
          throw new AssertionError(e);
        }
      }
    }

    void stop() {
      stopped = true;
    }

    @Override
    public void close() {
      released.countDown();
      hook.close();
    }
  }

  private static int count(EventLog log, int type) {
    try (Tailer tailer = log.tailer().types(type).open()) {
      return tailer.poll(event -> {}, Integer.MAX_VALUE);
    }
  }

  @Test
  void anIntentThatTheDiskDidNotConfirmIsNotSentAndNotStoredTwice() {
    try (EventLog log = LogFixture.builder(directory.resolve("store")).build();
        PaidCalls calls = PaidCalls.on(log, log.stream("s"), CallBudget.UNLIMITED, limits)) {
      Provider provider = fake.of(ProviderKind.PLAIN);
      try (Stall stall = new Stall()) {
        stall.stop();
        assertThatThrownBy(() -> calls.submitOnce("a", REQUEST, provider))
            .isInstanceOf(RingTimeoutException.class);
      }
      assertThat(fake.tokens).isEmpty();

      assertThat(calls.submitOnce("a", REQUEST, provider).good()).isTrue();
      assertThat(fake.tokens).hasSize(1);
      assertThat(count(log, BuiltinTypes.CALL_INTENDED.id())).isEqualTo(1);
      assertThat(calls.history().calls())
          .singleElement()
          .extracting(CallRecord::state)
          .isEqualTo(CallState.COMPLETED);
    }
  }

  @Test
  void aResultThatTheDiskDidNotConfirmIsKeptAndStoredOnceWhenTheKeyComesAgain() {
    try (EventLog log = LogFixture.builder(directory.resolve("store")).build();
        PaidCalls calls = PaidCalls.on(log, log.stream("s"), CallBudget.UNLIMITED, limits)) {
      Provider provider = fake.of(ProviderKind.PLAIN);
      try (Stall stall = new Stall()) {
        fake.beforeSubmit = stall::stop;
        assertThatThrownBy(() -> calls.submitOnce("a", REQUEST, provider))
            .isInstanceOf(RingTimeoutException.class);
        assertThatThrownBy(() -> calls.settle("a", false, 0, "too early"))
            .isInstanceOf(CallConflictException.class);
      }

      CallResult result = calls.submitOnce("a", REQUEST, provider);
      assertThat(result.text()).isEqualTo("result of a");
      assertThat(fake.tokens).hasSize(1);
      assertThat(count(log, BuiltinTypes.CALL_COMPLETED.id())).isEqualTo(1);
      assertThat(calls.spent()).isEqualTo(FakeProviders.PRICE);
      assertThat(calls.submitOnce("a", REQUEST, provider).recorded()).isTrue();
    }
  }
}
