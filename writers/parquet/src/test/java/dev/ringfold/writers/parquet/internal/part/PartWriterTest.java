// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.parquet.internal.part;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringfold.writers.parquet.Compression;
import dev.ringfold.writers.parquet.Profile;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("smoke")
class PartWriterTest {
  private static final WriteOptions ZSTD = WriteOptions.of(Compression.ZSTD);

  @TempDir Path directory;

  @Test
  void theSummaryAndTheFooterTellWhatTheFileHolds() throws Exception {
    ColumnBatch batch = SampleRows.batch(900, SampleRows.SEED);
    Path file = directory.resolve("a.parquet");

    PartSummary summary =
        PartWriter.write(
            file,
            batch.schema(),
            batch,
            100,
            900,
            ZSTD.withForce(true),
            Map.of("ringfold.frameCrc", "0badcafe", "ö", "ü"));

    byte[] sha256 = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file));
    assertThat(summary)
        .isEqualTo(
            new PartSummary(
                800,
                Files.size(file),
                HexFormat.of().formatHex(sha256),
                RowHash.of(batch, 100, 900),
                1_000_100,
                1_000_899));
    try (PartReader reader = PartReader.open(file)) {
      assertThat(reader.footer())
          .containsEntry("ringfold.frameCrc", "0badcafe")
          .containsEntry("ö", "ü")
          .containsEntry("ringfold.part.format", "1")
          .containsEntry("ringfold.part.rows", "800")
          .containsEntry("ringfold.part.rowHash", summary.rowHash().toString())
          .containsEntry("ringfold.part.firstSequence", "1000100")
          .containsEntry("ringfold.part.lastSequence", "1000899")
          .containsEntry("ringfold.part.compression", "zstd 1")
          .containsEntry("ringfold.part.profile", "default");
      assertThat(reader.footer().get("ringfold.part.libraries"))
          .matches("parquet [0-9.]+, zstd-jni [0-9.-]+");
      assertThat(reader.rowHash()).isEqualTo(summary.rowHash());
      assertThat(reader.bytes()).isEqualTo(summary.bytes());
    }
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
  }

  @Test
  void everyEngineSeesTheFieldIdsAndTheFixedName() throws Exception {
    Path file = directory.resolve("a.parquet");
    ColumnBatch batch = SampleRows.batch(10, SampleRows.SEED);
    PartWriter.write(file, batch.schema(), batch, 0, 10, ZSTD, Map.of());

    try (DuckDb duckDb = new DuckDb()) {
      for (Column column : batch.schema().columns()) {
        assertThat(
                duckDb.number(
                    "select field_id from parquet_schema('"
                        + file
                        + "') where name = '"
                        + column.name()
                        + "'"))
            .isEqualTo(column.fieldId());
      }
      assertThat(duckDb.text("select created_by from parquet_file_metadata('" + file + "')"))
          .startsWith("parquet-mr version ");
    }
  }

  @Test
  void rowGroupsAddedOneByOneAreOneFile() throws Exception {
    ColumnBatch batch = SampleRows.batch(500, SampleRows.SEED);
    Path file = directory.resolve("a.parquet");
    PartSummary summary;
    try (PartWriter writer = PartWriter.open(file, batch.schema(), ZSTD)) {
      writer.addRows(batch, 0, 10);
      writer.addRows(batch, 10, 500);
      summary = writer.finish(Map.of());
    }

    try (PartReader reader = PartReader.open(file)) {
      assertThat(reader.rowGroups()).isEqualTo(2);
      assertThat(reader.rows(1)).isEqualTo(490);
      reader.verify();
    }
    assertThat(summary.rowHash()).isEqualTo(RowHash.of(batch, 0, 500));
  }

  @Test
  void aWiderBatchTakesTheRowsOfANarrowerFile() throws Exception {
    ColumnBatch batch = SampleRows.batch(100, SampleRows.SEED);
    Path file = directory.resolve("a.parquet");
    PartWriter.write(file, batch.schema(), batch, 0, 100, ZSTD, Map.of());
    TableSchema wider = batch.schema().with(new Column("late", 999, ColumnType.DOUBLE, false));
    ColumnBatch read = new ColumnBatch(wider, 250);

    try (PartReader reader = PartReader.open(file)) {
      reader.read(0, read);
      reader.read(0, read);
      assertThatThrownBy(() -> reader.read(0, read))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("room for 50");
      ColumnBatch narrow =
          new ColumnBatch(TableSchema.of(List.of(batch.schema().column(0))), 1_000);
      assertThatThrownBy(() -> reader.read(0, narrow))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("no column like");
      ColumnBatch required =
          new ColumnBatch(wider.with(new Column("must", 1_000, ColumnType.DOUBLE, true)), 1_000);
      assertThatThrownBy(() -> reader.read(0, required)).hasMessageContaining("'must'");
    }
    assertThat(read.rows()).isEqualTo(200);
    assertThat(RowHash.of(read, 100, 200)).isEqualTo(RowHash.of(batch, 0, 100));
    assertThat(read.isNull(199, wider.size() - 1)).isTrue();
  }

  @Test
  void whatFailsLeavesNoFileAndWhatExistsIsNotTouched() throws Exception {
    ColumnBatch batch = SampleRows.batch(5, SampleRows.SEED);
    Path file = directory.resolve("a.parquet");
    TableSchema other = TableSchema.of(List.of(batch.schema().column(0)));

    assertThatThrownBy(() -> PartWriter.write(file, batch.schema(), batch, 3, 3, ZSTD, Map.of()))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> PartWriter.write(file, batch.schema(), batch, 0, 6, ZSTD, Map.of()))
        .hasMessageContaining("batch's 5");
    assertThatThrownBy(() -> PartWriter.write(file, other, batch, 0, 5, ZSTD, Map.of()))
        .hasMessageContaining("other columns");
    assertThatThrownBy(
            () ->
                PartWriter.write(
                    file, batch.schema(), batch, 0, 5, ZSTD, Map.of("ringfold.part.rows", "7")))
        .hasMessageContaining("reserved");
    try (PartWriter writer = PartWriter.open(file, batch.schema(), ZSTD)) {
      assertThatThrownBy(() -> writer.finish(Map.of()))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("at least one row");
    }
    assertThat(file).doesNotExist();

    Files.writeString(file, "precious");
    assertThatThrownBy(() -> PartWriter.write(file, batch.schema(), batch, 0, 5, ZSTD, Map.of()))
        .isInstanceOf(FileAlreadyExistsException.class);
    assertThat(file).hasContent("precious");
  }

  @Test
  void aFinishedPartTakesNoMoreRows() throws Exception {
    ColumnBatch batch = SampleRows.batch(5, SampleRows.SEED);
    try (PartWriter writer =
        PartWriter.open(directory.resolve("a.parquet"), batch.schema(), ZSTD)) {
      writer.addRows(batch, 0, 5);
      writer.finish(Map.of());

      assertThatThrownBy(() -> writer.addRows(batch, 0, 5))
          .isInstanceOf(IllegalStateException.class);
      assertThatThrownBy(() -> writer.finish(Map.of())).isInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  void levelsOutsideTheCodecsRangeAreRefused() {
    assertThat(ZSTD.level()).isEqualTo(1);
    assertThat(WriteOptions.of(Compression.ZSTD, Profile.COMPACT).level()).isEqualTo(3);
    assertThat(WriteOptions.of(Compression.GZIP).level()).isEqualTo(6);
    assertThatThrownBy(() -> new WriteOptions(Compression.ZSTD, 0, Profile.DEFAULT, false))
        .hasMessageContaining("ZSTD has levels 1 to 22 but the level was 0");
    assertThatThrownBy(() -> new WriteOptions(Compression.NONE, 1, Profile.DEFAULT, false))
        .hasMessageContaining("NONE has levels 0 to 0");
  }

  @Test
  void aPartOfFourThousandColumnsIsReadByEveryone() throws Exception {
    ColumnBatch batch = new ColumnBatch(wide(), 3);
    for (int row = 0; row < 3; row++) {
      batch.beginRow();
      batch.setLong(0, row);
      for (int column = 1 + row; column < 4_096; column += 3) {
        batch.setDouble(column, column);
      }
      batch.endRow();
    }
    Path file = directory.resolve("wide.parquet");
    PartWriter.write(file, batch.schema(), batch, 0, 3, ZSTD, Map.of());

    try (PartReader reader = PartReader.open(file);
        DuckDb duckDb = new DuckDb()) {
      reader.verify();
      assertThat(duckDb.firstDifference(file, batch)).isNull();
    }
  }

  private static TableSchema wide() {
    List<Column> columns = new ArrayList<>();
    columns.add(new Column("seq", 1, ColumnType.INT64, true));
    for (int i = 2; i <= 4_096; i++) {
      columns.add(new Column("metric/" + i + ".x", i, ColumnType.DOUBLE, false));
    }
    return TableSchema.of(columns);
  }

  @Test
  void largeAndManyDifferentTextsSurvive() throws Exception {
    TableSchema schema =
        TableSchema.of(
            List.of(
                new Column("seq", 1, ColumnType.INT64, true),
                new Column("big", 2, ColumnType.STRING, true),
                new Column("each", 3, ColumnType.STRING, true),
                new Column("odd", 4, ColumnType.STRING, true)));
    ColumnBatch batch = new ColumnBatch(schema, 20_000);
    String big = "ß".repeat(400_000);
    int[] bigs = {batch.addString("0" + big), batch.addString("1" + big)};
    String[] odd = {"", "\u0000", "😀", "a\nb", "\uFFFF", " "};
    for (int row = 0; row < 20_000; row++) {
      batch.beginRow();
      batch.setLong(0, row);
      batch.setString(1, bigs[row % 2]);
      batch.setString(2, batch.addString("row " + row));
      batch.setString(3, batch.addString(odd[row % odd.length]));
      batch.endRow();
    }
    Path file = directory.resolve("texts.parquet");
    PartWriter.write(file, schema, batch, 0, 20_000, ZSTD, Map.of());

    try (PartReader reader = PartReader.open(file);
        DuckDb duckDb = new DuckDb()) {
      reader.verify();
      String from = " from " + DuckDb.table(file);
      assertThat(duckDb.number("select count(distinct each)" + from)).isEqualTo(20_000);
      assertThat(duckDb.number("select count(*)" + from + " where odd = ''")).isEqualTo(3_334);
      assertThat(duckDb.number("select length(big)" + from + " where seq = 77")).isEqualTo(400_001);
    }
  }
}
