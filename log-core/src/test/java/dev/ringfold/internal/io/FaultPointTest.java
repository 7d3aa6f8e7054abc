// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.internal.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class FaultPointTest {
  private static final String POINT = "journal.force.before";

  @Test
  void namesAreUniqueAndHaveTheirComponentFirst() {
    assertThat(FaultPoint.names()).doesNotHaveDuplicates().allMatch(name -> name.contains("."));
  }

  @Test
  void hookSeesEveryHitUntilItIsClosed() {
    List<String> seen = new ArrayList<>();

    FaultPoint.hit(POINT);
    FaultPoint.Hook hook = FaultPoint.install(seen::add);
    FaultPoint.hit(POINT);
    FaultPoint.hit("roll.oldForced");
    hook.close();
    FaultPoint.hit(POINT);

    assertThat(seen).containsExactly(POINT, "roll.oldForced");
  }

  @Test
  void hookMayThrowToStandForAnInputOutputFailure() {
    RuntimeException failure = new IllegalStateException("injected");

    try (FaultPoint.Hook hook =
        FaultPoint.install(
            name -> {
              throw failure;
            })) {
      assertThatThrownBy(() -> FaultPoint.hit(POINT)).isSameAs(failure);
      assertThat(hook).isNotNull();
    }
  }

  @Test
  void secondHookIsRefusedUntilTheFirstIsClosed() {
    try (FaultPoint.Hook first = FaultPoint.install(name -> {})) {
      assertThatThrownBy(() -> FaultPoint.install(name -> {}))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("already installed");
      assertThat(first).isNotNull();
    }
    FaultPoint.install(name -> {}).close();
  }

  @Test
  void unknownNameIsAnAssertionErrorThatNamesTheList() {
    FaultPoint.Hook hook = FaultPoint.install(name -> {});
    try (hook) {
      assertThatThrownBy(() -> FaultPoint.hit("journal.nowhere"))
          .isInstanceOf(AssertionError.class)
          .hasMessageContaining("journal.nowhere")
          .hasMessageContaining("NAMES");
    }
  }

  @Test
  void propertyHaltsTheProcessAtTheNthHit() {
    try (ChildJvm child =
        ChildJvm.start(HitThrice.class, List.of("-Dringfold.faultpoint=" + POINT + ":3"))) {
      assertThat(child.output()).isEqualTo("hit 1\nhit 2\n");
      assertThat(child.exitCode()).isEqualTo(FaultPoint.HALT_STATUS);
    }
  }

  @Test
  void propertyWithAnUnknownNameFailsLoudly() {
    try (ChildJvm child =
        ChildJvm.start(HitThrice.class, List.of("-Dringfold.faultpoint=jornal.force"))) {
      assertThat(child.exitCode()).isEqualTo(1);
      assertThat(child.errors()).contains("jornal.force").contains("expected name or name:n");
    }
  }

  /** Hits one point three times and tells after each. */
  static final class HitThrice {
    private HitThrice() {}

    public static void main(String[] args) {
      for (int i = 1; i <= 3; i++) {
        FaultPoint.hit("journal.force.after");
        FaultPoint.hit(POINT);
        System.out.println("hit " + i);
      }
    }
  }
}
