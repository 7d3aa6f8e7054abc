// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class CurveTest {
  private static Curve.Attempt attempt(int number, int from, int to, String end) {
    return new Curve.Attempt(
        number,
        IntStream.range(from, to).toArray(),
        IntStream.range(from, to).mapToDouble(step -> 2.0 / (1 + step / 50.0)).toArray(),
        end);
  }

  private static long inked(String line) {
    return line.chars().filter(character -> character > 0x2800 && character < 0x2900).count();
  }

  @Test
  void fallingLossRunsFromTheTopLeftToTheBottomRight() {
    List<String> lines = Curve.draw("LOSS", List.of(attempt(0, 0, 1_000, "")), false);

    assertThat(lines.get(0)).isEqualTo("LOSS");
    assertThat(lines.get(1)).startsWith("  1.8").contains("┤");
    assertThat(lines.get(1).length()).isBetween(11, 20);
    assertThat(inked(lines.get(1))).isPositive();
    assertThat(lines.get(9)).hasSize(74);
    assertThat(inked(lines.get(9))).isPositive();
    assertThat(lines.subList(1, 10).stream().mapToLong(CurveTest::inked).sum())
        .isGreaterThanOrEqualTo(64);
  }

  @Test
  void bothAttemptsShowWhichStepsTheyCover() {
    List<String> lines =
        Curve.draw(
            "LOSS", List.of(attempt(0, 0, 600, "SIGKILL"), attempt(1, 500, 1_000, "")), false);

    assertThat(lines.get(lines.size() - 2))
        .contains("attempt 0: steps 0 to 599")
        .contains("SIGKILL");
    assertThat(lines.get(lines.size() - 1)).contains("attempt 1: steps 500 to 999");
    assertThat(lines.get(lines.size() - 1).indexOf('├')).isEqualTo(10 + 32);
    assertThat(String.join("", lines)).doesNotContain("\u001b");
  }

  @Test
  void coloursTellTheAttemptsApart() {
    List<String> lines =
        Curve.draw("LOSS", List.of(attempt(0, 0, 600, ""), attempt(1, 500, 1_000, "")), true);

    assertThat(String.join("", lines)).contains("\u001b[36m").contains("\u001b[33m");
  }

  @Test
  void constantLossAndOneSingleStepAreDrawnToo() {
    List<String> lines =
        Curve.draw(
            "LOSS", List.of(new Curve.Attempt(0, new int[] {0}, new double[] {0.5}, "")), false);

    assertThat(lines.get(1)).startsWith("  0.5000");
    assertThat(lines.stream().mapToLong(CurveTest::inked).sum()).isEqualTo(1);
  }
}
