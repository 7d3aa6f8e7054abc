// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.parquet.internal.part;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringfold.writers.parquet.Compression;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.IntConsumer;
import org.apache.parquet.ParquetReadOptions;
import org.apache.parquet.column.statistics.DoubleStatistics;
import org.apache.parquet.column.statistics.IntStatistics;
import org.apache.parquet.column.statistics.Statistics;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;
import org.apache.parquet.internal.column.columnindex.ColumnIndex;
import org.apache.parquet.internal.column.columnindex.OffsetIndex;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Bounds never leave out a value, or readers would skip rows. */
class PartStatisticsTest {
  private static final int ROWS = 40_000;
  private static final TableSchema SCHEMA =
      TableSchema.of(
          List.of(
              new Column("seq", 1, ColumnType.INT64, true),
              new Column("x", 2, ColumnType.DOUBLE, false),
              new Column("s", 3, ColumnType.STRING, false),
              new Column("i", 4, ColumnType.INT32, false)));

  @TempDir Path directory;

  @Test
  void aChunkWithANanHasNoBoundsAndAFilterFindsItsRows() throws Exception {
    ColumnBatch batch = new ColumnBatch(SCHEMA, ROWS);
    // Only the first of three pages has the NaN and the values above 50.
    Path file =
        write(
            batch,
            row -> batch.setDouble(1, row == 7 ? Double.NaN : row < 16_384 ? 40 + row % 20 : 5));

    try (ParquetFileReader reader = open(file)) {
      ColumnChunkMetaData chunk = chunk(reader, 1);
      assertThat(chunk.getStatistics().hasNonNullValue()).isFalse();
      assertThat(chunk.getStatistics().getNumNulls()).isZero();
      assertThat(reader.readColumnIndex(chunk)).isNull();
    }
    try (DuckDb duckDb = new DuckDb()) {
      String from = " from " + DuckDb.table(file);
      assertThat(duckDb.number("select count(*)" + from + " where x > 50 and not isnan(x)"))
          .isEqualTo(count(row -> row != 7 && row < 16_384 && 40 + row % 20 > 50));
      assertThat(duckDb.number("select count(*)" + from + " where isnan(x)")).isEqualTo(1);
      assertThat(duckDb.number("select count(*)" + from + " where x is not null")).isEqualTo(ROWS);
    }
  }

  @Test
  void boundsThatAreZeroGetTheSignThatMakesTheRangeWider() throws Exception {
    ColumnBatch batch = new ColumnBatch(SCHEMA, ROWS);
    Path zeros = write(batch, row -> batch.setDouble(1, 0.0));
    assertBounds(zeros, -0.0, 0.0);
    batch.clear();
    Path negative = write(batch, row -> batch.setDouble(1, row % 2 == 0 ? -0.0 : -1.0));
    assertBounds(negative, -1.0, 0.0);
    batch.clear();
    Path positive = write(batch, row -> batch.setDouble(1, row % 2 == 0 ? 0.0 : 1.0));
    assertBounds(positive, -0.0, 1.0);
  }

  @Test
  void infinitiesAreBounds() throws Exception {
    ColumnBatch batch = new ColumnBatch(SCHEMA, ROWS);
    Path file =
        write(
            batch,
            row ->
                batch.setDouble(
                    1, row % 3 == 0 ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY));

    assertBounds(file, Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY);
  }

