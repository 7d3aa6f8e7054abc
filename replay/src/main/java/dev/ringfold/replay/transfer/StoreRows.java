// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.transfer;

import dev.ringfold.EventLogReader;
import dev.ringfold.event.MetricColumn;
import dev.ringfold.writers.parquet.MetricTable;
import dev.ringfold.writers.parquet.MetricTables;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * All rows of metrics of a store: {@link #of} takes them from the journal, which is complete and
 * newer than any table, and for events that retention deleted from the table of metrics; {@link
 * #ofTable} from the table as far as it goes, which is faster. One thread.
 */
public final class StoreRows implements RowSource {
  private final JournalRows journal;
  private final @Nullable TableRows table;
  private final long missingBelow;

  private StoreRows(JournalRows journal, @Nullable TableRows table, long missingBelow) {
    this.journal = journal;
    this.table = table;
    this.missingBelow = missingBelow;
  }

  /**
   * The rows there are now.
   *
   * @param reader the store
   * @param outputs where its tables are, if it has any
   * @param end last sequence that counts
   */
  public static StoreRows of(EventLogReader reader, Path outputs, long end) throws IOException {
    long floor = reader.floorSequence();
    if (floor == 0) {
      return new StoreRows(JournalRows.of(reader, 0, end, List.of()), null, 0);
    }
    Optional<MetricTable> found = open(MetricTables.metricsTable(outputs));
    if (found.isEmpty()) {
      return new StoreRows(JournalRows.of(reader, floor, end, List.of()), null, floor);
    }
    TableRows table = new TableRows(found.get(), floor);
    return new StoreRows(JournalRows.of(reader, floor, end, table.metrics()), table, 0);
  }

  /**
   * The rows up to a sequence, out of the table as far as it goes, and out of the journal behind
   * that. What a table of another store has does not count.
   *
   * @param reader the store
   * @param outputs where its tables are, if it has any
   * @param end last sequence that counts
   */
  public static StoreRows ofTable(EventLogReader reader, Path outputs, long end)
      throws IOException {
    Optional<MetricTable> found =
        open(MetricTables.metricsTable(outputs))
            .filter(table -> table.storeId().map(reader.storeId()::equals).orElse(true));
    if (found.isEmpty()) {
      return of(reader, outputs, end);
    }
    return ofTable(reader, found.get(), end);
  }

  /** As the form with a directory, with a table that was opened already. */
  public static StoreRows ofTable(EventLogReader reader, MetricTable table, long end)
      throws IOException {
    long known = Math.min(table.visibleSequence(), end);
    TableRows rows = new TableRows(table, known + 1);
    return new StoreRows(JournalRows.of(reader, known + 1, end, rows.metrics()), rows, 0);
  }

  /** Only the rows that come out of the journal. */
  public RowSource ofJournal() {
    return journal;
  }

  /**
   * Rows below this sequence are gone: retention deleted them and no table has them. 0 when nothing
   * is missing.
   */
  public long missingBelow() {
    return missingBelow;
  }

  @Override
  public List<MetricColumn> columns() {
    return journal.columns();
  }

  @Override
  public void forEach(RowFilter filter, Consumer consumer) throws IOException {
    boolean[] more = {true};
    Consumer remembering =
        row -> {
          more[0] = consumer.accept(row);
          return more[0];
        };
    if (table != null) {
      table.forEach(filter, remembering);
    }
    if (more[0]) {
      journal.forEach(filter, remembering);
    }
  }

  private static Optional<MetricTable> open(Path table) throws IOException {
    try {
      return Optional.of(MetricTable.open(table));
    } catch (NoSuchFileException absent) {
      return Optional.empty();
    }
  }
}
