// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.parquet;

import dev.ringfold.writers.parquet.internal.part.PartReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How many rows a table shows to readers. Looked up on disk, as they would, and at most once a
 * second, however often it is asked. Thread-safe.
 */
final class TableRows {
  private static final long MAX_AGE_NANOS = TimeUnit.SECONDS.toNanos(1);

  private static final Logger LOG = LoggerFactory.getLogger(MetricsLogger.class);

  private final Path table;
  private long sealed;
  private long visible;
  private long lookedNanos;
  private boolean looked;

  TableRows(Path table) {
    this.table = table;
  }

  /**
   * Rows of all runs.
   *
   * @param visible those that readers see
   * @param sealed those in sealed parts
   */
  record Count(long visible, long sealed) {}

  synchronized Count count() {
    long now = System.nanoTime();
    if (!looked || now - lookedNanos >= MAX_AGE_NANOS) {
      looked = true;
      lookedNanos = now;
      look();
    }
    return new Count(visible, sealed);
  }

  private void look() {
    try {
      MetricTable snapshot = MetricTable.open(table);
      long open = 0;
      for (Path part : snapshot.openParts()) {
        try (PartReader reader = PartReader.open(part)) {
          open += reader.rows();
        }
      }
      sealed = snapshot.sealedRows();
      visible = sealed + open;
    } catch (IOException notNow) {
      // Not made yet, or replaced while we looked: what was seen before stays.
      LOG.debug("The table {} cannot be looked at now", table, notNow);
    }
  }
}
