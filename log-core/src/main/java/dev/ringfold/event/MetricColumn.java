// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.event;

/**
 * One column of a metrics row.
 *
 * @param name 1 to {@link #MAX_NAME_LENGTH} bytes of UTF-8 without control characters
 * @param type what its cells hold
 */
public record MetricColumn(String name, MetricType type) {
  /** Most bytes of a name in UTF-8. */
  public static final int MAX_NAME_LENGTH = 200;

  /** Checks the name. */
  public MetricColumn {
    Names.check("The name of a metric column", name, 1, MAX_NAME_LENGTH);
  }
}
