// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.parquet.internal.part;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.ringfold.writers.parquet.Compression;
import dev.ringfold.writers.parquet.Profile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What is written is what is read: by our reader, by DuckDB, and as Parquet's own writer has it.
 */
class PartMatrixTest {
  private static DuckDb duckDb;

  @TempDir Path directory;

  @BeforeAll
  static void open() throws Exception {
    duckDb = new DuckDb();
  }

  @AfterAll
  static void close() throws Exception {
    duckDb.close();
  }

  @ParameterizedTest
  @EnumSource(Compression.class)
  void everyTypeAndKindOfNullsIsReadByEveryoneInEveryCodecAndProfile(Compression compression)
      throws Exception {
    ColumnBatch batch = SampleRows.batch(3_000, SampleRows.SEED);
    Path twin = directory.resolve("twin.parquet");
    TwinWriter.write(twin, batch, compression);
    assertThat(duckDb.firstDifference(twin, batch)).isNull();

    for (Profile profile : Profile.values()) {
      Path file = write(batch, WriteOptions.of(compression, profile), profile.name());

      assertReadsBack(file, batch);
      assertThat(duckDb.firstDifference(file, batch)).isNull();
      assertThat(duckDb.differences(file, twin)).isZero();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 16_383, 16_384, 16_385, 131_073})
  void everyNumberOfRowsAroundTheLimitsIsReadByEveryone(int rows) throws Exception {
    ColumnBatch batch = SampleRows.batch(rows, SampleRows.SEED + rows);
    for (Profile profile : Profile.values()) {
      Path file = write(batch, WriteOptions.of(Compression.ZSTD, profile), profile.name());

      assertReadsBack(file, batch);
      assertThat(duckDb.number("select count(distinct seq) from " + DuckDb.table(file)))
          .isEqualTo(rows);
    }
    Path normal = directory.resolve(Profile.DEFAULT + ".parquet");
    Path compact = directory.resolve(Profile.COMPACT + ".parquet");
    Path twin = directory.resolve("twin.parquet");
    TwinWriter.write(twin, batch, Compression.ZSTD);
    assertThat(duckDb.differences(normal, twin)).isZero();
    assertThat(duckDb.differences(compact, twin)).isZero();
  }

  @ParameterizedTest
  @EnumSource(Compression.class)
  void rowGroupsAreCutAt131072RowsInEveryCodec(Compression compression) throws Exception {
    TrainingRows training = new TrainingRows(SampleRows.SEED, 140_000);
    ColumnBatch batch = new ColumnBatch(TrainingRows.schema(), training.size);
    training.fill(batch, 0, training.size);
    for (Profile profile : Profile.values()) {
      Path file = write(batch, WriteOptions.of(compression, profile), profile.name());

      try (PartReader reader = PartReader.open(file)) {
        assertThat(reader.rowGroups()).isEqualTo(2);
        assertThat(reader.rows(0)).isEqualTo(131_072);
        assertThat(reader.rows()).isEqualTo(140_000);
        reader.verify();
      }
      assertReadsBack(file, batch);
      assertThat(duckDb.text("select sum(train_loss)::varchar from " + DuckDb.table(file)))
          .isEqualTo(duckDb.text("select sum(train_loss)::varchar from " + twin(batch)));
    }
  }

  @ParameterizedTest
  @EnumSource(Profile.class)
  void exactly131072RowsAreOneRowGroup(Profile profile) throws Exception {
    ColumnBatch batch = new ColumnBatch(TrainingRows.schema(), PartWriter.GROUP_ROWS);
    new TrainingRows(SampleRows.SEED, PartWriter.GROUP_ROWS).fill(batch, 0, PartWriter.GROUP_ROWS);
    Path file = write(batch, WriteOptions.of(Compression.ZSTD, profile), profile.name());

    try (PartReader reader = PartReader.open(file)) {
      assertThat(reader.rowGroups()).isEqualTo(1);
    }
    assertReadsBack(file, batch);
    assertThat(duckDb.text("select sum(grad_norm)::varchar from " + DuckDb.table(file)))
        .isEqualTo(duckDb.text("select sum(grad_norm)::varchar from " + twin(batch)));
  }

