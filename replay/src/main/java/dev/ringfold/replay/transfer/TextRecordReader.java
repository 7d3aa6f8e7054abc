// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.transfer;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** What the readers of texts share: the text, the cells of the record, and its line. */
abstract class TextRecordReader implements RecordReader {
  final TextLines text;
  final List<Cell> cells = new ArrayList<>();
  long line;

  TextRecordReader(TextLines text) {
    this.text = text;
  }

  @Override
  public final long line() {
    return line;
  }

  @Override
  public final List<Cell> cells() {
    return cells;
  }

  @Override
  public final void close() throws IOException {
    text.close();
  }

  /** Reads a line's end: CR LF, LF or CR. */
  final void skipLineEnd() throws IOException {
    if (text.peek() == '\r') {
      text.read();
    }
    if (text.peek() == '\n') {
      text.read();
    }
  }
}
