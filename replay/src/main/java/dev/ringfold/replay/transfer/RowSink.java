// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.transfer;

import dev.ringfold.event.MetricColumn;
import java.io.IOException;
import java.util.List;

/** Writes rows in one format. One thread. */
interface RowSink extends AutoCloseable {
  /** Begins: called once, before the first row. */
  void begin(List<MetricColumn> columns) throws IOException;

  /** Writes a row. */
  void row(MetricRow row) throws IOException;

  /** Writes what is left; called once, behind the last row, not after a failure. */
  void end() throws IOException;

  /** Gives up what it holds. */
  @Override
  void close() throws IOException;
}
