// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.parquet.internal.part;

import dev.ringfold.writers.parquet.Compression;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.column.ParquetProperties;
import org.apache.parquet.conf.ParquetConfiguration;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.api.WriteSupport;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.io.LocalOutputFile;
import org.apache.parquet.io.OutputFile;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.io.api.RecordConsumer;

/**
 * Writes the same rows by Parquet's own row-by-row path: a second, independent encoder to compare
 * with. A record is the index of a row.
 */
final class TwinWriter {
  private TwinWriter() {}

  /** Tells the consumer the fields of one row. */
  interface RowSource {
    void emit(RecordConsumer consumer, int row);
  }

  static void write(Path file, ColumnBatch batch, Compression compression) throws IOException {
    write(file, batch.schema(), batch.rows(), compression, (out, row) -> emit(out, batch, row));
  }

  static void write(
      Path file, TableSchema schema, int rows, Compression compression, RowSource source)
      throws IOException {
    PartCodecs codecs = new PartCodecs();
    try (ParquetWriter<Integer> writer =
        new Builder(new LocalOutputFile(file), new Rows(schema, source))
            .withConf(new PlainParquetConfiguration())
            .withCodecFactory(codecs)
            .withCompressionCodec(codec(compression))
            .withWriterVersion(ParquetProperties.WriterVersion.PARQUET_2_0)
            .withRowGroupRowCountLimit(PartWriter.GROUP_ROWS)
            .withPageRowCountLimit(ChunkEncoder.PAGE_ROWS)
            .withPageWriteChecksumEnabled(true)
            .build()) {
      for (int row = 0; row < rows; row++) {
        writer.write(row);
      }
    } finally {
      codecs.release();
    }
  }

  static CompressionCodecName codec(Compression compression) {
    return compression == Compression.NONE
        ? CompressionCodecName.UNCOMPRESSED
        : CompressionCodecName.valueOf(compression.name());
  }

  private static void emit(RecordConsumer consumer, ColumnBatch batch, int row) {
    TableSchema schema = batch.schema();
    for (int i = 0; i < schema.size(); i++) {
      if (batch.isNull(row, i)) {
        continue;
      }
      consumer.startField(schema.column(i).name(), i);
      switch (schema.column(i).type()) {
        case INT32 -> consumer.addInteger(batch.intAt(row, i));
        case INT64 -> consumer.addLong(batch.longAt(row, i));
        case DOUBLE -> consumer.addDouble(batch.doubleAt(row, i));
        case BOOLEAN -> consumer.addBoolean(batch.booleanAt(row, i));
        case STRING -> consumer.addBinary(Binary.fromString(batch.stringAt(row, i)));
      }
      consumer.endField(schema.column(i).name(), i);
    }
  }

  private static final class Builder extends ParquetWriter.Builder<Integer, Builder> {
    private final Rows rows;

    Builder(OutputFile file, Rows rows) {
      super(file);
      this.rows = rows;
    }

    @Override
    protected Builder self() {
      return this;
    }

    @Override
    @SuppressWarnings("deprecation") // Abstract, so it has to be there.
    protected WriteSupport<Integer> getWriteSupport(Configuration configuration) {
      return rows;
    }

    @Override
    protected WriteSupport<Integer> getWriteSupport(ParquetConfiguration configuration) {
      return rows;
    }
  }

  private static final class Rows extends WriteSupport<Integer> {
    private final TableSchema schema;
    private final RowSource source;
    private RecordConsumer consumer;

    Rows(TableSchema schema, RowSource source) {
      this.schema = schema;
      this.source = source;
    }

    @Override
    @SuppressWarnings("deprecation") // Abstract, so it has to be there.
    public WriteContext init(Configuration configuration) {
      return new WriteContext(schema.toParquet(), Map.of());
    }

    @Override
    public WriteContext init(ParquetConfiguration configuration) {
      return new WriteContext(schema.toParquet(), Map.of());
    }

    @Override
    public void prepareForWrite(RecordConsumer recordConsumer) {
      consumer = recordConsumer;
    }

    @Override
    public void write(Integer row) {
      consumer.startMessage();
      source.emit(consumer, row);
      consumer.endMessage();
    }
  }
}
