// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.transfer;

import java.io.Closeable;
import java.io.IOException;
import java.util.List;

/** Reads a file record by record, with bounded memory. One thread. */
interface RecordReader extends Closeable {
  /**
   * Moves to the next record.
   *
   * @return false at the end of the file
   * @throws BadLineException when the record cannot be read; the next call goes on behind it if it
   *     can, and throws {@link ImportRefusedException} if it cannot
   */
  boolean next() throws IOException, BadLineException;

  /** The line on which the record begins, from 1. */
  long line();

  /** The values of the record, in its order; good until the next record. */
  List<Cell> cells();
}
