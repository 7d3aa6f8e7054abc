// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.bench.peers;

import java.io.IOException;
import java.nio.file.Path;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.SimpleGroupFactory;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.example.ExampleParquetWriter;
import org.apache.parquet.io.LocalOutputFile;

/** Parquet's example writer: an object per row and per value. */
public final class GroupSink implements RowSink {
  private static final RowColumn[] COLUMNS = RowColumn.values();

  private final SimpleGroupFactory groups = new SimpleGroupFactory(PeerSchema.MESSAGE);
  private final ParquetWriter<Group> writer;

  /** Begins {@code file}. */
  public GroupSink(Path file) throws IOException {
    writer =
        PeerSchema.configure(
                ExampleParquetWriter.builder(new LocalOutputFile(file))
                    .withType(PeerSchema.MESSAGE))
            .build();
  }

  @Override
  public void add(RowBlock block) throws IOException {
    for (int row = 0; row < block.rows(); row++) {
      Group group = groups.newGroup();
      for (RowColumn column : COLUMNS) {
        if (!block.isMissing(column, row)) {
          add(group, block, column, row);
        }
      }
      writer.write(group);
    }
  }

  private static void add(Group group, RowBlock block, RowColumn column, int row) {
    switch (column.kind()) {
      case LONG -> group.add(column.index(), block.longAt(column, row));
      case DOUBLE -> group.add(column.index(), block.doubleAt(column, row));
      case TEXT -> group.add(column.index(), RowBlock.BACKENDS.get(block.backendAt(row)));
    }
  }

  @Override
  public void finish() throws IOException {
    writer.close();
  }

  /** Does nothing more: {@link #finish} has closed the file. */
  @Override
  public void close() {}
}
