// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.transfer;

import dev.ringfold.EventLogReader;
import dev.ringfold.SegmentRetiredException;
import dev.ringfold.event.MetricColumn;
import dev.ringfold.writers.parquet.MetricTable;
import dev.ringfold.writers.parquet.MetricTables;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * All rows of metrics of a store: {@link #of} takes them from the journal, which is complete and
 * newer than any table, and for events that retention deleted from the table of metrics; {@link
 * #ofTable} from the table as far as it goes, which is faster. What the table of another store has
 * does not count; a table says whose it is from its first commit on. One thread.
 */
public final class StoreRows implements RowSource {
  private static final int MAX_TRIES = 5;

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
   * @throws SegmentRetiredException when retention goes on taking away what is just read
   */
  public static StoreRows of(EventLogReader reader, Path outputs, long end) throws IOException {
    return of(reader, reader::floorSequence, outputs, end);
  }

  /** As the public form, with the floor as somebody else sees it. */
  static StoreRows of(EventLogReader reader, LongSupplier floors, Path outputs, long end)
      throws IOException {
    return retried(
        () -> {
          long floor = floors.getAsLong();
          Optional<MetricTable> found = floor == 0 ? Optional.empty() : open(reader, outputs);
          if (found.isEmpty()) {
            return new StoreRows(JournalRows.of(reader, floor, end, List.of()), null, floor);
          }
          TableRows rows = new TableRows(found.get(), floor);
          JournalRows journal = JournalRows.of(reader, floor, end, rows.metrics());
          return new StoreRows(journal, rows, missing(found.get(), floor));
        });
  }

  /**
   * The rows up to a sequence, out of the table as far as it goes, and out of the journal behind
   * that.
   *
   * @param reader the store
   * @param outputs where its tables are, if it has any
   * @param end last sequence that counts
   * @throws SegmentRetiredException as of {@link #of}
   */
  public static StoreRows ofTable(EventLogReader reader, Path outputs, long end)
      throws IOException {
    Optional<MetricTable> found = open(reader, outputs);
    return found.isEmpty() ? of(reader, outputs, end) : ofTable(reader, found.get(), end);
  }

  /** As the form with a directory, with a table of this store that was opened already. */
  public static StoreRows ofTable(EventLogReader reader, MetricTable table, long end)
      throws IOException {
    return retried(
        () -> {
          long floor = reader.floorSequence();
          long behind = Math.min(table.visibleSequence(), end) + 1;
          long missing = behind > end ? 0 : missing(table, floor);
          TableRows rows = new TableRows(table, behind);
          JournalRows journal =
              JournalRows.of(reader, Math.max(behind, missing), end, rows.metrics());
          return new StoreRows(journal, rows, missing);
        });
  }

  /**
   * What {@link #missingBelow()} is, without reading a row.
   *
   * @param reader the store
   * @param outputs where its tables are, if it has any
   */
  public static long missingBelow(EventLogReader reader, Path outputs) throws IOException {
    Optional<MetricTable> found = open(reader, outputs);
    long floor = reader.floorSequence();
    return found.isEmpty() ? floor : missing(found.get(), floor);
  }

  private static long missing(MetricTable table, long floor) {
    return table.visibleSequence() + 1 < floor ? floor : 0;
  }

  /** Tries again when retention raises the floor between asking for it and reading from there. */
  private static StoreRows retried(Attempt attempt) throws IOException {
    for (int tries = 1; ; tries++) {
      try {
        return attempt.make();
      } catch (SegmentRetiredException moved) {
        if (tries == MAX_TRIES) {
          throw moved;
        }
      }
    }
  }

  @FunctionalInterface
  private interface Attempt {
    StoreRows make() throws IOException;
  }

  /** Only the rows that come out of the journal. */
  public RowSource ofJournal() {
    return journal;
  }

  /**
   * Rows below this sequence are gone: retention deleted them, and there is no table, or it ends
   * before. 0 when nothing is missing.
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

  private static Optional<MetricTable> open(EventLogReader reader, Path outputs)
      throws IOException {
    try {
      return Optional.of(MetricTable.open(MetricTables.metricsTable(outputs)))
          .filter(table -> table.storeId().map(reader.storeId()::equals).orElse(true));
    } catch (NoSuchFileException absent) {
      return Optional.empty();
    }
  }
}
