// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.parquet.internal.part;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.MessageTypeParser;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TableSchemaTest {
  private static final Column SEQ = new Column("seq", 1, ColumnType.INT64, true);

  @Test
  void parquetKeepsNamesFieldIdsTypesAndPresence() {
    TableSchema schema =
        SampleRows.everything().with(new Column("late", 900, ColumnType.STRING, false));

    MessageType message = schema.toParquet();

    assertThat(TableSchema.fromParquet(message)).isEqualTo(schema);
    assertThat(message.getType("late").getId().intValue()).isEqualTo(900);
    assertThat(schema.indexOf("late")).isEqualTo(schema.size() - 1);
    assertThat(schema.indexOf("LATE")).isEqualTo(-1);
    assertThat(schema.startsWith(SampleRows.everything())).isTrue();
    assertThat(SampleRows.everything().startsWith(schema)).isFalse();
  }

  @Test
  void columnsThatWouldBeTakenForEachOtherAreRefused() {
    assertThatThrownBy(() -> TableSchema.of(List.of())).hasMessageContaining("1 to 8192");
    assertThatThrownBy(
            () -> TableSchema.of(List.of(SEQ, new Column("seq", 2, ColumnType.DOUBLE, false))))
        .hasMessageContaining("two columns are called 'seq'");
    assertThatThrownBy(
            () -> TableSchema.of(List.of(SEQ, new Column("x", 1, ColumnType.DOUBLE, false))))
        .hasMessageContaining("'x' has the field id of another: 1");
    assertThatThrownBy(() -> new Column("", 1, ColumnType.DOUBLE, false))
        .hasMessageContaining("must not be empty");
    assertThatThrownBy(() -> new Column("x", 0, ColumnType.DOUBLE, false))
        .hasMessageContaining("at least 1 but was 0");
  }

  @Test
  void moreRequiredColumnsThanAMaskHasBitsAreRefused() {
    List<Column> columns = new ArrayList<>();
    for (int i = 1; i <= 65; i++) {
      columns.add(new Column("c" + i, i, ColumnType.INT32, true));
    }
    assertThat(TableSchema.of(columns.subList(0, 64)).size()).isEqualTo(64);
    assertThatThrownBy(() -> TableSchema.of(columns))
        .hasMessageContaining("at most 64 required columns, not 65");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "message m { repeated int64 x; }",
        "message m { optional group g { optional int64 x; } }",
        "message m { optional float x; }",
        "message m { optional binary x; }",
        "message m { optional int64 x (TIMESTAMP(NANOS,true)); }",
      })
  void typesThatNoTableHasAreRefused(String message) {
    assertThatThrownBy(() -> TableSchema.fromParquet(MessageTypeParser.parseMessageType(message)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("column '");
  }
}
