// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.at;

import dev.ringfold.EventLogReader;
import dev.ringfold.replay.query.StoreTables;
import dev.ringfold.replay.query.TableView;
import dev.ringfold.replay.transfer.JournalRows;
import dev.ringfold.replay.transfer.RowExport;
import dev.ringfold.replay.transfer.RowFilter;
import dev.ringfold.replay.transfer.RowSource;
import dev.ringfold.replay.transfer.StoreRows;
import dev.ringfold.writers.parquet.MetricTable;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The tables as they were at a sequence, for SQL, without copying them: files of which every row
 * counts, and those with later rows, which are cut. Rows that no table has yet, and all of them
 * when there is no table, are written into a scratch file out of the journal. One thread.
 */
final class PastTables {
  private static final String METRICS = "metrics";
  private static final String LEDGER = "ledger";

  private final EventLogReader log;
  private final Path outputs;
  private final long sequence;
  private final ScratchDirectory scratch;

  PastTables(EventLogReader log, Path outputs, long sequence, ScratchDirectory scratch) {
    this.log = log;
    this.outputs = outputs;
    this.sequence = sequence;
    this.scratch = scratch;
  }

  /** The views {@code metrics} and, when there is a table of it, {@code ledger}. */
  List<TableView> views() throws IOException {
    Optional<StoreTables> found =
        StoreTables.in(outputs).filter(tables -> isOfThisStore(tables.metrics()));
    if (found.isEmpty()) {
      JournalRows all = JournalRows.of(log, log.floorSequence(), sequence, List.of());
      Path file = exported(all);
      return List.of(
          new TableView(METRICS, file == null ? List.of() : List.of(file), StoreTables.EMPTY));
    }
    List<TableView> views = new ArrayList<>();
    views.add(metrics(found.get().metrics()));
    MetricTable ledger = found.get().ledger().orElse(null);
    if (ledger != null) {
      views.add(cut(LEDGER, ledger, List.of()));
    }
    return views;
  }

  private boolean isOfThisStore(MetricTable table) {
    return table.storeId().map(log.storeId()::equals).orElse(true);
  }

  private TableView metrics(MetricTable table) throws IOException {
    Path behind = null;
    if (sequence > table.visibleSequence()) {
      behind = exported(StoreRows.ofTable(log, table, sequence).ofJournal());
    }
    return cut(METRICS, table, behind == null ? List.of() : List.of(behind));
  }

  private TableView cut(String name, MetricTable table, List<Path> behind) throws IOException {
    long last = Math.min(table.visibleSequence(), sequence);
    List<Path> whole = new ArrayList<>();
    List<Path> cut = new ArrayList<>();
    for (MetricTable.Part part : table.parts()) {
      if (part.lastSequence() <= last) {
        whole.add(part.file());
      } else if (part.firstSequence() <= last) {
        cut.add(part.file());
      }
    }
    List<Path> open = table.filesUpTo(last);
    open.retainAll(table.openParts());
    for (Path part : open) {
      cut.add(pinned(part));
    }
    whole.addAll(behind);
    return new TableView(name, whole, StoreTables.columns(table), cut, last);
  }

  /** DuckDB opens a file more than once, and an open part is replaced at any time. */
  private Path pinned(Path open) throws IOException {
    Path pinned = scratch.fresh("open.parquet");
    try {
      return Files.createLink(pinned, open);
    } catch (FileSystemException | UnsupportedOperationException elsewhere) {
      return Files.copy(open, pinned);
    }
  }

  /** The rows as a file; null when there are none. */
  private @Nullable Path exported(RowSource rows) throws IOException {
    boolean[] any = new boolean[1];
    rows.forEach(
        RowFilter.ALL,
        row -> {
          any[0] = true;
          return false;
        });
    if (!any[0]) {
      return null;
    }
    Path file = scratch.fresh("metrics.parquet");
    new RowExport(rows, RowFilter.ALL).writeFile(RowExport.Format.PARQUET, file);
    return file;
  }
}
