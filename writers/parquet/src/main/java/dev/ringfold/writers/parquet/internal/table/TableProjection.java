// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.parquet.internal.table;

import dev.ringfold.EventView;
import dev.ringfold.event.BuiltinTypes;
import dev.ringfold.event.ProjectionConfigured;
import dev.ringfold.event.TableCompacted;
import dev.ringfold.projections.OutputFile;
import dev.ringfold.projections.OutputProblem;
import dev.ringfold.projections.Position;
import dev.ringfold.projections.Projection;
import dev.ringfold.projections.ProjectionContext;
import dev.ringfold.writers.parquet.TableOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Folds events into the rows of a table. Rows wait in a {@link RowBuffer}; at a cut they become a
 * sealed part, and a commit names it together with the position. Between cuts the same rows can be
 * seen in the open part, which has the sealed part's name and is replaced as a whole, as often as
 * {@link FlushBudget} allows; it is not permanent and no commit names it. It shows whole {@link
 * RowGroups}, which are the same bytes in each version and in the sealed part.
 *
 * <p>Cuts follow from events and their log time alone: the part has all its rows (or cells, or
 * partitions), a run was closed, the table is configured or compacted, or an event of any kind came
 * so long after the part's first row. The order of a seal is: each part forced and renamed, their
 * directories forced, the commit forced and renamed, its directory forced; so a commit never names
 * what is not there, and what no commit names is deleted when the table is opened.
 *
 * <p>Subclasses say which events are rows. Belongs to one thread, like every projection.
 */
public abstract class TableProjection implements Projection {
  private final String table;
  private final TableClocks clocks;
  private @Nullable ProjectionContext context;
  private @Nullable OpenTable open;
  private @Nullable PartFiles files;
  private @Nullable ColumnRegistry columns;
  private @Nullable RowBuffer rows;
  private @Nullable FlushBudget budget;
  private TableOptions options = TableOptions.defaults();
  private @Nullable TableOptions nextOptions;
  private long compactUpTo = -1;
  private boolean cut;

  /**
   * Creates the projection.
   *
   * @param table name of the table in the outputs
   */
  protected TableProjection(String table, TableClocks clocks) {
    this.table = table;
    this.clocks = clocks;
  }

  /** Columns of an empty table. */
  abstract List<TableColumn> firstColumns();

  /** Names, in lower case, that no metric may have although no column does. */
  Set<String> reservedNames() {
    return Set.of();
  }

  /** What the table is written with until the journal says otherwise. */
  TableOptions firstOptions() {
    return TableOptions.defaults();
  }

  /** Whether events of this type are rows. */
  abstract boolean isRow(int typeId);

  /** Whether an event of this type ends the part. */
  abstract boolean isCut(int typeId);

  /**
   * Adds the row of an event. When it throws, nothing was added, not even a column.
   *
   * @param consuming the event the row comes with
   */
  abstract void addRow(EventView event, long consuming);

  /** The rows and columns of the table were begun anew. */
  void opened() {}

  @Override
  public final Set<Integer> types() {
    return Set.of(); // Events of any type tell that time has passed.
  }

  @Override
  public final List<Position> committed(ProjectionContext where) throws IOException {
    return TableFiles.call(() -> OpenTable.positions(directory(where), name(), version()));
  }

  private TableDirectory directory(ProjectionContext where) {
    return new TableDirectory(where.outputs(), table);
  }

  @Override
  public final void open(Position position, ProjectionContext where) throws IOException {
    context = where;
    open =
        TableFiles.call(
            () ->
                position.sequence() < 0
                    ? OpenTable.create(directory(where), clocks.wall())
                    : OpenTable.open(directory(where), clocks.wall(), name(), version(), position));
    TableCommit commit = open.newest();
    options = commit == null ? firstOptions() : TableOptions.parse(commit.configuration());
    columns =
        new ColumnRegistry(
            commit == null ? firstColumns() : commit.columns(),
            reservedNames(),
            options.maxColumns());
    rows = new RowBuffer(columns.schema(), TableOptions.MAX_PART_ROWS);
    budget = new FlushBudget(clocks, options.flush());
    files = new PartFiles(open.generation(), name(), version());
    nextOptions = null;
    compactUpTo = -1;
    cut = false;
    opened();
    ViewScript.write(where.outputs());
  }

  @Override
  public final void apply(EventView event) throws Exception {
    int type = event.typeId();
    RowBuffer waiting = rows();
    if (isRow(type)) {
      addRow(event, context().consuming());
    } else if (type == BuiltinTypes.PROJECTION_CONFIGURED.id()) {
      configured((ProjectionConfigured) context().decode(event));
    } else if (type == BuiltinTypes.TABLE_COMPACTED.id()) {
      compacted((TableCompacted) context().decode(event));
    }
    if (waiting.rows() > 0) {
      if (options.openPart()
          && event.logTimeNanos() >= waiting.groups().dueAtNanos(waiting.rows(), options.flush())) {
        waiting.groups().end(waiting.rows());
        budget().added();
      }
      cut |=
          isCut(type)
              || waiting.isFull(options.partRows())
              || event.logTimeNanos() - waiting.firstLogTimeNanos() >= options.sealAfterNanos();
    }
  }

  private void configured(ProjectionConfigured event) {
    if (event.projection().equals(name())) {
      TableOptions wanted = TableOptions.parse(event.configuration());
      if (!wanted.equals(options)) {
        nextOptions = wanted;
        cut = true;
      }
    }
  }

