// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class PointReducerTest {
  private static final long SEED = Long.getLong("ringfold.seed", 11);

  @Test
  void aShortCurveKeepsEveryRow() {
    PointReducer reducer = new PointReducer(8, 0);
    for (int i = 0; i < 8; i++) {
      reducer.add(i, i * 1_000_000_000L, i * 0.5);
    }

    Points points = reducer.points();

    assertThat(points.x()).containsExactly(0, 1, 2, 3, 4, 5, 6, 7);
    assertThat(points.seconds()).containsExactly(0, 1, 2, 3, 4, 5, 6, 7);
    assertThat(points.y()).containsExactly(0, 0.5, 1, 1.5, 2, 2.5, 3, 3.5);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 4, 5, 63, 64, 65, 127, 1_000, 4_097, 100_000})
  void anyLengthKeepsBoundPeaksOrderAndEnds(int rows) {
    Random random = new Random(SEED + rows);
    PointReducer reducer = new PointReducer(64, 0);
    double[] values = new double[rows];
    for (int i = 0; i < rows; i++) {
      values[i] = random.nextGaussian();
      reducer.add(i, i, values[i]);
    }

    Points points = reducer.points();

    assertThat(points.size()).as("seed " + SEED).isBetween(Math.min(rows, 16), 65);
    assertThat(points.rows()).isEqualTo(rows);
    assertThat(points.x()).isSorted();
    assertThat(points.x()[points.size() - 1]).isEqualTo(rows - 1);
    assertThat(max(points.y())).isEqualTo(max(values));
    assertThat(-max(negated(points.y()))).isEqualTo(-max(negated(values)));
    for (int i = 0; i < points.size(); i++) {
      assertThat(points.y()[i]).isEqualTo(values[(int) points.x()[i]]);
    }
  }

  @Test
  void halvingKeepsThePeaksAndCanGoOn() {
    PointReducer reducer = new PointReducer(64, 0);
    for (int i = 0; i < 50; i++) {
      reducer.add(i, i, i == 23 ? 99 : i % 7);
    }
    reducer.halve();
    reducer.halve();
    for (int i = 50; i < 500; i++) {
      reducer.add(i, i, i == 400 ? -99 : i % 7);
    }

    Points points = reducer.points();

    assertThat(points.size()).isLessThanOrEqualTo(65);
    assertThat(points.x()).isSorted().contains(23, 400, 499);
    assertThat(points.y()).contains(99, -99);
  }

  @Test
  void valuesThatAreNotFiniteAreCountedAndKeepTheirPlace() {
    PointReducer reducer = new PointReducer(8, 0);
    for (int i = 0; i < 300; i++) {
      reducer.add(i, i * 1_000_000_000L, i % 2 == 0 ? 1 : Double.NaN);
    }

    Points points = reducer.points();

    assertThat(points.lostRows()).isEqualTo(150);
    assertThat(points.lostX()).hasSize(PointReducer.MAX_LOST).startsWith(1, 3, 5);
    assertThat(points.lostSeconds()).startsWith(1, 3, 5);
    assertThat(points.y()).containsOnly(1);
  }

  @Test
  void aCurveWithoutAFiniteValueHasNoPoint() {
    PointReducer reducer = new PointReducer(8, 0);
    reducer.add(1, 1, Double.POSITIVE_INFINITY);

    assertThat(reducer.points().size()).isZero();
    assertThat(reducer.points().lostX()).containsExactly(1);
  }

  private static double max(double[] values) {
    return Arrays.stream(values).max().orElseThrow();
  }

  private static double[] negated(double[] values) {
    return Arrays.stream(values).map(value -> -value).toArray();
  }
}
