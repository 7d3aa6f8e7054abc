// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ReadingStatementTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "select 1",
        "  SELECT 1 ;; ",
        "-- a comment\n  -- another\nselect 1",
        "With a as (select 1) select * from a",
        "from metrics",
        "(select 1) union (select 2)",
        "describe metrics",
        "explain select 1",
        "EXPLAIN ANALYZE\nselect 1",
        "select 'it''s' as \"a b\""
      })
  void whatReadsIsTaken(String sql) {
    assertThat(ReadingStatement.of(sql)).doesNotContain(";", "--").isNotBlank();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "copy metrics to 'x'",
        "COPY metrics TO 'x'",
        "explain analyze copy metrics to 'x'",
        "explain (analyze) copy metrics to 'x'",
        "/* x */ copy metrics to 'x'",
        "/* /* */ select */ copy metrics to 'x'",
        "-- x\rcopy metrics to 'x'",
        "install httpfs",
        "attach 'x'",
        "set threads = 9",
        "pragma version",
        "create table t as select 1",
        "selec 1",
        "1"
      })
  void whatMightWriteIsRefused(String sql) {
    assertThatThrownBy(() -> ReadingStatement.of(sql))
        .isInstanceOf(QueryFailedException.class)
        .hasMessageContaining("a query only reads");
  }

  @Test
  void aSecondStatementIsRefused() {
    assertThatThrownBy(() -> ReadingStatement.of("select 1; copy metrics to 'x'"))
        .hasMessageContaining("expected one statement");
    assertThatThrownBy(() -> ReadingStatement.of(" ; ")).hasMessageContaining("no statement");
  }
}
