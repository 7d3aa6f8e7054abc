// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.parquet.internal.part;

import java.io.IOException;
import java.util.Arrays;
import org.apache.parquet.Version;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.ColumnReader;
import org.apache.parquet.column.Dictionary;
import org.apache.parquet.column.impl.ColumnReadStoreImpl;
import org.apache.parquet.column.page.PageReadStore;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.io.api.Converter;
import org.apache.parquet.io.api.GroupConverter;
import org.apache.parquet.io.api.PrimitiveConverter;
import org.apache.parquet.schema.MessageType;
import org.jspecify.annotations.Nullable;

/** Decodes one column of one row group into a batch, behind its rows. Belongs to one thread. */
final class ChunkReader {
  private static final int UNKNOWN = -1;

  private final Texts converter = new Texts();
  private final ColumnReader reader;
  private final int present;
  private final long cells;

  ChunkReader(PageReadStore pages, ColumnDescriptor descriptor, MessageType message) {
    MessageType one = new MessageType(message.getName(), message.getType(descriptor.getPath()[0]));
    this.reader =
        new ColumnReadStoreImpl(pages, converter, one, Version.FULL_VERSION)
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

  private void readStrings(ColumnBatch batch, int column, int first, int rows) throws IOException {
    Dictionary dictionary = converter.dictionary();
    int[] ids = new int[dictionary == null ? 0 : dictionary.getMaxId() + 1];
    Arrays.fill(ids, UNKNOWN);
    for (int i = 0; i < rows; i++) {
      if (reader.getCurrentDefinitionLevel() == present) {
        int id;
        if (dictionary == null) {
          id = idOf(reader.getBinary(), batch);
        } else {
          int index = reader.getCurrentValueDictionaryID();
          if (ids[index] == UNKNOWN) {
            ids[index] = idOf(dictionary.decodeToBinary(index), batch);
          }
          id = ids[index];
        }
        batch.put(first + i, column, id);
      }
      reader.consume();
    }
  }

  private static int idOf(Binary text, ColumnBatch batch) throws IOException {
    int id = batch.addString(text.toStringUsingUTF8());
    if (id < 0) {
      throw new IOException("the batch has no room for its texts");
    }
    return id;
  }

  /**
   * Keeps the chunk's dictionary, so that each of its texts is decoded once. Values are taken from
   * the column reader directly: nothing is ever converted.
   */
  private static final class Texts extends GroupConverter {
    private final Keeper keeper = new Keeper();

    @Nullable Dictionary dictionary() {
      return keeper.dictionary;
    }

    @Override
    public Converter getConverter(int fieldIndex) {
      return keeper;
    }

    @Override
    public void start() {}

    @Override
    public void end() {}
  }

  private static final class Keeper extends PrimitiveConverter {
    private @Nullable Dictionary dictionary;

    @Override
    public boolean hasDictionarySupport() {
      return true;
    }

    @Override
    public void setDictionary(Dictionary newDictionary) {
      dictionary = newDictionary;
    }
  }
}
