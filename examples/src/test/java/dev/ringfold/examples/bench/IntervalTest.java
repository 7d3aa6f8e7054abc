// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class IntervalTest {
  private static final long SEED = Long.getLong("ringfold.seed", 20_240_229);

  /** From a table of Student's t. */
  @ParameterizedTest
  @CsvSource({"4, 2.776", "5, 2.571", "9, 2.262", "29, 2.045", "59, 2.001", "119, 1.980"})
  void quantileIsStudents(int freedom, double expected) {
    assertThat(Interval.quantile(freedom)).isCloseTo(expected, within(0.01));
  }

  @Test
  void intervalOfKnownValues() {
    Interval interval = Interval.of(1, 2, 3, 4, 5);

    assertThat(interval.mean()).isEqualTo(3);
    // sqrt(2.5 / 5) * 2.776
    assertThat(interval.high() - 3).isCloseTo(1.963, within(0.01));
    assertThat(3 - interval.low()).isCloseTo(interval.high() - 3, within(1e-12));
    assertThat(interval.count()).isEqualTo(5);
  }

  @Test
  void fewerThanFiveValuesHaveNoInterval() {
    assertThatThrownBy(() -> Interval.of(1, 2, 3, 4)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void percentOfPairsDoesNotDependOnHowLongTheyAre() {
    double[] without = {100, 200, 300, 400, 500};
    double[] with = {101, 202, 303, 404, 505};

    Interval interval = Interval.percent(without, with);

    assertThat(interval.mean()).isCloseTo(1, within(1e-9));
    assertThat(interval.low()).isCloseTo(1, within(1e-6));
    assertThat(interval.high()).isCloseTo(1, within(1e-6));
  }

  @Test
  void intervalHoldsTheTruthAboutNinetyFiveTimesInAHundred() {
    System.out.println("seed " + SEED);
    Random random = new Random(SEED);
    int held = 0;
    for (int i = 0; i < 2_000; i++) {
      double[] values = random.doubles(8, -1, 1).toArray();
      Interval interval = Interval.of(values);
      held += interval.low() <= 0 && interval.high() >= 0 ? 1 : 0;
    }
    assertThat(held).isBetween(1_840, 1_960);
  }

  @Test
  void slowdownIsMetOnlyWhenTheWholeIntervalIsBelowOnePercent() {
    assertThat(TrainingCostRows.judge("t", new Interval(0.5, 0.1, 0.9, 60)).met()).isTrue();
    assertThat(TrainingCostRows.judge("t", new Interval(0.5, -0.1, 1.1, 60)).met()).isFalse();
    RowResult line = TrainingCostRows.judge("t", new Interval(-0.25, -0.5, 0, 60));
    assertThat(line.samples()).isNotNull();
    assertThat(line.samples().median()).isEqualTo(-0.25);
    assertThat(line.note()).contains("-0.50 to 0.00 %", "60 pairs");
    assertThat(line.target()).isEqualTo("95 % interval < 1 %");
  }

  @Test
  void pairsOfAllRoundsCountTogether() {
    Figures one = new Figures();
    Figures two = new Figures();
    for (int pair = 0; pair < 3; pair++) {
      one.put("without" + pair, 100).put("with" + pair, 102);
      two.put("without" + pair, 200).put("with" + pair, 204);
    }

    Interval interval = TrainingCostRows.interval(List.of(one, two), "");

    assertThat(interval.count()).isEqualTo(6);
    assertThat(interval.mean()).isCloseTo(2, within(1e-9));
  }
}
