// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.transfer;

import dev.ringfold.event.MetricColumn;
import java.io.IOException;
import java.util.List;

/**
 * Gives the rows of metrics of a store, those of the journal in the order of their sequence. Those
 * that come out of a table are before these, in the order of its parts: in one that is partitioned,
 * only the rows of one partition are in the order of their sequence. One thread.
 */
public interface RowSource {
  /** The columns of all rows, in their order; a row may have values in some of them only. */
  List<MetricColumn> columns();

  /** Gives all rows that pass, until the consumer has enough. */
  void forEach(RowFilter filter, Consumer consumer) throws IOException;

  /** Takes rows. */
  @FunctionalInterface
  interface Consumer {
    /**
     * Takes a row, which is good during the call only.
     *
     * @return false when no more rows are wanted
     */
    boolean accept(MetricRow row) throws IOException;
  }
}
