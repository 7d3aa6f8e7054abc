// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ringfold.AckLevel;
import dev.ringfold.AppendOptions;
import dev.ringfold.EventLog;
import dev.ringfold.Producer;
import dev.ringfold.event.MetricLayout;
import dev.ringfold.event.MetricType;
import dev.ringfold.event.MetricsLogged.Kind;
import dev.ringfold.writers.parquet.MetricTable;
import dev.ringfold.writers.parquet.MetricTables;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Metrics out of a store and in again. */
final class ExportImportTest {
  private static final String HARD_TEXT = "a, \"b\"\nc";
  private static final MetricLayout LAYOUT =
      MetricLayout.builder()
          .doubles("loss", "seq")
          .column("samples", MetricType.LONG)
          .column("ok", MetricType.BOOLEAN)
          .column("note", MetricType.STRING)
          .build();

  @TempDir private Path folder;

  @Test
  void csvKeepsEveryBitOfDoublesAndEveryCharacterOfTexts() throws IOException {
    Ran ran = Ran.ringfold("export", hardStore(), "--to", "csv");

    assertThat(ran.exitCode()).as(ran.err()).isZero();
    List<String> lines = List.of(ran.out().split("\r\n"));
    assertThat(lines.get(0))
        .startsWith("seq,run_id,attempt,kind,ts,epoch,step,timestamp,train_loss,")
        .endsWith(",loss,seq__double,samples,ok,note");
    String gaps = ",".repeat(MetricLayout.training().size());
    // A ledger mark may take a sequence between two rows.
    assertThat(lines.stream().map(line -> line.replaceFirst("^[0-9]+,", "")))
        .contains(
            "\"r,1\",3,step,1795168800000000001,4,5,1.7951688E9"
                + gaps
                + ",0.1,-0.0,9223372036854775807,true,\"a, \"\"b\"\"\nc\"",
            "\"r,1\",3,step,1795168800000000001,4,6,1.7951688E9" + gaps + ",NaN,Infinity,,,\"\"",
            "\"r,1\",3,epoch,1795168800000000001,4,-1,1.7951688E9" + gaps + ",4.9E-324,,-1,false,");
  }

  @Test
  void jsonLinesAreJsonAndLeaveAbsentValuesOut() {
    List<JsonNode> rows = Ran.ringfold("export", hardStore(), "--to", "jsonl").jsonLines();

    assertThat(rows).hasSize(3);
    assertThat(rows.get(0).get("note").asText()).isEqualTo(HARD_TEXT);
    assertThat(rows.get(0).get("samples").asLong()).isEqualTo(Long.MAX_VALUE);
    assertThat(rows.get(1).get("loss").asText()).isEqualTo("NaN");
    assertThat(rows.get(1).has("ok")).isFalse();
    assertThat(rows.get(2).get("loss").asDouble()).isEqualTo(Double.MIN_VALUE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"csv", "jsonl"})
  void whatWasExportedCanBeImportedAndIsTheSame(String format) throws IOException {
    Path store = TrainingStore.create(folder.resolve("store"));
    Path file = folder.resolve("rows." + format);
    Path copy = folder.resolve("copy");
    assertThat(Ran.ringfold("export", store, "--to", format, "--out", file).exitCode()).isZero();
    assertThat(Ran.ringfold("init", copy).exitCode()).isZero();

    Ran ran = Ran.ringfold("import", copy, file, "--json");

    assertThat(ran.exitCode()).as(ran.out()).isZero();
    assertThat(ran.json().get("added").asLong()).isEqualTo(3_913);
    assertThat(withoutSequence(Ran.ringfold("export", copy, "--to", format), format))
        .isEqualTo(withoutSequence(Ran.ringfold("export", store, "--to", format), format));
  }

