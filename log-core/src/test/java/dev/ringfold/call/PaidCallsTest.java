// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringfold.EventTooLargeException;
import dev.ringfold.call.FakeProviders.Mishap;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** One call is made once, whatever happens to the request and the answer. */
class PaidCallsTest extends CallFixture {
  @ParameterizedTest
  @EnumSource(ProviderKind.class)
  void aCompletedCallIsNeverMadeAgainAlsoAfterARestart(ProviderKind kind) {
    CallResult first = submit("a", kind);
    CallResult again = submit("a", kind);
    reopen();
    CallResult afterRestart = submit("a", kind);

    assertThat(first.recorded()).isFalse();
    assertThat(List.of(again, afterRestart)).allMatch(CallResult::recorded);
    assertThat(List.of(first, again, afterRestart))
        .allSatisfy(
            result -> {
              assertThat(result.text()).isEqualTo("result of a");
              assertThat(result.cost()).isEqualTo(FakeProviders.PRICE);
              assertThat(result.jobId()).isEqualTo("job-1");
            });
    assertThat(fake.billed).isEqualTo(1);
    assertThat(calls.spent()).isEqualTo(FakeProviders.PRICE);
  }

  @Test
  void theIntentIsOnTheDiskBeforeTheProviderHearsAndTheResultBeforeTheCallerDoes() {
    List<CallRecord> seen = new ArrayList<>();
    fake.beforeSubmit =
        () -> {
          CallRecord intent = CallHistory.read(log).calls().get(0);
          assertThat(log.durableSequence()).isGreaterThanOrEqualTo(intent.intent());
          seen.add(intent);
        };

    CallResult result = submit("a", ProviderKind.PLAIN);

    assertThat(seen).singleElement().extracting(CallRecord::state).isEqualTo(CallState.OPEN);
    assertThat(log.durableSequence()).isGreaterThanOrEqualTo(result.call().end());
    assertThat(fake.tokens).containsExactly(seen.get(0).token());
  }

  @ParameterizedTest
  @EnumSource(
      value = ProviderKind.class,
      names = {"IDEMPOTENT", "LOOKUP"})
  void aLostReplyDoesNotMeanASecondJob(ProviderKind kind) {
    fake.mishaps.add(Mishap.REPLY_LOST);

    assertThat(submit("a", kind).text()).isEqualTo("result of a");
    assertThat(fake.billed).isEqualTo(1);
    assertThat(fake.tokens).hasSize(kind == ProviderKind.IDEMPOTENT ? 2 : 1);
    assertThat(fake.tokens.stream().distinct()).hasSize(1);
    assertThat(fake.finds).hasSize(kind == ProviderKind.IDEMPOTENT ? 0 : 1);
  }

  @Test
  void whatAPlainProviderSaysWasNotSentMayBeRepeated() {
    fake.mishaps.addAll(List.of(Mishap.NOT_SENT, Mishap.NOT_SENT));
    assertThat(submit("a", ProviderKind.PLAIN).good()).isTrue();
    assertThat(clock.pauses).containsExactly(Duration.ofMillis(100), Duration.ofMillis(200));

    fake.mishaps.addAll(List.of(Mishap.NOT_SENT, Mishap.NOT_SENT, Mishap.NOT_SENT));
    assertThatThrownBy(() -> submit("b", ProviderKind.PLAIN))
        .isInstanceOf(CallOpenException.class)
        .hasMessageContaining("connection refused");
    assertThat(state("b")).isEqualTo(CallState.RELEASED);
    reopen();

    assertThat(submit("b", ProviderKind.PLAIN).call().attempt()).isEqualTo(2);
    assertThat(fake.billed).isEqualTo(2);
  }

  @Test
  void aPendingJobIsAskedForUntilItIsReadyOrTheTimeIsOver() {
    fake.mishaps.add(Mishap.PENDING);
    fake.findMishaps.addAll(List.of(Mishap.PENDING, Mishap.PENDING, Mishap.PENDING));
    assertThat(submit("a", ProviderKind.LOOKUP).good()).isTrue();
    assertThat(fake.finds).hasSize(4);

    for (int i = 0; i < 2_000; i++) {
      fake.mishaps.add(Mishap.PENDING);
    }
    assertThatThrownBy(() -> submit("b", ProviderKind.IDEMPOTENT))
        .isInstanceOf(CallOpenException.class)
        .hasMessageContaining("job-2");
    fake.mishaps.clear();
    assertThat(submit("b", ProviderKind.IDEMPOTENT).jobId()).isEqualTo("job-2");
    assertThat(fake.billed).isEqualTo(2);
  }

