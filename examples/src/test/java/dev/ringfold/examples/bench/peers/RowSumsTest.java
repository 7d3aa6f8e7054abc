// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.bench.peers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringfold.writers.parquet.Compression;
import dev.ringfold.writers.parquet.internal.part.WriteOptions;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A round that fails verification is no number: so verification has to see every kind of fault. */
class RowSumsTest {
  private static final long SEED = 7;
  private static final int ROWS = 12_000;

  @TempDir Path directory;

  private final RowSums sums = new RowSums(true);
  private String written = "";

  @BeforeEach
  void writeRows() throws Exception {
    RowBlock block = new RowBlock();
    block.fill(SEED, 0, ROWS);
    sums.add(block);
    try (PartSink sink = new PartSink(directory, WriteOptions.of(Compression.ZSTD))) {
      sink.add(block);
      sink.finish();
    }
    written = "read_parquet('" + directory + "/*.parquet')";
  }

  private void check(String source) throws Exception {
    try (Connection connection = DriverManager.getConnection("jdbc:duckdb:")) {
      sums.check(connection, source);
    }
  }

  @Test
  void acceptsWhatWasWritten() {
    assertThatCode(() -> check(written)).doesNotThrowAnyException();
    assertThat(sums.rows()).isEqualTo(ROWS);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "rows | SELECT * FROM %s WHERE seq <> 11",
        "rows | SELECT * FROM %1$s UNION ALL SELECT * FROM %1$s WHERE seq = 11",
        "different seq | SELECT * REPLACE (if(seq = 11, 12, seq) AS seq) FROM %s",
        "values of val_loss | SELECT * REPLACE (NULL::DOUBLE AS val_loss) FROM %s",
        "train_loss | SELECT * REPLACE (if(seq = 11, train_loss + 1, train_loss) AS train_loss) FROM %s",
        "weighted sum of grad_norm | SELECT * REPLACE ((SELECT other.grad_norm FROM %1$s other"
            + " WHERE other.seq = CASE mine.seq WHEN 3 THEN 900 WHEN 900 THEN 3 ELSE mine.seq END)"
            + " AS grad_norm) FROM %1$s mine",
        "backend | SELECT * REPLACE (if(seq = 11, 'x', backend) AS backend) FROM %s",
      })
  void refusesWhatIsNot(String what, String query) {
    assertThatThrownBy(() -> check("(" + query.formatted(written) + ")"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining(what);
  }

  @Test
  void renumberedRowsAreTheBlocksAgain() {
    RowBlock block = new RowBlock();
    block.fill(SEED, 0, 100);

    block.renumber(3, 1_003);

    assertThat(block.longAt(RowColumn.STEP, 3)).isEqualTo(1_003);
    assertThat(block.longAt(RowColumn.EPOCH, 3)).isEqualTo(1);
    RowBlock fresh = new RowBlock();
    fresh.fill(SEED, 0, 100);
    assertThat(block.doubleAt(RowColumn.TRAIN_LOSS, 3))
        .isEqualTo(fresh.doubleAt(RowColumn.TRAIN_LOSS, 3));
  }
}