  private String twin(ColumnBatch batch) throws IOException {
    Path twin = directory.resolve("training-twin.parquet");
    if (!Files.exists(twin)) {
      TwinWriter.write(twin, batch, Compression.NONE);
    }
    return DuckDb.table(twin);
  }

  @Test
  void anyRangeOfABatchCanBeWritten() throws Exception {
    ColumnBatch batch = SampleRows.batch(700, SampleRows.SEED);
    int[][] ranges = {{0, 1}, {63, 65}, {1, 700}, {5, 133}, {699, 700}, {64, 128}};
    for (int[] range : ranges) {
      Path file = directory.resolve(range[0] + "-" + range[1] + ".parquet");
      PartWriter.write(
          file,
          batch.schema(),
          batch,
          range[0],
          range[1],
          WriteOptions.of(Compression.NONE),
          Map.of());

      ColumnBatch read = read(file, batch.schema());
      assertThat(read.rows()).isEqualTo(range[1] - range[0]);
      for (int row = 0; row < read.rows(); row++) {
        assertSameRow(read, row, batch, range[0] + row);
      }
      assertThat(duckDb.number("select min(seq) from " + DuckDb.table(file)))
          .isEqualTo(1_000_000L + range[0]);
    }
  }

  @Test
  void randomTablesAreReadByOurReaderAndDuckDb() throws Exception {
    for (int round = 0; round < 25; round++) {
      long seed = SampleRows.SEED * 31 + round;
      Random random = new Random(seed);
      ColumnBatch batch = RandomTables.batch(random);
      Compression compression = Compression.values()[random.nextInt(Compression.values().length)];
      Profile profile = Profile.values()[random.nextInt(Profile.values().length)];
      Path file = write(batch, WriteOptions.of(compression, profile), "random-" + round);
      String what = "seed " + seed + " " + compression + " " + profile;

      assertReadsBack(file, batch);
      assertThat(duckDb.firstDifference(file, batch)).as(what).isNull();
    }
  }

  private Path write(ColumnBatch batch, WriteOptions options, String name) throws IOException {
    Path file = directory.resolve(name + ".parquet");
    PartSummary summary =
        PartWriter.write(
            file, batch.schema(), batch, 0, batch.rows(), options, Map.of("name", name));
    assertThat(summary.rows()).isEqualTo(batch.rows());
    assertThat(summary.bytes()).isEqualTo(Files.size(file));
    assertThat(summary.rowHash()).isEqualTo(RowHash.of(batch, 0, batch.rows()));
    return file;
  }

  private static ColumnBatch read(Path file, TableSchema schema) throws IOException {
    try (PartReader reader = PartReader.open(file)) {
      assertThat(reader.schema()).isEqualTo(schema);
      ColumnBatch read = new ColumnBatch(schema, Math.toIntExact(reader.rows()));
      for (int group = 0; group < reader.rowGroups(); group++) {
        reader.read(group, read);
      }
      return read;
    }
  }

  private static void assertReadsBack(Path file, ColumnBatch batch) throws IOException {
    ColumnBatch read = read(file, batch.schema());
    assertThat(read.rows()).isEqualTo(batch.rows());
    for (int row = 0; row < batch.rows(); row++) {
      assertSameRow(read, row, batch, row);
    }
  }

  /** Bit by bit: a NaN keeps its payload and a zero its sign. */
  private static void assertSameRow(ColumnBatch read, int row, ColumnBatch written, int source) {
    for (int i = 0; i < written.schema().size(); i++) {
      boolean same;
      if (written.isNull(source, i) || read.isNull(row, i)) {
        same = written.isNull(source, i) && read.isNull(row, i);
      } else if (written.schema().column(i).type() == ColumnType.DOUBLE) {
        same =
            Double.doubleToRawLongBits(read.doubleAt(row, i))
                == Double.doubleToRawLongBits(written.doubleAt(source, i));
      } else {
        same = written.valueAt(source, i).equals(read.valueAt(row, i));
      }
      if (!same) {
        fail("row %s, %s: %s", row, written.schema().column(i), read.valueAt(row, i));
      }
    }
  }
}
