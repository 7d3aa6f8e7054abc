// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.bench.peers;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.conf.ParquetConfiguration;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.api.WriteSupport;
import org.apache.parquet.io.LocalOutputFile;
import org.apache.parquet.io.OutputFile;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.io.api.RecordConsumer;
import org.jspecify.annotations.Nullable;

/** Parquet's writer with a {@link WriteSupport} of our own: value by value, without objects. */
public final class WriteSupportSink implements RowSink {
  private final ParquetWriter<Cursor> writer;
  private final Cursor cursor = new Cursor();

  /** Begins {@code file}. */
  public WriteSupportSink(Path file) throws IOException {
    writer = PeerSchema.configure(new Builder(new LocalOutputFile(file))).build();
  }

  @Override
  public void add(RowBlock block) throws IOException {
    cursor.block = block;
    for (int row = 0; row < block.rows(); row++) {
      cursor.row = row;
      writer.write(cursor);
    }
  }

  @Override
  public void finish() throws IOException {
    writer.close();
  }

  /** Does nothing more: {@link #finish} has closed the file. */
  @Override
  public void close() {}

  /** The row to be written next. */
  private static final class Cursor {
    private RowBlock block = new RowBlock();
    private int row;
  }

  private static final class Builder extends ParquetWriter.Builder<Cursor, Builder> {
    Builder(OutputFile file) {
      super(file);
    }

    @Override
    protected Builder self() {
      return this;
    }

    @Override
    @Deprecated
    protected WriteSupport<Cursor> getWriteSupport(Configuration configuration) {
      return new RowSupport();
    }

    @Override
    protected WriteSupport<Cursor> getWriteSupport(ParquetConfiguration configuration) {
      return new RowSupport();
    }
  }

  private static final class RowSupport extends WriteSupport<Cursor> {
    private static final RowColumn[] COLUMNS = RowColumn.values();
    private static final List<Binary> BACKENDS =
        RowBlock.BACKENDS.stream().map(Binary::fromString).toList();

    private @Nullable RecordConsumer consumer;

    @Override
    @Deprecated
    public WriteContext init(Configuration configuration) {
      return new WriteContext(PeerSchema.MESSAGE, Map.of());
    }

    @Override
    public WriteContext init(ParquetConfiguration configuration) {
      return new WriteContext(PeerSchema.MESSAGE, Map.of());
    }

    @Override
    public void prepareForWrite(RecordConsumer recordConsumer) {
      consumer = recordConsumer;
    }

    @Override
    public void write(Cursor cursor) {
      RecordConsumer out = Objects.requireNonNull(consumer);
      out.startMessage();
      for (RowColumn column : COLUMNS) {
        if (!cursor.block.isMissing(column, cursor.row)) {
          out.startField(column.column(), column.index());
          add(out, cursor.block, column, cursor.row);
          out.endField(column.column(), column.index());
        }
      }
      out.endMessage();
    }

    private static void add(RecordConsumer out, RowBlock block, RowColumn column, int row) {
      switch (column.kind()) {
        case LONG -> out.addLong(block.longAt(column, row));
        case DOUBLE -> out.addDouble(block.doubleAt(column, row));
        case TEXT -> out.addBinary(BACKENDS.get(block.backendAt(row)));
      }
    }
  }
}
