// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringfold.call.FakeProviders.Mishap;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What becomes of calls that a crash or a failure cut off, by the kind of provider. */
class OpenCallsTest extends CallFixture {
  @ParameterizedTest
  @EnumSource(
      value = ProviderKind.class,
      names = {"IDEMPOTENT", "LOOKUP"})
  void aCallThatACrashCutOffIsTakenUpAndPaidOnce(ProviderKind kind) {
    crashIn(Mishap.CRASH_AFTER, kind);
    assertThat(state("a")).isEqualTo(CallState.OPEN);

    CallResult result = submit("a", kind);

    assertThat(result.text()).isEqualTo("result of a");
    assertThat(fake.billed).isEqualTo(1);
    assertThat(fake.tokens.stream().distinct()).hasSize(1);
    assertThat(result.call().attempt()).isEqualTo(1);
    assertThat(calls.history().calls()).hasSize(1);
  }

  @ParameterizedTest
  @EnumSource(
      value = ProviderKind.class,
      names = {"IDEMPOTENT", "LOOKUP"})
  void aCallThatNeverArrivedIsMadeAfterTheCrash(ProviderKind kind) {
    crashIn(Mishap.CRASH_BEFORE, kind);

    assertThat(submit("a", kind).text()).isEqualTo("result of a");
    assertThat(fake.billed).isEqualTo(1);
    assertThat(fake.tokens).hasSize(2);
  }

  @ParameterizedTest
  @EnumSource(
      value = Mishap.class,
      names = {"CRASH_BEFORE", "CRASH_AFTER"})
  void aPlainProviderIsNotAskedAgainAfterACrashAndTheLoopStops(Mishap mishap) {
    crashIn(mishap, ProviderKind.PLAIN);

    for (int i = 0; i < 2; i++) {
      assertThatThrownBy(() -> submit("a", ProviderKind.PLAIN))
          .isInstanceOf(OutcomeUnknownException.class)
          .hasMessageContaining("settle(key, submitted, cost, note)");
      assertThatThrownBy(() -> submit("b", ProviderKind.PLAIN))
          .isInstanceOfSatisfying(
              OutcomeUnknownException.class, e -> assertThat(e.call().key()).isEqualTo("a"));
      reopen();
    }

    assertThat(fake.tokens).hasSize(1);
    assertThat(state("a")).isEqualTo(CallState.UNKNOWN);
    assertThat(calls.history().calls()).hasSize(1);
  }

  @ParameterizedTest
  @EnumSource(
      value = Mishap.class,
      names = {"REQUEST_LOST", "REPLY_LOST", "PENDING"})
  void aPlainProviderThatGaveNoResultLeavesTheOutcomeUnknown(Mishap mishap) {
    submit("before", ProviderKind.PLAIN);
    fake.mishaps.add(mishap);

    assertThatThrownBy(() -> submit("a", ProviderKind.PLAIN))
        .isInstanceOf(OutcomeUnknownException.class);
    assertThat(fake.tokens).hasSize(2);
    assertThat(submit("before", ProviderKind.PLAIN).recorded()).isTrue();
  }

  @Test
  void aCallSettledAsNotSubmittedIsMadeUnderAnotherToken() {
    crashIn(Mishap.CRASH_BEFORE, ProviderKind.PLAIN);
    CallRecord settled = calls.settle("a", false, 0, "not in the list of jobs");

    CallResult result = submit("a", ProviderKind.PLAIN);

    assertThat(settled.state()).isEqualTo(CallState.RELEASED);
    assertThat(result.good()).isTrue();
    assertThat(result.call().attempt()).isEqualTo(2);
    assertThat(fake.tokens).hasSize(2).doesNotHaveDuplicates();
    assertThat(fake.billed).isEqualTo(1);
  }

  @Test
  void aCallSettledAsSubmittedIsOverAndItsCostCounts() {
    crashIn(Mishap.CRASH_AFTER, ProviderKind.PLAIN);
    calls.settle("a", true, 7, "job-1 is on the bill");
    reopen();

    CallResult result = submit("a", ProviderKind.PLAIN);

    assertThat(result.good()).isFalse();
    assertThat(result.reason()).isEqualTo("job-1 is on the bill");
    assertThatThrownBy(result::result).isInstanceOf(CallRefusedException.class);
    assertThat(calls.spent()).isEqualTo(7);
    assertThat(fake.tokens).hasSize(1);
    assertThat(submit("b", ProviderKind.PLAIN).good()).isTrue();
  }

  @Test
  void aResultFetchedByHandIsAsGoodAsOneThatCameByItself() {
    crashIn(Mishap.CRASH_AFTER, ProviderKind.PLAIN);

    calls.settleWithResult("a", "job-1", 2.5, bytes("result of a"));
    reopen();

    assertThat(submit("a", ProviderKind.PLAIN).text()).isEqualTo("result of a");
    assertThat(calls.spent()).isEqualTo(2.5);
    assertThatThrownBy(() -> calls.settle("a", false, 0, "again"))
        .isInstanceOf(CallConflictException.class)
        .hasMessageContaining("COMPLETED");
    assertThatThrownBy(() -> calls.settle("never", false, 0, ""))
        .isInstanceOf(CallConflictException.class);
  }

  @ParameterizedTest
  @EnumSource(
      value = ProviderKind.class,
      names = {"IDEMPOTENT", "LOOKUP"})
  void aProviderThatCannotBeReachedLeavesTheCallOpenAndAskingAgainIsSafe(ProviderKind kind) {
    fake.mishaps.addAll(List.of(Mishap.REPLY_LOST, Mishap.REPLY_LOST, Mishap.REPLY_LOST));
    fake.findMishaps.addAll(List.of(Mishap.REPLY_LOST, Mishap.REPLY_LOST, Mishap.REPLY_LOST));

    assertThatThrownBy(() -> submit("a", kind)).isInstanceOf(CallOpenException.class);
    assertThat(state("a")).isEqualTo(CallState.OPEN);
    fake.mishaps.clear();
    fake.findMishaps.clear();

    assertThat(submit("a", kind).good()).isTrue();
    assertThat(fake.billed).isEqualTo(1);
  }

  @Test
  void afterARestartAnAbsentCallIsGivenItsFullTime() {
    fake.visibleWithin = Duration.ofSeconds(5);
    crashIn(Mishap.CRASH_BEFORE, ProviderKind.LOOKUP);

    assertThat(submit("a", ProviderKind.LOOKUP).good()).isTrue();
    assertThat(clock.pauses).containsExactly(Duration.ofSeconds(5));
    assertThat(fake.finds).hasSize(2);
  }

  @ParameterizedTest
  @EnumSource(
      value = ProviderKind.class,
      names = {"IDEMPOTENT", "LOOKUP"})
  void whatTheProviderHasForgottenIsUnknownAndNotMadeAgain(ProviderKind kind) {
    crashIn(Mishap.CRASH_BEFORE, kind);
    fake.memory = Duration.ZERO;

    assertThatThrownBy(() -> submit("a", kind))
        .isInstanceOf(OutcomeUnknownException.class)
        .hasMessageContaining("older than PT0S");
    assertThat(fake.tokens).hasSize(1);
    assertThat(fake.billed).isZero();
  }

  @Test
  void anOpenCallIsOnlyTakenUpWithItsProvider() {
    crashIn(Mishap.CRASH_AFTER, ProviderKind.LOOKUP);

    assertThatThrownBy(() -> submit("a", ProviderKind.IDEMPOTENT))
        .isInstanceOf(CallConflictException.class)
        .hasMessageContaining("LOOKUP");
    assertThat(fake.tokens).hasSize(1);
  }
}
