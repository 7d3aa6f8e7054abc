// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.parquet.internal.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.ringfold.projections.Position;
import dev.ringfold.writers.parquet.TableOptions;
import dev.ringfold.writers.parquet.internal.part.Column;
import dev.ringfold.writers.parquet.internal.part.ColumnType;
import dev.ringfold.writers.parquet.internal.part.RowHash;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class CommitJsonTest {
  private static final TableCommit COMMIT =
      new TableCommit(
          "metrics",
          1,
          new Position(1_234, 0xBADCAFE),
          "0123456789abcdef0123456789abcdef",
          TableOptions.defaults().canonical(),
          List.of(
              new TableColumn(new Column("seq", 1, ColumnType.INT64, true), ""),
              new TableColumn(
                  new Column("a \"b\" \\ ü\t", 2, ColumnType.STRING, false), "a \"b\" \\ ü\t")),
          List.of(
              new PartEntry(
                  "run=a%2Fb/part-00000000000000000007.parquet",
                  2, 2_048, 7, 8, "ab".repeat(32), new RowHash(-1, 5))));

  @Test
  void whatIsWrittenIsRead() {
    assertThat(CommitJson.parse(CommitJson.format(COMMIT))).isEqualTo(COMMIT);
    TableCommit empty = new TableCommit("ledger", 1, Position.START, "", "", List.of(), List.of());
    assertThat(CommitJson.parse(CommitJson.format(empty))).isEqualTo(empty);
  }

  @Test
  void theFormIsFixed() {
    assertThat(new String(CommitJson.format(COMMIT), StandardCharsets.UTF_8))
        .startsWith(
            "{\"format\":1,\n\"projection\":\"metrics\",\"version\":1,\n"
                + "\"sequence\":1234,\"frameCrc\":\"0badcafe\",\n")
        .contains("\"rows\":2,\"bytes\":2048,\"rowHash\":\"ffffffffffffffff0000000000000005\"")
        .endsWith("\"}\n");
  }

  @Test
  void everyChangedByteIsNoticed() {
    byte[] good = CommitJson.format(COMMIT);
    for (int i = 0; i < good.length; i++) {
      byte[] bad = good.clone();
      bad[i] ^= 1;
      assertThatIllegalArgumentException().as("byte %s", i).isThrownBy(() -> CommitJson.parse(bad));
    }
  }

  @Test
  void everyCutIsNoticed() {
    byte[] good = CommitJson.format(COMMIT);
    for (int length = 0; length < good.length; length++) {
      byte[] bad = java.util.Arrays.copyOf(good, length);
      assertThatIllegalArgumentException()
          .as("length %s", length)
          .isThrownBy(() -> CommitJson.parse(bad));
    }
  }

  @Test
  void optionsHaveOneText() {
    TableOptions options = TableOptions.defaults().withMaxColumns(100).withPartRows(7);
    assertThat(TableOptions.parse(options.canonical())).isEqualTo(options);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TableOptions.parse(options.canonical() + ";more=1"))
        .withMessageContaining("expected");
    assertThatIllegalArgumentException().isThrownBy(() -> TableOptions.parse("codec=zstd"));
  }
}
