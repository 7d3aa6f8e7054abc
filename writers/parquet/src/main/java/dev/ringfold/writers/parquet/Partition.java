// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.parquet;

/** How the parts of a table are laid out in directories. */
public enum Partition {
  /** All parts in the table's directory. */
  NONE,
  /** A directory {@code run=<run id>} for each run; the id is escaped as in a URL. */
  RUN,
  /** A directory {@code date=YYYY-MM-DD} for each day of event time, in UTC. */
  DATE
}