  @Test
  void anAbsentCallIsOnlyMadeAgainWhenItCannotBeUnderWayAnyMore() {
    fake.visibleWithin = Duration.ofSeconds(5);
    CallRequest[] late = new CallRequest[1];
    Provider slow =
        new LookupProvider() {
          @Override
          public String name() {
            return "slow";
          }

          @Override
          public CallAnswer submit(CallRequest call) throws java.io.IOException {
            fake.tokens.add(call.token());
            late[0] = call;
            throw new java.io.IOException("time limit");
          }

          @Override
          public CallAnswer find(CallRequest call) throws java.io.IOException {
            return fake.find(call);
          }

          @Override
          public Duration visibleWithin() {
            return Duration.ofSeconds(5);
          }
        };
    // It arrives while the caller waits.
    clock.duringPause =
        () -> {
          if (clock.pauses.size() == 2) {
            fake.accept(late[0]);
          }
        };

    assertThat(calls.submitOnce("a", bytes("a"), slow).good()).isTrue();
    assertThat(fake.tokens).hasSize(1);
    assertThat(fake.billed).isEqualTo(1);
    assertThat(clock.pauses).containsExactly(Duration.ofMillis(100), Duration.ofMillis(4_900));
  }

  @Test
  void aRefusalIsRecordedAndNotRepeated() {
    fake.mishaps.add(Mishap.REFUSED);
    CallResult refused = submit("a", ProviderKind.LOOKUP);
    reopen();
    CallResult again = submit("a", ProviderKind.LOOKUP);

    assertThat(List.of(refused, again))
        .allSatisfy(
            result -> {
              assertThat(result.good()).isFalse();
              assertThat(result.reason()).isEqualTo("no such backend");
            });
    assertThat(fake.tokens).hasSize(1);
    assertThatThrownBy(again::text)
        .isInstanceOf(CallRefusedException.class)
        .hasMessageContaining("no such backend");
  }

  @Test
  void aKeyStandsForOneRequest() {
    submit("a", ProviderKind.PLAIN);

    assertThatThrownBy(() -> calls.submitOnce("a", bytes("other"), fake.of(ProviderKind.PLAIN)))
        .isInstanceOf(CallConflictException.class)
        .hasMessageContaining("another request");
    assertThat(fake.tokens).hasSize(1);
  }

  @Test
  void tooMuchIsRefusedBeforeOrKeptAsWhatItCost() {
    byte[] large = new byte[LIMITS.maxRequestBytes() + 1];
    assertThatThrownBy(() -> calls.submitOnce("a", large, fake.of(ProviderKind.PLAIN)))
        .isInstanceOf(EventTooLargeException.class);
    assertThatThrownBy(() -> calls.submitOnce("", bytes("x"), fake.of(ProviderKind.PLAIN)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(
            () -> calls.submitOnce("x".repeat(513), bytes("x"), fake.of(ProviderKind.PLAIN)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(fake.tokens).isEmpty();

    // More than a frame of this log holds, less than the limit: found out when it is too late.
    PlainProvider chatty =
        new PlainProvider() {
          @Override
          public String name() {
            return "chatty";
          }

          @Override
          public CallAnswer submit(CallRequest call) {
            return new CallAnswer.Done("job-9", 4, new byte[LIMITS.maxResultBytes()]);
          }
        };
    CallResult result = calls.submitOnce("b", bytes("b"), chatty);

    assertThat(result.good()).isFalse();
    assertThat(result.cost()).isEqualTo(4);
    assertThat(result.reason()).contains("job-9").contains("fetch it");
    assertThat(calls.spent()).isEqualTo(4);
  }

  @Test
  void anInterruptIsKeptAndDoesNotLoseWhatWasPaidFor() {
    PlainProvider interrupting =
        new PlainProvider() {
          @Override
          public String name() {
            return "interrupting";
          }

          @Override
          public CallAnswer submit(CallRequest call) {
            Thread.currentThread().interrupt();
            return new CallAnswer.Done("", 1, call.body());
          }
        };

    CallResult result = calls.submitOnce("a", bytes("a"), interrupting);

    assertThat(Thread.interrupted()).isTrue();
    assertThat(result.text()).isEqualTo("a");
    reopen();
    assertThat(submit("a", ProviderKind.PLAIN).text()).isEqualTo("a");
  }
}
