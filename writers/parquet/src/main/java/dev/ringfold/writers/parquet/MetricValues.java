// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.parquet;

import dev.ringfold.event.MetricLayout;
import dev.ringfold.event.MetricType;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.Buffer;
import java.util.Map;
import java.util.stream.BaseStream;

/** What a Java value becomes in a table. Stateless. */
final class MetricValues {
  private static final double LONG_END = 0x1p63;

  private MetricValues() {}

  /**
   * The type of the column that takes the value. A number is DOUBLE, unless it is a whole one for a
   * training metric that is declared as LONG.
   *
   * @throws IllegalArgumentException when a table has no place for it
   */
  static MetricType typeOf(String name, Object value) {
    if (value instanceof Number number) {
      return isDeclaredLong(name) && isWhole(number) ? MetricType.LONG : MetricType.DOUBLE;
    }
    if (value instanceof Boolean) {
      return MetricType.BOOLEAN;
    }
    if (value instanceof CharSequence || value instanceof Character || value instanceof Enum<?>) {
      return MetricType.STRING;
    }
    throw refused(name, value);
  }

  /** Whether a double is a whole number that a long holds exactly. */
  static boolean isWhole(double value) {
    return value >= -LONG_END && value < LONG_END && value == (long) value;
  }

  private static boolean isWhole(Number number) {
    if (number instanceof Long
        || number instanceof Integer
        || number instanceof Short
        || number instanceof Byte) {
      return true;
    }
    if (number instanceof BigInteger || number instanceof BigDecimal) {
      return number.doubleValue() == number.longValue() && isWhole(number.doubleValue());
    }
    return isWhole(number.doubleValue());
  }

  private static boolean isDeclaredLong(String name) {
    MetricLayout training = MetricLayout.training();
    int column = training.indexOf(name);
    return column >= 0 && training.column(column).type() == MetricType.LONG;
  }

  private static IllegalArgumentException refused(String name, Object value) {
    Class<?> type = value.getClass();
    boolean many =
        type.isArray()
            || value instanceof Iterable<?>
            || value instanceof Map<?, ?>
            || value instanceof Buffer
            || value instanceof BaseStream<?, ?>;
    return new IllegalArgumentException(
        "Metric '"
            + name
            + "' is "
            + (many ? "a whole " : "of type ")
            + type.getTypeName()
            + ", but a metric is one number, one yes or no, or one short text. Log a summary such as"
            + " its norm, and keep arrays and tensors as checkpoints, which are made for them.");
  }
}
