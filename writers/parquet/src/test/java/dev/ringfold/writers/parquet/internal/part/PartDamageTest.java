// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.parquet.internal.part;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.ringfold.writers.parquet.Compression;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A damaged file is named as such; it never yields rows that were not written. */
class PartDamageTest {
  private static final TableSchema SCHEMA =
      TableSchema.of(
          List.of(
              new Column("seq", 1, ColumnType.INT64, true),
              new Column("loss", 2, ColumnType.DOUBLE, false),
              new Column("backend", 3, ColumnType.STRING, false)));

  @TempDir Path directory;

  @ParameterizedTest
  @EnumSource(Compression.class)
  void everyFlippedByteIsFound(Compression compression) throws Exception {
    Path file = sample(compression, 40);
    byte[] good = Files.readAllBytes(file);
    Path damaged = directory.resolve("damaged.parquet");
    for (int i = 0; i < good.length; i++) {
      byte[] bad = good.clone();
      bad[i] ^= (byte) (1 << (i % 8));
      Files.write(damaged, bad);

      assertThat(catchThrowable(() -> verify(damaged)))
          .as("byte %s of %s", i, good.length)
          .isInstanceOf(DamagedPartException.class)
          .hasMessageContaining(damaged.toString());
    }
  }

  @Test
  void everyTruncationIsFound() throws Exception {
    Path file = sample(Compression.ZSTD, 40);
    byte[] good = Files.readAllBytes(file);
    Path cut = directory.resolve("cut.parquet");
    for (int length = 0; length < good.length; length++) {
      Files.write(cut, Arrays.copyOf(good, length));

      assertThat(catchThrowable(() -> verify(cut)))
          .as("length %s of %s", length, good.length)
          .isInstanceOf(DamagedPartException.class);
    }
  }

  @Test
  void damageInAColumnNamesRowGroupAndColumnAndLeavesTheBatchAsItWas() throws Exception {
    Path file = directory.resolve("two.parquet");
    ColumnBatch batch = batch(300);
    try (PartWriter writer = PartWriter.open(file, SCHEMA, WriteOptions.of(Compression.SNAPPY))) {
      writer.addRows(batch, 0, 100);
      writer.addRows(batch, 100, 300);
      writer.finish(Map.of());
    }
    byte[] bytes = Files.readAllBytes(file);
    long place;
    try (DuckDb duckDb = new DuckDb()) {
      place =
          duckDb.number(
              "select data_page_offset + total_compressed_size - 3 from parquet_metadata('"
                  + file
                  + "') where row_group_id = 1 and path_in_schema = 'loss'");
    }
    bytes[(int) place] ^= 0x40;
    Files.write(file, bytes);

    try (PartReader reader = PartReader.open(file)) {
      ColumnBatch read = new ColumnBatch(SCHEMA, 300);
      reader.read(0, read);
      assertThat(read.rows()).isEqualTo(100);

      Throwable failure = catchThrowable(() -> reader.read(1, read));

      assertThat(failure).isInstanceOf(DamagedPartException.class);
      DamagedPartException damage = (DamagedPartException) failure;
      assertThat(damage.file()).isEqualTo(file);
      assertThat(damage.rowGroup()).isEqualTo(1);
      assertThat(damage.column()).isEqualTo("loss");
      assertThat(damage).hasMessageContainingAll("row group 1", "'loss'", "CRC32C", "Rebuild");
      assertThat(read.rows()).isEqualTo(100);
      assertThat(RowHash.of(read, 0, 100)).isEqualTo(RowHash.of(batch, 0, 100));
      for (int row = 100; row < 300; row++) {
        assertThat(read.isNull(row, 1)).isTrue();
      }
    }
  }

  @Test
  void randomGarbageInsideAPageIsFoundEvenWithManyBytesChanged() throws Exception {
    Path file = sample(Compression.LZ4_RAW, 5_000);
    byte[] good = Files.readAllBytes(file);
    Random random = new Random(SampleRows.SEED);
    Path damaged = directory.resolve("garbage.parquet");
    for (int round = 0; round < 200; round++) {
      byte[] bad = good.clone();
      int from = random.nextInt(good.length);
      int to = Math.min(good.length, from + 1 + random.nextInt(200));
      for (int i = from; i < to; i++) {
        bad[i] = (byte) random.nextInt();
      }
      if (Arrays.equals(good, bad)) {
        continue;
      }
      Files.write(damaged, bad);

      assertThat(catchThrowable(() -> verify(damaged)))
          .as("seed %s, bytes %s to %s", SampleRows.SEED, from, to)
          .isInstanceOf(DamagedPartException.class);
    }
  }

  @Test
  void aFileOfAnotherWriterIsRefusedWithItsReason() throws Exception {
    Path twin = directory.resolve("twin.parquet");
    TwinWriter.write(twin, batch(10), Compression.ZSTD);

    assertThatThrownBy(() -> PartReader.open(twin))
        .isInstanceOf(DamagedPartException.class)
        .hasMessageContaining("no part writer has finished it");
  }

  @Test
  void aMissingFileIsNotCalledDamaged() {
    assertThatThrownBy(() -> PartReader.open(directory.resolve("none.parquet")))
        .isInstanceOf(NoSuchFileException.class);
  }

  @Test
  void aFileThatIsReplacedWhileItIsOpenIsReadAsItWas() throws Exception {
    Path file = sample(Compression.ZSTD, 50);
    try (PartReader reader = PartReader.open(file)) {
      Path other = directory.resolve("other.parquet");
      PartWriter.write(
          other, SCHEMA, batch(900), 0, 900, WriteOptions.of(Compression.ZSTD), Map.of());
      Files.move(other, file, java.nio.file.StandardCopyOption.REPLACE_EXISTING);

      reader.verify();
      assertThat(reader.rows()).isEqualTo(50);
    }
  }

  private static void verify(Path file) throws IOException {
    try (PartReader reader = PartReader.open(file)) {
      reader.verify();
    }
  }

  private Path sample(Compression compression, int rows) throws IOException {
    Path file = directory.resolve("good.parquet");
    PartWriter.write(
        file, SCHEMA, batch(rows), 0, rows, WriteOptions.of(compression), Map.of("a", "b"));
    verify(file);
    return file;
  }

  private static ColumnBatch batch(int rows) {
    ColumnBatch batch = new ColumnBatch(SCHEMA, rows);
    for (int row = 0; row < rows; row++) {
      batch.beginRow();
      batch.setLong(0, row * 3L);
      if (row % 4 != 0) {
        batch.setDouble(1, Math.sqrt(row));
        batch.setString(2, batch.addString("b" + row % 3));
      }
      batch.endRow();
    }
    return batch;
  }
}