  private void compacted(TableCompacted event) {
    if (event.projection().equals(name())) {
      compactUpTo = Math.max(compactUpTo, event.upTo());
      cut = true;
    }
  }

  @Override
  public final boolean commitDue() {
    return cut;
  }

  @Override
  public final boolean dirty() {
    return cut || rows().rows() > 0;
  }

  @Override
  public final void commit(Position position) throws IOException {
    if (!cut && rows().rows() > 0) {
      throw new IllegalStateException(
          rows().rows() + " rows wait and no cut is due; a commit here would not be repeatable");
    }
    TableFiles.run(() -> seal(position));
    ViewScript.write(context().outputs());
  }

  private void seal(Position position) throws IOException {
    TableCommit before = table().newest();
    List<PartEntry> parts = new ArrayList<>(before == null ? List.of() : before.parts());
    List<PartEntry> sealed = files().seal(rows(), options, position);
    parts.addAll(sealed);
    TableOptions from = nextOptions == null ? options : nextOptions;
    TableCommit next =
        new TableCommit(
            name(),
            version(),
            position,
            context().storeId(),
            from.canonical(),
            columns().columns(),
            parts);
    if (compactUpTo < 0 || !compact(next)) {
      table().commit(next);
    }
    rows().clear();
    budget().sealed(sealed.stream().mapToLong(PartEntry::bytes).sum());
    budget().policy(from.flush());
    columns().maxColumns(from.maxColumns());
    options = from;
    nextOptions = null;
    compactUpTo = -1;
    cut = false;
  }

  /** False when there is nothing to do. */
  private boolean compact(TableCommit next) throws IOException {
    TableCompaction compaction = new TableCompaction(table(), files(), columns().schema(), options);
    if (!compaction.run(next, compactUpTo)) {
      return false;
    }
    files = new PartFiles(table().generation(), name(), version());
    return true;
  }

  @Override
  public final long refreshIntervalNanos() {
    boolean due = budget().isDue(rows().groups().endedRows());
    return due ? 0 : Long.MAX_VALUE;
  }

  @Override
  public final void refresh() throws IOException {
    int ended = rows().groups().endedRows();
    if (budget().isDue(ended)) {
      flush(ended);
    }
  }

  @Override
  public final void showAll() throws IOException {
    flush(rows().rows());
  }

  private void flush(int count) throws IOException {
    if (count == 0 || !options.openPart()) {
      return;
    }
    long began = clocks.nanos().getAsLong();
    long cpu = clocks.cpuNanos().getAsLong();
    FlushBudget ledger = budget();
    int shown = ledger.visibleRows();
    long bytes = TableFiles.call(() -> files().flush(rows(), count, options, shown));
    ledger.flushed(count, bytes, began, clocks.cpuNanos().getAsLong() - cpu);
    boolean newFile =
        rows().partitions().stream()
            .anyMatch(part -> part.firstRow() >= shown && part.firstRow() < count);
    if (newFile) {
      ViewScript.write(context().outputs());
    }
  }

  @Override
  public final OptionalLong tickAtNanos() {
    RowBuffer waiting = rows();
    if (waiting.rows() == 0) {
      return OptionalLong.empty();
    }
    long sealAt = waiting.firstLogTimeNanos() + options.sealAfterNanos();
    long groupAt =
        options.openPart()
            ? waiting.groups().dueAtNanos(waiting.rows(), options.flush())
            : Long.MAX_VALUE;
    return OptionalLong.of(Math.min(sealAt, groupAt));
  }

  @Override
  public final List<String> outputNames() {
    return List.of(table);
  }

  @Override
  public final OptionalInt outputVersion(ProjectionContext where) throws IOException {
    TableCommit newest = OpenTable.current(directory(where));
    return newest == null ? OptionalInt.empty() : OptionalInt.of(newest.version());
  }

  @Override
  public final Optional<List<OutputFile>> finishedFiles(Position position, ProjectionContext where)
      throws IOException {
    return Optional.of(TableOutput.finished(table(where), position));
  }

  @Override
  public final List<OutputProblem> verify(ProjectionContext where, boolean full)
      throws IOException {
    return TableOutput.verify(table(where), full);
  }

  @Override
  public final void exchanged(ProjectionContext where) throws IOException {
    ViewScript.write(where.outputs());
  }

  private Path table(ProjectionContext where) {
    return where.outputs().resolve(table);
  }

  @Override
  public final void reset(ProjectionContext where) throws IOException {
    TableFiles.run(
        () -> {
          TableDirectory directory = directory(where);
          directory.current();
          directory.deleteAll();
        });
    ViewScript.write(where.outputs());
  }

  @Override
  public final void close() {
    open = null;
    files = null;
    rows = null;
    columns = null;
    budget = null;
  }

  /** Options of the part that is being filled. */
  final TableOptions options() {
    return options;
  }

  final ProjectionContext context() {
    return opened(context);
  }

  final RowBuffer rows() {
    return opened(rows);
  }

  final ColumnRegistry columns() {
    return opened(columns);
  }

  private OpenTable table() {
    return opened(open);
  }

  private PartFiles files() {
    return opened(files);
  }

  final FlushBudget budget() {
    return opened(budget);
  }

  private <T> T opened(@Nullable T value) {
    if (value == null) {
      throw new IllegalStateException("The projection " + name() + " is not open");
    }
    return value;
  }
}
