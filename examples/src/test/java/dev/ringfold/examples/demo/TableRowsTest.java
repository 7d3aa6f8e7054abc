// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringfold.examples.MetricsInTenLines;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The demo's comparison sees what is wrong, so that its word counts when nothing is. */
final class TableRowsTest {
  @TempDir private Path folder;
  private Path store;
  private JournalRows journal;

  @BeforeEach
  void write() {
    store = folder.resolve("store");
    MetricsInTenLines.main(new String[] {store.toString()});
    journal = JournalRows.read(store);
  }

  private TableRows table(String change) throws Exception {
    try (Duck duck = Duck.open()) {
      duck.run(store.resolve("outputs/metrics.sql"));
      duck.run("create table copied as from metrics");
      duck.run("create or replace view metrics as from copied");
      duck.run(change);
      return TableRows.read(duck);
    }
  }

  @Test
  void equalTableHasNoProblems() throws Exception {
    TableRows table = table("select 1");

    assertThat(table.compare(journal)).isZero();
    assertThat(table.problems()).isEmpty();
    assertThat(table.twice()).isZero();
    assertThat(table.rows()).hasSize(1_000);
  }

  @Test
  void missingRowIsSeen() throws Exception {
    TableRows table = table("delete from copied where step = 500");

    assertThat(table.compare(journal)).isEqualTo(1);
    assertThat(table.problems()).singleElement().asString().contains("not in the table");
  }

  @Test
  void rowThatIsThereTwiceIsSeen() throws Exception {
    TableRows table = table("insert into copied from copied where step = 500");

    assertThat(table.twice()).isEqualTo(1);
    assertThat(table.problems()).singleElement().asString().contains("twice");
  }

  @Test
  void rowThatTheJournalDoesNotHaveIsSeen() throws Exception {
    TableRows table =
        table("insert into copied select * replace (999999 as seq) from copied where step = 5");

    assertThat(table.compare(journal)).isZero();
    assertThat(table.problems()).singleElement().asString().contains("999999");
  }

  @Test
  void oneChangedBitIsSeen() throws Exception {
    TableRows table = table("update copied set train_loss = train_loss + 1e-16 where step = 999");

    table.compare(journal);

    assertThat(table.problems()).hasSize(1);
  }
}
