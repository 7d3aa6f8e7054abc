// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.parquet.compat;

import dev.ringfold.AckLevel;
import dev.ringfold.AppendOutcome;
import dev.ringfold.writers.parquet.ThreadLogger;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * An item of a buffer as a row: {@code epoch}, {@code step} and {@code timestamp} are its place.
 */
final class MetricsItem {
  private static final String EPOCH = "epoch";
  private static final String STEP = "step";
  private static final String TIMESTAMP = "timestamp";
  private static final double NANOS_PER_SECOND = 1e9;
  private static final long NANOS = 1_000_000_000L;
  private static final double LAST_SECOND = Long.MAX_VALUE / NANOS_PER_SECOND - 1;

  private MetricsItem() {}

  /**
   * Stores an item.
   *
   * @param defaultStep its step when it names none
   * @throws IllegalArgumentException when it cannot be a row
   */
  static CompletableFuture<AppendOutcome> append(
      Map<String, ?> item, long defaultStep, ThreadLogger logger) {
    Map<String, Object> metrics = new HashMap<>(item);
    Object epoch = metrics.remove(EPOCH);
    Object step = metrics.remove(STEP);
    Object timestamp = metrics.remove(TIMESTAMP);
    return logger.appendStep(
        (int) whole(EPOCH, epoch, 0, Integer.MAX_VALUE),
        whole(STEP, step, defaultStep, Long.MAX_VALUE),
        nanos(timestamp),
        metrics,
        AckLevel.RING);
  }

  private static long whole(String name, @Nullable Object value, long absent, long max) {
    if (value == null) {
      return absent;
    }
    if (value instanceof Number number
        && number.doubleValue() == number.longValue()
        && number.longValue() <= max
        && number.longValue() >= -max) {
      return number.longValue();
    }
    throw new IllegalArgumentException(
        "'" + name + "' must be a whole number up to " + max + " but was '" + value + "'");
  }

  private static long nanos(@Nullable Object timestamp) {
    if (timestamp == null) {
      return Long.MIN_VALUE;
    }
    if (timestamp instanceof Number number && Math.abs(number.doubleValue()) < LAST_SECOND) {
      double seconds = Math.floor(number.doubleValue());
      double rest = number.doubleValue() - seconds;
      return Math.round(seconds) * NANOS + Math.round(rest * NANOS_PER_SECOND);
    }
    throw new IllegalArgumentException(
        "'timestamp' must be seconds since 1970 but was '" + timestamp + "'");
  }
}
