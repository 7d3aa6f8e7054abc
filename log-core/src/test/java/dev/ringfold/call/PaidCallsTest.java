// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringfold.EventLog;
import dev.ringfold.EventTooLargeException;
import dev.ringfold.LogClosedException;
import dev.ringfold.LogFixture;
import dev.ringfold.RingfoldException;
import dev.ringfold.call.FakeProviders.Crash;
import dev.ringfold.call.FakeProviders.Mishap;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** One call is made once, whatever happens to the request, the answer and the process. */
class PaidCallsTest {
  private static final CallLimits LIMITS =
      CallLimits.DEFAULTS.retrying(2, Duration.ofMillis(100), Duration.ofSeconds(1));
  private static final String STREAM = "vqe";

  @TempDir Path directory;

  private final FakeProviders fake = new FakeProviders();
  private final FakeClock clock = new FakeClock();
  private EventLog log;
  private PaidCalls calls;

  @BeforeEach
  void open() {
    open(CallBudget.UNLIMITED);
  }

  private void open(CallBudget budget) {
    log = LogFixture.builder(directory.resolve("store")).build();
    calls = LivePaidCalls.open(log, log.stream(STREAM), budget, LIMITS, clock);
  }

  private void reopen(CallBudget budget) {
    close();
    open(budget);
  }

  private void reopen() {
    reopen(CallBudget.UNLIMITED);
  }

  @AfterEach
  void close() {
    calls.close();
    log.close();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private CallResult submit(String key, ProviderKind kind) {
    return calls.submitOnce(key, bytes(key), fake.of(kind));
  }

  private CallState state(String key) {
    return calls.history().newest(log.stream(STREAM).key(), key).orElseThrow().state();
  }

  private void crashIn(Mishap mishap, ProviderKind kind) {
    fake.mishaps.add(mishap);
    assertThatThrownBy(() -> submit("a", kind)).isInstanceOf(Crash.class);
    reopen();
  }

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
  void theBudgetStopsTheLoopBeforeAnythingIsStoredAndSurvivesRestarts() {
    reopen(CallBudget.of(5));
    submit("a", ProviderKind.PLAIN);
    reopen(CallBudget.of(5));
    calls.submitOnce("b", bytes("b"), 2.5, fake.of(ProviderKind.PLAIN));

    assertThatThrownBy(() -> submit("c", ProviderKind.PLAIN))
        .isInstanceOfSatisfying(
            BudgetExceededException.class,
            e -> {
              assertThat(e.spent()).isEqualTo(5);
              assertThat(e.limit()).isEqualTo(5);
              assertThat(e.asked()).isNaN();
            });
    assertThat(CallHistory.read(log).calls()).hasSize(2);
    assertThat(fake.tokens).hasSize(2);
    assertThat(submit("a", ProviderKind.PLAIN).recorded()).isTrue();

    reopen(CallBudget.of(7.5));
    assertThatThrownBy(() -> calls.submitOnce("c", bytes("c"), 2.6, fake.of(ProviderKind.PLAIN)))
        .isInstanceOf(BudgetExceededException.class);
    assertThat(calls.submitOnce("c", bytes("c"), 2.5, fake.of(ProviderKind.PLAIN)).good()).isTrue();
  }

  @Test
  void whatOpenCallsMayCostIsSetAside() {
    reopen(new CallBudget(10, 6));
    fake.mishaps.add(Mishap.CRASH_AFTER);
    assertThatThrownBy(() -> submit("a", ProviderKind.IDEMPOTENT)).isInstanceOf(Crash.class);
    reopen(new CallBudget(10, 6));

    assertThat(calls.history().reserved()).isEqualTo(6);
    assertThatThrownBy(() -> calls.submitOnce("b", bytes("b"), 5, fake.of(ProviderKind.IDEMPOTENT)))
        .isInstanceOfSatisfying(
            BudgetExceededException.class, e -> assertThat(e.reserved()).isEqualTo(6));
    assertThatThrownBy(() -> calls.submitOnce("b", bytes("b"), 7, fake.of(ProviderKind.IDEMPOTENT)))
        .hasMessageContaining("the budget of one call");
    submit("a", ProviderKind.IDEMPOTENT);
    assertThat(calls.submitOnce("b", bytes("b"), 5, fake.of(ProviderKind.IDEMPOTENT)).good())
        .isTrue();
  }

  @Test
  void sumsOfDecimalFractionsDoNotMissTheBudget() {
    CallBudget budget = CallBudget.of(0.3);

    budget.check("a", 0.1 + 0.2, 0, 0);
    assertThatThrownBy(() -> budget.check("a", 0.1 + 0.2, 0, 0.001))
        .isInstanceOf(BudgetExceededException.class);
    assertThatThrownBy(() -> CallBudget.of(-1)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> CallBudget.of(Double.NaN))
        .isInstanceOf(IllegalArgumentException.class);
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
  void anOpenCallIsOnlyTakenUpWithItsProvider() {
    crashIn(Mishap.CRASH_AFTER, ProviderKind.LOOKUP);

    assertThatThrownBy(() -> submit("a", ProviderKind.IDEMPOTENT))
        .isInstanceOf(CallConflictException.class)
        .hasMessageContaining("LOOKUP");
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
