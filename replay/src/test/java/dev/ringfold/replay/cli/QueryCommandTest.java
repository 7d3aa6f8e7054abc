// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** SQL over a store's tables. */
final class QueryCommandTest {
  private static final String COUNTS =
      "select kind, count(*) as n, count(distinct seq) as seqs from metrics group by kind order by"
          + " kind";

  /** A name that would break SQL and patterns for file names, if it were not escaped. */
  @TempDir private static Path folder;

  private static Path store;

  @BeforeAll
  static void makeStore() {
    store = TrainingStore.createWithTables(folder.resolve("it's a \"store\""));
  }

  @Test
  void printsAnAlignedTable() {
    Ran ran = query(COUNTS);

    assertThat(ran.err()).isEmpty();
    assertThat(ran.lines())
        .containsExactly(
            "kind      n  seqs", //
            "-----  ----  ----",
            "epoch    13    13",
            "step   3900  3900");
  }

  @Test
  void latestHasOneRowForEachStepOfARun() {
    JsonNode row =
        query(
                "select (select count(*) from metrics where run_id = 'digits-mlp' and kind = 'step')"
                    + " as raw, count(*) as latest, max(attempt) filter (step = 1600) as newest"
                    + " from latest where run_id = 'digits-mlp' and kind = 'step'",
                "--json")
            .json();

    assertThat(row.get("raw").asLong()).isEqualTo(3_300);
    assertThat(row.get("latest").asLong()).isEqualTo(TrainingStore.STEPS);
    assertThat(row.get("newest").asLong()).isEqualTo(1);
  }

  @Test
  void theLedgerCanBeChecked() {
    JsonNode row =
        query(
                "select sum(offered - stored - dropped)::bigint as open from ledger"
                    + " where kind = 'mark' and closing",
                "--json")
            .json();

    assertThat(row.get("open").asLong()).isZero();
  }

  @Test
  void jsonKeepsTypesAndSpellsWhatJsonHasNot() {
    JsonNode row =
        query(
                "select 1 as i, 0.5::double as d, true as b, null as n, 'x' as t,"
                    + " 'nan'::double as nan, [1, 2] as l, 1 as i, 170141183460469231731687303715884105727"
                    + " as h, '2026-11-20 10:00:00'::timestamp as ts",
                "--json")
            .json();

    assertThat(row.toString())
        .isEqualTo(
            "{\"i\":1,\"d\":0.5,\"b\":true,\"n\":null,\"t\":\"x\",\"nan\":\"NaN\",\"l\":\"[1, 2]\","
                + "\"i_2\":1,\"h\":170141183460469231731687303715884105727,"
                + "\"ts\":\"2026-11-20 10:00:00\"}");
  }

  @Test
  void csvIsRfc4180() {
    Ran ran = query("select 'a,\"b\"' as \"x,y\", null as n, '' as e, 1.5 as d", "--csv");

    assertThat(ran.out()).isEqualTo("\"x,y\",n,e,d\r\n\"a,\"\"b\"\"\",,\"\",1.5\r\n");
  }

  @Test
  void moreThanTheLimitIsSaidOnStderr() {
    Ran limited = query("select step from metrics", "--json", "--limit", "5");
    Ran standard = query("select step from metrics", "--csv");
    Ran all = query("select step from metrics", "--limit", "0");

    assertThat(limited.lines()).hasSize(5);
    assertThat(limited.err())
        .isEqualTo("note: only the first 5 rows; for all of them say --limit 0\n");
    assertThat(standard.lines()).hasSize(1_001);
    assertThat(all.lines()).hasSize(2 + 3_913);
    assertThat(all.err()).isEmpty();
  }

  @Test
  void withoutAQueryTheColumnsAreListed() {
    assertThat(query("DESCRIBE metrics").out()).isEqualTo(Ran.ringfold("query", store).out());
    assertThat(Ran.ringfold("query", store).out()).contains("train_loss", "DOUBLE", "BIGINT");
  }

  @Test
  void aWrongQueryShowsWhatDuckDbSaysAndWhere() {
    Ran ran = query("select lsos from metrics");

    assertThat(ran.exitCode()).isEqualTo(ExitCodes.FAILED);
    assertThat(ran.out()).isEmpty();
    assertThat(ran.err()).startsWith("error: ").contains("lsos", "LINE 1", "^");
    assertThat(ran.err()).doesNotContain("\tat ");
    assertThat(query("select lsos from metrics", "--json").json().at("/error/type").asText())
        .isEqualTo("QueryFailedException");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "select * from read_csv('/etc/passwd')",
        "select * from read_text('/etc/hostname')",
        "select * from glob('/*')",
        "select * from read_parquet('/etc/*.parquet')"
      })
  void otherFilesCannotBeRead(String sql) {
    Ran ran = query(sql);

    assertThat(ran.exitCode()).isEqualTo(ExitCodes.FAILED);
    assertThat(ran.err()).contains("disabled by configuration");
  }

  @Test
  void nothingCanBeWrittenNotEvenOverAPart() throws IOException {
    Path part = aPart();
    byte[] before = Files.readAllBytes(part);
    String target = part.toString().replace("'", "''");

    Ran copy = query("copy (select 1) to '" + target + "' (format csv, use_tmp_file false)");
    Ran second = query("select 1; copy (select 1) to '" + target + "'");

    assertThat(copy.exitCode()).isEqualTo(ExitCodes.FAILED);
    assertThat(copy.err()).contains("a query only reads");
    assertThat(second.exitCode()).isEqualTo(ExitCodes.FAILED);
    assertThat(part).hasBinaryContent(before);
  }

  @Test
  void moreMemoryThanAllowedFailsAndLeavesNoFile() {
    Ran ran =
        query(
            "select count(*) from (select distinct random() as r from range(30_000_000))",
            "--memory-mib",
            "32");

    assertThat(ran.exitCode()).isEqualTo(ExitCodes.FAILED);
    assertThat(ran.err()).contains("Out of Memory");
    assertThat(Path.of(".tmp")).doesNotExist();
  }

  @Test
  void aStoreWithoutTablesSaysWhatToDo() {
    Path bare = Stores.create(folder.resolve("bare"), 1);

    Ran ran = Ran.ringfold("query", bare, "select 1");

    assertThat(ran.exitCode()).isEqualTo(ExitCodes.FAILED);
    assertThat(ran.err().lines()).hasSize(1);
    assertThat(ran.err()).contains("there are no tables in " + bare, "--outputs");
  }

  @Test
  void tablesElsewhereCanBeNamed() throws IOException {
    Path bare = Stores.create(folder.resolve("elsewhere"), 1);

    Ran ran = Ran.ringfold("query", bare, COUNTS, "--outputs", store.resolve("outputs"));

    assertThat(ran.out()).isEqualTo(query(COUNTS).out());
  }

  @Test
  void aPathThatLooksLikeAPatternIsAPath() {
    Path odd = TrainingStore.createWithTables(folder.resolve("a[b]*?c"));

    assertThat(Ran.ringfold("query", odd, COUNTS).out()).isEqualTo(query(COUNTS).out());
  }

  private static Path aPart() throws IOException {
    try (Stream<Path> files = Files.walk(store.resolve("outputs"))) {
      List<Path> parts =
          files.filter(file -> file.getFileName().toString().startsWith("part-")).sorted().toList();
      return parts.get(0);
    }
  }

  private static Ran query(String sql, String... options) {
    Object[] arguments =
        Stream.concat(Stream.of("query", store.toString(), sql), Stream.of(options)).toArray();
    return Ran.ringfold(arguments);
  }
}