  @Test
  void aParquetFileHasTheSameRowsAsTheTable() throws Exception {
    Path store = TrainingStore.createWithTables(folder.resolve("store"));
    Path file = folder.resolve("rows.parquet");

    Ran ran = Ran.ringfold("export", store, "--to", "parquet", "--out", file);

    assertThat(ran.exitCode()).as(ran.err()).isZero();
    assertThat(ran.out()).contains("wrote 3,913 rows");
    List<Path> parts = MetricTable.open(store.resolve("outputs/metrics.parquet")).files();
    String table = "read_parquet(" + parts.stream().map(part -> "'" + part + "'").toList() + ")";
    assertThat(rowsOnlyInOne("read_parquet('" + file + "')", table)).isEqualTo("0 of 3913");
    assertThat(rowsOnlyInOne(table, "read_parquet('" + file + "')")).isEqualTo("0 of 3913");
  }

  private static String rowsOnlyInOne(String one, String other) throws SQLException {
    String sql =
        "select (select count(*) from (from %s except from %s)) || ' of ' || (select count(*) from %s)";
    try (Connection duck = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = duck.createStatement();
        ResultSet result = statement.executeQuery(sql.formatted(one, other, one))) {
      result.next();
      return result.getString(1);
    }
  }

  @Test
  void parquetNeedsAFileAndARow() throws IOException {
    Path store = TrainingStore.create(folder.resolve("store"));
    Path file = folder.resolve("rows.parquet");

    Ran noFile = Ran.ringfold("export", store, "--to", "parquet");
    Ran noRow = Ran.ringfold("export", store, "--to", "parquet", "--out", file, "--run", "none");

    assertThat(noFile.exitCode()).isEqualTo(ExitCodes.USAGE);
    assertThat(noFile.err()).contains("needs --out FILE");
    assertThat(noRow.exitCode()).isEqualTo(ExitCodes.FAILED);
    assertThat(noRow.err()).contains("no row passes");
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).containsExactly(store);
    }
  }

  @Test
  void rowsThatRetentionDeletedComeFromTheTable() throws IOException {
    Path store = folder.resolve("store");
    for (int session = 0; session < 3; session++) {
      Stores.create(store, 20);
    }
    TrainingStore.fold(store, MetricTables.metrics());
    String before = Ran.ringfold("export", store, "--to", "csv").out();

    Ran retain = Ran.ringfold("retain", store, "--before", 30, "--apply");
    Ran withTable = Ran.ringfold("export", store, "--to", "csv");
    Ran without = Ran.ringfold("export", store, "--to", "csv", "--outputs", folder);

    assertThat(retain.out()).contains("deleted 1 segments");
    assertThat(withTable.err()).isEmpty();
    assertThat(withTable.out()).isEqualTo(before);
    assertThat(without.lines()).hasSize(1 + 40);
    assertThat(without.err()).containsPattern("note: rows below sequence \\d+ were deleted");
  }

  @Test
  void importingTwiceAddsNothing() throws IOException {
    Path store = folder.resolve("store");
    Ran.ringfold("init", store);
    Path file = write("m.csv", "epoch,step,loss", "0,1,0.5", "0,2,0.25");

    Ran first = Ran.ringfold("import", store, file);
    Ran second = Ran.ringfold("import", store, file);
    Ran otherRun = Ran.ringfold("import", store, file, "--run", "again");

    assertThat(first.out()).contains("2 added, 0 were there already");
    assertThat(second.out()).contains("0 added, 2 were there already");
    assertThat(otherRun.out()).contains("2 added, 0 were there already");
    assertThat(Ran.ringfold("export", store, "--to", "jsonl").lines()).hasSize(4);
    String sums = "select run_id, sum(loss) as loss from latest group by run_id order by run_id";
    assertThat(Ran.ringfold("query", store, sums, "--csv").lines())
        .containsExactly("run_id,loss", "again,0.75", "m,0.75");
  }

  @Test
  void oneBadLineAndNothingIsWritten() throws IOException {
    Path store = folder.resolve("store");
    Ran.ringfold("init", store);
    byte[] manifest = Files.readAllBytes(store.resolve("MANIFEST"));
    Path file = write("m.csv", "epoch,step,loss", "0,1,0.5", "0,2,oops");

    Ran ran = Ran.ringfold("import", store, file);
    Ran json = Ran.ringfold("import", store, file, "--json");

    assertThat(ran.exitCode()).isEqualTo(ExitCodes.FAILED);
    assertThat(ran.err().lines()).hasSize(1);
    assertThat(ran.err()).contains(file + ":3: column 'loss': expected a number but found 'oops'");
    assertThat(json.json().at("/error/type").asText()).isEqualTo("ImportRefusedException");
    assertThat(store.resolve("MANIFEST")).hasBinaryContent(manifest);
  }

  @Test
  void checkTellsWhatWouldBeImportedAndDoesNot() throws IOException {
    Path store = folder.resolve("store");
    Ran.ringfold("init", store);
    Path file = write("m.data", "epoch,step,loss,backend", "0,1,0.5,sim");

    Ran unclear = Ran.ringfold("import", store, file, "--check");
    Ran ran = Ran.ringfold("import", store, file, "--check", "--format", "csv", "--json");

    assertThat(unclear.exitCode()).isEqualTo(ExitCodes.USAGE);
    assertThat(unclear.err()).contains("--format");
    assertThat(ran.json().at("/metrics/backend").asText()).isEqualTo("string");
    assertThat(ran.json().at("/runs/0").asText()).isEqualTo("m");
    assertThat(Ran.ringfold("export", store, "--to", "jsonl").out()).isEmpty();
  }

  @Test
  void filtersByRunKindSequenceAndTime() {
    Path store = TrainingStore.create(folder.resolve("store"));

    assertThat(rows(store, "--run", TrainingStore.HOSTILE)).isEqualTo(602);
    assertThat(rows(store, "--kind", "epoch")).isEqualTo(13);
    assertThat(rows(store, "--from", "2", "--up-to", "11")).isEqualTo(10);
    assertThat(rows(store, "--since", "2026-11-20T10:00:30Z")).isEqualTo(1_505);
    assertThat(rows(store, "--until", "2026-11-20T10:00:30Z")).isEqualTo(2_408);
    assertThat(Ran.ringfold("export", store, "--to", "csv", "--kind", "x").exitCode())
        .isEqualTo(ExitCodes.USAGE);
  }

  @Test
  void anExportThatFailsLeavesTheOldFileAndNoOther() throws IOException {
    Path store = folder.resolve("nothing");
    Path file = Files.writeString(folder.resolve("rows.csv"), "old");

    Ran ran = Ran.ringfold("export", store, "--to", "csv", "--out", file);

    assertThat(ran.exitCode()).isEqualTo(ExitCodes.NO_STORE);
    assertThat(file).hasContent("old");
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).containsExactly(file);
    }
  }

  private static long rows(Path store, String... filter) {
    Object[] arguments =
        Stream.concat(Stream.of("export", store.toString(), "--to", "jsonl"), Stream.of(filter))
            .toArray();
    return Ran.ringfold(arguments).lines().size();
  }

  /** A copy has other sequences; all else must be equal. */
  private static List<String> withoutSequence(Ran ran, String format) {
    assertThat(ran.exitCode()).as(ran.err()).isZero();
    String number = format.equals("csv") ? "(?m)^\\d+," : "(?m)^\\{\"seq\":\\d+,";
    return ran.out().replaceAll(number, "").lines().toList();
  }

  private Path hardStore() {
    Path store = folder.resolve("hard");
    try (EventLog log = Stores.builder(store).build();
        Producer producer = log.producer("p")) {
      var row = producer.metrics(log.stream("r,1"), LAYOUT);
      long nanos = 1_795_168_800_000_000_001L;
      row.begin(Kind.STEP, 3, 4, 5, nanos).set(0, 0.1).set(1, -0.0).set(2, Long.MAX_VALUE);
      row.set(3, true).set(4, HARD_TEXT).append(AckLevel.JOURNAL, AppendOptions.NONE).join();
      row.begin(Kind.STEP, 3, 4, 6, nanos).set(0, Double.NaN).set(1, Double.POSITIVE_INFINITY);
      row.set(4, "").append(AckLevel.JOURNAL, AppendOptions.NONE).join();
      row.begin(Kind.EPOCH, 3, 4, -1, nanos).set(0, Double.MIN_VALUE).set(2, -1L).set(3, false);
      row.append(AckLevel.JOURNAL, AppendOptions.NONE).join();
    }
    return store;
  }

  private Path write(String name, String... lines) throws IOException {
    return Files.writeString(folder.resolve(name), String.join("\n", lines) + "\n");
  }
}
