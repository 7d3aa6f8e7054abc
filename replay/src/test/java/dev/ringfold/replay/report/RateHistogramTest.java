// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class RateHistogramTest {
  private static final long SECOND = 1_000_000_000L;

  @Test
  void countsRowsPerSecond() {
    RateHistogram histogram = new RateHistogram();
    for (int i = 0; i < 1_000; i++) {
      histogram.add(100 * SECOND + i * SECOND / 500);
    }

    Report.Rate rate = histogram.rate();

    assertThat(rate.perSecond()).hasSize(20).containsOnly(500);
    assertThat(rate.beginSeconds()[0]).isEqualTo(100);
  }

  @Test
  void anySpanAndAnyOrderStaysWithinTheColumnsAndLosesNoRow() {
    RateHistogram histogram = new RateHistogram();
    for (int i = 20_000; i > 0; i--) {
      histogram.add(-50 * SECOND + i * 37L * SECOND);
    }
    histogram.add(4_000_000_000L * SECOND);

    Report.Rate rate = histogram.rate();

    assertThat(rate.perSecond().length).isBetween(2, RateHistogram.MAX_COLUMNS);
    double rows =
        IntStream.range(0, rate.perSecond().length)
            .mapToDouble(i -> rate.perSecond()[i] * rate.widthSeconds())
            .sum();
    assertThat(rows).isCloseTo(20_001, within(1e-6));
    assertThat(rate.beginSeconds()).isSorted();
  }
}
