// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.bench;

import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** What the counted rounds of one peer gave for one figure. */
final class Samples {
  private final double[] sorted;

  private Samples(double[] values) {
    if (values.length == 0) {
      throw new IllegalArgumentException("at least one round is needed");
    }
    sorted = values.clone();
    Arrays.sort(sorted);
  }

  /** One value per round. */
  static Samples of(double... values) {
    return new Samples(values);
  }

  /** What {@code figure} is in each round. */
  static Samples of(List<Figures> rounds, ToDoubleFunction<Figures> figure) {
    return new Samples(rounds.stream().mapToDouble(figure).toArray());
  }

  /** Events a second from a count and the figure that holds the nanoseconds. */
  static Samples perSecond(List<Figures> rounds, double events, String nanos) {
    return of(rounds, figures -> events * 1e9 / figures.get(nanos));
  }

  /** The middle round; the mean of the two middle ones when their number is even. */
  double median() {
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }

  /** The smallest round. */
  double min() {
    return sorted[0];
  }

  /** The largest round. */
  double max() {
    return sorted[sorted.length - 1];
  }
}