  @Test
  void eachPageHasItsBoundsAndNullsInTheColumnIndexAndItsPlaceInTheOffsetIndex() throws Exception {
    ColumnBatch batch = new ColumnBatch(SCHEMA, ROWS);
    Path file =
        write(
            batch,
            row -> {
              if (row >= 16_384 && row < 32_768) {
                return;
              }
              batch.setDouble(1, row);
              batch.setString(2, batch.addString("é" + row % 10));
              batch.setInt(3, -row);
            });

    try (ParquetFileReader reader = open(file)) {
      for (int column = 1; column < SCHEMA.size(); column++) {
        ColumnIndex index = reader.readColumnIndex(chunk(reader, column));
        assertThat(index.getNullPages()).containsExactly(false, true, false);
        assertThat(index.getNullCounts()).containsExactly(0L, 16_384L, 0L);
        OffsetIndex offsets = reader.readOffsetIndex(chunk(reader, column));
        assertThat(offsets.getPageCount()).isEqualTo(3);
        assertThat(offsets.getFirstRowIndex(1)).isEqualTo(16_384);
        assertThat(chunk(reader, column).getStatistics().getNumNulls()).isEqualTo(16_384);
      }
      assertThat(text(reader, 2)).isEqualTo("é0 é9");
      IntStatistics ints = (IntStatistics) chunk(reader, 3).getStatistics();
      assertThat(ints.getMin()).isEqualTo(-(ROWS - 1));
      assertThat(ints.getMax()).isZero();
    }
    try (DuckDb duckDb = new DuckDb()) {
      String from = " from " + DuckDb.table(file);
      assertThat(duckDb.number("select count(*)" + from + " where x is null")).isEqualTo(16_384);
      assertThat(duckDb.number("select count(*)" + from + " where x = 39999")).isEqualTo(1);
      assertThat(duckDb.number("select count(*)" + from + " where s = 'é9'"))
          .isEqualTo(count(row -> row % 10 == 9 && (row < 16_384 || row >= 32_768)));
    }
  }

  @Test
  void aColumnWithoutAnyValueHasItsNullsCountedAndNoBounds() throws Exception {
    ColumnBatch batch = new ColumnBatch(SCHEMA, ROWS);
    Path file = write(batch, row -> {});

    try (ParquetFileReader reader = open(file)) {
      for (int column = 1; column < SCHEMA.size(); column++) {
        Statistics<?> statistics = chunk(reader, column).getStatistics();
        assertThat(statistics.hasNonNullValue()).isFalse();
        assertThat(statistics.getNumNulls()).isEqualTo(ROWS);
      }
    }
    assertThat(batch.allocatedBytes()).isLessThan(ROWS * 8L * 2);
  }

  private interface RowTest {
    boolean test(int row);
  }

  private static long count(RowTest test) {
    long count = 0;
    for (int row = 0; row < ROWS; row++) {
      count += test.test(row) ? 1 : 0;
    }
    return count;
  }

  private static void assertBounds(Path file, double min, double max) throws IOException {
    try (ParquetFileReader reader = open(file)) {
      DoubleStatistics statistics = (DoubleStatistics) chunk(reader, 1).getStatistics();
      assertThat(Double.valueOf(statistics.genericGetMin())).isEqualTo(Double.valueOf(min));
      assertThat(Double.valueOf(statistics.genericGetMax())).isEqualTo(Double.valueOf(max));
    }
  }

  private static String text(ParquetFileReader reader, int column) {
    Statistics<?> statistics = chunk(reader, column).getStatistics();
    return statistics.minAsString() + " " + statistics.maxAsString();
  }

  private static ColumnChunkMetaData chunk(ParquetFileReader reader, int column) {
    return reader.getRowGroups().get(0).getColumns().get(column);
  }

  private static ParquetFileReader open(Path file) throws IOException {
    return ParquetFileReader.open(
        new PartInput(FileChannel.open(file)),
        ParquetReadOptions.builder(new PlainParquetConfiguration())
            .withCodecFactory(new PartCodecs())
            .build());
  }

  private Path write(ColumnBatch batch, IntConsumer values) throws IOException {
    for (int row = 0; row < ROWS; row++) {
      batch.beginRow();
      batch.setLong(0, row);
      values.accept(row);
      batch.endRow();
    }
    Path file = directory.resolve(System.nanoTime() + ".parquet");
    PartWriter.write(file, SCHEMA, batch, 0, ROWS, WriteOptions.of(Compression.ZSTD), Map.of());
    return file;
  }
}
