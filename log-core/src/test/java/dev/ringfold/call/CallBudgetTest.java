// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringfold.call.FakeProviders.Crash;
import dev.ringfold.call.FakeProviders.Mishap;
import org.junit.jupiter.api.Test;

/** The budget stops a loop before anything is stored or sent. */
class CallBudgetTest extends CallFixture {
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
}
