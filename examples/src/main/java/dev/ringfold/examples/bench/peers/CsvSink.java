// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.bench.peers;

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Text with commas: a heading, a line a row, nothing where a value is missing. */
public final class CsvSink implements RowSink {
  private static final RowColumn[] COLUMNS = RowColumn.values();

  private final BufferedWriter writer;
  private final StringBuilder line = new StringBuilder();

  /** Begins {@code file}. */
  public CsvSink(Path file) throws IOException {
    writer = Files.newBufferedWriter(file, StandardCharsets.UTF_8);
    for (RowColumn column : COLUMNS) {
      line.append(column.index() == 0 ? "" : ",").append(column.column());
    }
    writeLine();
  }

  @Override
  public void add(RowBlock block) throws IOException {
    for (int row = 0; row < block.rows(); row++) {
      for (RowColumn column : COLUMNS) {
        line.append(column.index() == 0 ? "" : ",");
        append(block, column, row);
      }
      writeLine();
    }
  }

  private void append(RowBlock block, RowColumn column, int row) {
    if (block.isMissing(column, row)) {
      return;
    }
    switch (column.kind()) {
      case LONG -> line.append(block.longAt(column, row));
      case DOUBLE -> line.append(block.doubleAt(column, row));
      case TEXT -> line.append(RowBlock.BACKENDS.get(block.backendAt(row)));
    }
  }

  private void writeLine() throws IOException {
    writer.append(line).write('\n');
    line.setLength(0);
  }

  @Override
  public void finish() throws IOException {
    writer.flush();
  }

  @Override
  public void close() throws IOException {
    writer.close();
  }
}
