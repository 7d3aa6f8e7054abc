// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.parquet.internal.part;

import dev.ringfold.writers.parquet.Profile;
import java.io.IOException;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.Encoding;
import org.apache.parquet.column.page.DictionaryPage;
import org.apache.parquet.column.statistics.Statistics;
import org.apache.parquet.hadoop.ParquetFileWriter;
import org.apache.parquet.schema.PrimitiveType;

/**
 * Writes one column of one row group after another: dictionary page, then data pages of version 2
 * with definition levels, compressed values and statistics. Belongs to one thread.
 */
final class ChunkWriter {
  private final ParquetFileWriter file;
  private final PageCodec codec;
  private final EncoderScratch scratch = new EncoderScratch();
  private final LongEncoder longs;
  private final LongEncoder ints;
  private final DoubleEncoder doubles;
  private final BooleanEncoder booleans;
  private final StringEncoder strings;
  private final ByteSink levels = new ByteSink();
  private final ByteSink values = new ByteSink();

  ChunkWriter(ParquetFileWriter file, PageCodec codec, Profile profile) {
    this.file = file;
    this.codec = codec;
    this.longs = new LongEncoder(scratch, false);
    this.ints = new LongEncoder(scratch, true);
    this.doubles = new DoubleEncoder(scratch, profile == Profile.COMPACT);
    this.booleans = new BooleanEncoder(scratch);
    this.strings = new StringEncoder(scratch);
  }

  void write(ColumnDescriptor descriptor, ColumnBatch batch, int column, int from, int to)
      throws IOException {
    long[] valid = batch.validBits(column);
    int present = Presence.count(valid, from, to);
    ChunkEncoder encoder = encoder(batch.schema().column(column).type());
    encoder.load(batch, column, from, to, present);
    file.startColumn(descriptor, to - from, codec.name());
    if (encoder.indexed) {
      writeDictionary(encoder);
    }
    PrimitiveType type = descriptor.getPrimitiveType();
    boolean bounded = true;
    int done = 0;
    int pageRows = encoder.pageRows();
    for (int start = from; start < to; start += pageRows) {
      int end = Math.min(to, start + pageRows);
      int here = Presence.count(valid, start, end);
      levels.clear();
      if (valid != null) {
        scratch.hybrid.encodeLevels(valid, start, end - start, here, levels);
      }
      Statistics.Builder statistics = Statistics.getBuilderForReading(type);
      statistics.withNumNulls(end - start - here);
      bounded &= here == 0 || encoder.addBounds(done, done + here, statistics);
      values.clear();
      if (present > 0) {
        encoder.putPage(done, done + here, values);
      }
      Encoding encoding = present > 0 ? encoder.encoding() : Encoding.PLAIN;
      writePage(end - start, here, encoding, statistics.build());
      done += here;
    }
    if (!bounded) {
      // One page without bounds leaves the chunk without: those of the others are not its own.
      file.invalidateStatistics(
          Statistics.getBuilderForReading(type).withNumNulls(to - from - present).build());
    }
    file.endColumn();
  }

  private ChunkEncoder encoder(ColumnType type) {
    return switch (type) {
      case INT32 -> ints;
      case INT64 -> longs;
      case DOUBLE -> doubles;
      case BOOLEAN -> booleans;
      case STRING -> strings;
    };
  }

  private void writeDictionary(ChunkEncoder encoder) throws IOException {
    values.clear();
    encoder.putDictionary(values);
    file.writeDictionaryPage(
        new DictionaryPage(compressed(), values.size(), encoder.dictionarySize(), Encoding.PLAIN));
  }

  private void writePage(int rows, int present, Encoding encoding, Statistics<?> statistics)
      throws IOException {
    file.writeDataPageV2(
        rows,
        rows - present,
        rows,
        BytesInput.empty(),
        BytesInput.from(levels.array(), 0, levels.size()),
        encoding,
        compressed(),
        // Stated on the page, since readers differ on whether nothing can be decompressed.
        values.size() > 0,
        values.size(),
        statistics);
  }

  /** The values compressed; valid until the next call. A page without values stays empty. */
  private BytesInput compressed() throws IOException {
    if (values.size() == 0) {
      return BytesInput.empty();
    }
    int length = codec.compress(values.array(), values.size());
    return BytesInput.from(codec.output(), 0, length);
  }
}
