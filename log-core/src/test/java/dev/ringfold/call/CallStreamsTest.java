// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringfold.LogClosedException;
import dev.ringfold.LogFixture;
import dev.ringfold.RingfoldException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Calls of one log beside each other: streams, threads, retention, many keys. */
class CallStreamsTest extends CallFixture {
  @Test
  void aStreamHasOneUserAndStreamsDoNotMix() {
    assertThatThrownBy(() -> PaidCalls.on(log, log.stream(STREAM)))
        .isInstanceOf(RingfoldException.class);
    submit("a", ProviderKind.IDEMPOTENT);
    try (PaidCalls other = PaidCalls.on(log, log.stream("other"))) {
      assertThat(other.submitOnce("a", bytes("a"), fake.of(ProviderKind.IDEMPOTENT)).recorded())
          .isFalse();
      assertThat(other.history().calls()).hasSize(1);
    }
    assertThat(fake.tokens).hasSize(2).doesNotHaveDuplicates();
    assertThat(CallHistory.read(log).calls()).hasSize(2);

    calls.close();
    assertThatThrownBy(() -> submit("c", ProviderKind.PLAIN))
        .isInstanceOf(LogClosedException.class);
  }

  @Test
  void retentionWaitsForPaidCalls() {
    assertThat(log.holds().list()).isEmpty();
    CallRecord first = submit("a", ProviderKind.PLAIN).call();
    submit("b", ProviderKind.PLAIN);

    assertThat(log.holds().find(PaidCalls.holdName(log.stream(STREAM))))
        .hasValueSatisfying(
            hold -> assertThat(hold.sequence()).isLessThanOrEqualTo(first.intent()));
  }

  @Test
  void aCallWhoseFactsWereDeletedIsRefusedAndNotPaidAgain() {
    submit("a", ProviderKind.IDEMPOTENT);
    assertThat(log.holds().remove(PaidCalls.holdName(log.stream(STREAM)))).isTrue();
    calls.close();
    try (dev.ringfold.Producer producer = log.producer("other")) {
      LogFixture.endSegment(log, producer, log.stream("other"));
      LogFixture.endSegment(log, producer, log.stream("other"));
    }
    dev.ringfold.RetentionRule all = new dev.ringfold.RetentionRule.BeforeSequence(Long.MAX_VALUE);
    assertThat(log.retention().apply(log.retention().plan(all)).segments()).isNotEmpty();
    reopen();
    assertThat(calls.history().calls()).isEmpty();

    assertThatThrownBy(() -> submit("a", ProviderKind.IDEMPOTENT))
        .isInstanceOf(CallConflictException.class)
        .hasMessageContaining("of the 2 events of stream 'vqe' only 0 are in the log");
    assertThatThrownBy(() -> submit("b", ProviderKind.PLAIN))
        .isInstanceOf(CallConflictException.class);
    assertThat(fake.tokens).hasSize(1);
    assertThat(log.holds().list()).isEmpty();
    try (PaidCalls other = PaidCalls.on(log, log.stream("new"))) {
      assertThat(other.submitOnce("a", bytes("a"), fake.of(ProviderKind.PLAIN)).good()).isTrue();
    }
  }

  @Test
  void recordedResultsAreFoundInAnyOrder() {
    for (int i = 0; i < 50; i++) {
      submit("k" + i, ProviderKind.PLAIN);
    }
    reopen();
    submit("new", ProviderKind.PLAIN);

    for (int i : new int[] {0, 1, 2, 40, 3, 3, 49, 0, 25}) {
      assertThat(submit("k" + i, ProviderKind.PLAIN).text()).isEqualTo("result of k" + i);
    }
    assertThat(submit("new", ProviderKind.PLAIN).text()).isEqualTo("result of new");
    assertThat(fake.tokens).hasSize(51);
  }

  @Test
  void callsWithDifferentKeysAreUnderWayTogetherAndOneKeyIsNot() throws Exception {
    int threads = 4;
    java.util.concurrent.CyclicBarrier together = new java.util.concurrent.CyclicBarrier(threads);
    List<Throwable> problems = new java.util.concurrent.CopyOnWriteArrayList<>();
    PlainProvider meeting =
        new PlainProvider() {
          @Override
          public String name() {
            return "meeting";
          }

          @Override
          public CallAnswer submit(CallRequest call) throws InterruptedException {
            try {
              together.await(30, java.util.concurrent.TimeUnit.SECONDS);
            } catch (java.util.concurrent.BrokenBarrierException
                | java.util.concurrent.TimeoutException e) {
              throw new AssertionError(e);
            }
            assertThatThrownBy(() -> calls.submitOnce(call.key(), call.body(), this))
                .isInstanceOf(IllegalStateException.class);
            return new CallAnswer.Done("", 1, call.body());
          }
        };
    List<Thread> workers = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      String key = "k" + i;
      Thread worker =
          new Thread(
              () -> {
                try {
                  assertThat(calls.submitOnce(key, bytes(key), meeting).text()).isEqualTo(key);
                } catch (Throwable e) {
                  problems.add(e);
                }
              });
      worker.start();
      workers.add(worker);
    }
    for (Thread worker : workers) {
      worker.join();
    }

    assertThat(problems).isEmpty();
    assertThat(calls.spent()).isEqualTo(threads);
  }
}
