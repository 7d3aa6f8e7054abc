// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.parquet.internal.part;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.apache.parquet.Version;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.ColumnReader;
import org.apache.parquet.column.impl.ColumnReadStoreImpl;
import org.apache.parquet.column.page.PageReadStore;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.io.api.Converter;
import org.apache.parquet.io.api.GroupConverter;
import org.apache.parquet.io.api.PrimitiveConverter;
import org.apache.parquet.schema.MessageType;

/** Decodes one column of one row group into a batch, behind its rows. Belongs to one thread. */
final class ChunkReader {
  private final ColumnReader reader;
  private final int present;
  private final long cells;

  ChunkReader(PageReadStore pages, ColumnDescriptor descriptor, MessageType message) {
    MessageType one = new MessageType(message.getName(), message.getType(descriptor.getPath()[0]));
    this.reader =
        new ColumnReadStoreImpl(pages, new NoConverter(), one, Version.FULL_VERSION)
            .getColumnReader(descriptor);
    this.present = descriptor.getMaxDefinitionLevel();
    this.cells = pages.getPageReader(descriptor).getTotalValueCount();
  }

  void readInto(ColumnBatch batch, int column, int rows) throws IOException {
    if (cells != rows) {
      throw new IOException("its pages have " + cells + " cells but the row group " + rows);
    }
    int first = batch.rows();
    ColumnType type = batch.schema().column(column).type();
    switch (type) {
      case INT64 -> readLongs(batch, column, first, rows);
      case DOUBLE -> readDoubles(batch, column, first, rows);
      case INT32 -> readInts(batch, column, first, rows);
      case BOOLEAN -> readBooleans(batch, column, first, rows);
      case STRING -> readStrings(batch, column, first, rows);
    }
  }

  private void readLongs(ColumnBatch batch, int column, int first, int rows) {
    for (int i = 0; i < rows; i++) {
      if (reader.getCurrentDefinitionLevel() == present) {
        batch.put(first + i, column, reader.getLong());
      }
      reader.consume();
    }
  }

  private void readDoubles(ColumnBatch batch, int column, int first, int rows) {
    for (int i = 0; i < rows; i++) {
      if (reader.getCurrentDefinitionLevel() == present) {
        batch.put(first + i, column, reader.getDouble());
      }
      reader.consume();
    }
  }

  private void readInts(ColumnBatch batch, int column, int first, int rows) {
    for (int i = 0; i < rows; i++) {
      if (reader.getCurrentDefinitionLevel() == present) {
        batch.put(first + i, column, reader.getInteger());
      }
      reader.consume();
    }
  }

  private void readBooleans(ColumnBatch batch, int column, int first, int rows) {
    for (int i = 0; i < rows; i++) {
      if (reader.getCurrentDefinitionLevel() == present) {
        batch.put(first + i, column, reader.getBoolean() ? 1 : 0);
      }
      reader.consume();
    }
  }

  /** A text that repeats is looked up once. */
  private void readStrings(ColumnBatch batch, int column, int first, int rows) throws IOException {
    Map<Binary, Integer> ids = new HashMap<>();
    Binary last = Binary.EMPTY;
    int lastId = -1;
    for (int i = 0; i < rows; i++) {
      if (reader.getCurrentDefinitionLevel() == present) {
        Binary text = reader.getBinary();
        if (lastId < 0 || !text.equals(last)) {
          lastId = idOf(text, ids, batch);
          last = text;
        }
        batch.put(first + i, column, lastId);
      }
      reader.consume();
    }
  }

  private static int idOf(Binary text, Map<Binary, Integer> ids, ColumnBatch batch)
      throws IOException {
    Integer known = ids.get(text);
    if (known != null) {
      return known;
    }
    int id = batch.addString(text.toStringUsingUTF8());
    if (id < 0) {
      throw new IOException("the batch has no room for its texts");
    }
    ids.put(text.copy(), id);
    return id;
  }

  /** Values are taken from the column reader directly, so nothing is ever converted. */
  private static final class NoConverter extends GroupConverter {
    private final PrimitiveConverter none = new PrimitiveConverter() {};

    @Override
    public Converter getConverter(int fieldIndex) {
      return none;
    }

    @Override
    public void start() {}

    @Override
    public void end() {}
  }
}
