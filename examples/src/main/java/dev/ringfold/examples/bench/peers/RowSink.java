// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.bench.peers;

import java.io.IOException;
import java.sql.SQLException;

/** Somebody who writes rows to files. Used by one thread. */
public interface RowSink extends AutoCloseable {
  /** Takes all rows of the block; the block is filled again afterwards. */
  void add(RowBlock block) throws IOException, SQLException;

  /** Writes what is left; afterwards the files are complete. */
  void finish() throws IOException, SQLException;

  @Override
  void close() throws IOException, SQLException;
}
