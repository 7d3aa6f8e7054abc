// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.parquet;

import dev.ringfold.writers.parquet.internal.part.Column;
import dev.ringfold.writers.parquet.internal.part.PartReader;
import dev.ringfold.writers.parquet.internal.part.TableSchema;
import dev.ringfold.writers.parquet.internal.table.PartEntry;
import dev.ringfold.writers.parquet.internal.table.TableColumn;
import dev.ringfold.writers.parquet.internal.table.TableCommit;
import dev.ringfold.writers.parquet.internal.table.TableSnapshot;
import dev.ringfold.writers.parquet.internal.table.TableVerification;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * A table as it was when it was opened: the parts of its newest commit, and the open part. It may
 * be written, sealed and compacted meanwhile, in this process or another; what was opened stays
 * readable for ten minutes. Immutable and thread-safe; {@link #rows()} is not.
 */
public final class MetricTable {
  /** In names of columns that hold a second type of a metric. */
  private static final String SIBLING = "__";

  private static final int MAX_ATTEMPTS = 100;

  private final Path table;
  private final TableSnapshot snapshot;
  private final List<ColumnSummary> columns;
  private final TableSchema schema;
  private final Map<Path, Long> firstOfOpen = new HashMap<>();
  private final long visible;

  /**
   * A column.
   *
   * @param name as in the files
   * @param fieldId Parquet's id of the column, which no other one ever gets
   * @param type {@code int32, int64, double, boolean} or {@code string}
   * @param required whether every row has a value
   * @param metric name the metric was logged under, empty when the column is not a metric's
   */
  public record ColumnSummary(
      String name, int fieldId, String type, boolean required, String metric) {}

  /**
   * A sealed part.
   *
   * @param file where it is
   * @param rows how many it has
   * @param bytes of the file
   * @param firstSequence smallest sequence of its rows
   * @param lastSequence the event that brought its last row; no row has a larger sequence
   * @param sha256 of the file
   * @param rowHash hash of its rows, whatever their order
   */
  public record Part(
      Path file,
      long rows,
      long bytes,
      long firstSequence,
      long lastSequence,
      String sha256,
      String rowHash) {}

  /**
   * Something that is not as it should be.
   *
   * @param file the file meant
   * @param problem what was expected and found, and what to do
   */
  public record Problem(Path file, String problem) {}

  private MetricTable(Path table, TableSnapshot snapshot) throws IOException {
    this.table = table;
    this.snapshot = snapshot;
    TableCommit commit = snapshot.commit();
    List<Column> all = new ArrayList<>();
    List<ColumnSummary> described = new ArrayList<>();
    long last = -1;
    boolean named = true;
    if (commit != null) {
      for (TableColumn column : commit.columns()) {
        all.add(column.column());
        described.add(described(column.column(), column.metric()));
      }
    }
    for (Path part : snapshot.openParts()) {
      try (PartReader reader = PartReader.open(part)) {
        last = Math.max(last, reader.lastSequence());
        firstOfOpen.put(part, reader.firstSequence());
        for (Column column : reader.schema().columns()) {
          if (!all.contains(column)) {
            all.add(column);
            described.add(described(column, column.required() ? "" : column.name()));
            named &= column.required() || !column.name().contains(SIBLING);
          }
        }
      }
    }
    // With partitions, another one may have rows in between that are not shown yet; and of a column
    // that only the open part has so far, the metric's name has to be known.
    boolean whole =
        named
            && snapshot.openParts().size() == 1
            && snapshot.generation().equals(snapshot.openParts().get(0).getParent());
    this.visible = Math.max(commit == null ? -1 : commit.position().sequence(), whole ? last : -1);
    this.columns = List.copyOf(described);
    this.schema = all.isEmpty() ? TableSnapshot.emptySchema() : TableSchema.of(all);
  }

  private static ColumnSummary described(Column column, String metric) {
    return new ColumnSummary(
        column.name(),
        column.fieldId(),
        column.type().name().toLowerCase(Locale.ROOT),
        column.required(),
        metric);
  }

  /**
   * Opens a table: its stable path, or a copy of a generation's directory.
   *
   * @throws NoSuchFileException when there is none
   * @throws IOException when it cannot be read, or does not hold still for a moment
   */
  public static MetricTable open(Path table) throws IOException {
    for (int i = 1; ; i++) {
      TableSnapshot snapshot = TableSnapshot.read(table);
      try {
        return new MetricTable(table, snapshot);
      } catch (NoSuchFileException vanished) {
        // Its writer was started again, and made the table as it was at its newest commit.
        if (i == MAX_ATTEMPTS) {
          throw new IOException(
              "The table "
                  + table
                  + " lost an open part "
                  + i
                  + " times while it was opened; try again",
              vanished);
        }
      }
    }
  }

  /** Last event that is sealed, -1 when none is. */
  public long sequence() {
    TableCommit commit = snapshot.commit();
    return commit == null ? -1 : commit.position().sequence();
  }

  /**
   * The rows of all events up to here are in the files, as they were when the table was opened: up
   * to {@link #sequence}, or to the end of the open part. A file may have got more meanwhile.
   */
  public long visibleSequence() {
    return visible;
  }

  /** The store whose journal the table is made from; empty before the first commit. */
  public Optional<String> storeId() {
    return Optional.ofNullable(snapshot.commit()).map(TableCommit::storeId);
  }

  /** What parts are written with from here on; empty before the first commit. */
  public Optional<TableOptions> options() {
    return Optional.ofNullable(snapshot.commit())
        .map(commit -> TableOptions.parse(commit.configuration()));
  }

  /** The columns, those of the open part included. */
  public List<ColumnSummary> columns() {
    return columns;
  }

  /** The sealed parts in the order of their rows. */
  public List<Part> parts() {
    TableCommit commit = snapshot.commit();
    List<Part> parts = new ArrayList<>();
    if (commit != null) {
      for (PartEntry part : commit.parts()) {
        parts.add(
            new Part(
                part.in(snapshot.generation()),
                part.rows(),
                part.bytes(),
                part.firstSequence(),
                part.lastSequence(),
                part.sha256(),
                part.rowHash().toString()));
      }
    }
    return parts;
  }

  /** Files whose rows are not sealed yet: none or one, or one for each partition. */
  public List<Path> openParts() {
    return snapshot.openParts();
  }

  /** All files to read, sealed ones first. */
  public List<Path> files() {
    return snapshot.files();
  }

  /** The files that may have rows of events up to a sequence, sealed ones first. */
  public List<Path> filesUpTo(long sequence) {
    List<Path> files = new ArrayList<>();
    for (Part part : parts()) {
      if (part.firstSequence() <= sequence) {
        files.add(part.file());
      }
    }
    for (Path open : snapshot.openParts()) {
      if (firstOfOpen.getOrDefault(open, -1L) <= sequence) {
        files.add(open);
      }
    }
    return files;
  }

  /**
   * All files to read, as files that nobody replaces: open parts are linked into {@code directory}
   * under names of their own. For engines that open a file more than once, as DuckDB does: they can
   * fail at an open part that gets a new column or is compacted away in between. Delete the links
   * afterwards.
   *
   * @param directory on the file system of the table; it exists
   */
  public List<Path> pinnedFiles(Path directory) throws IOException {
    List<Path> files = new ArrayList<>(snapshot.files());
    files.removeAll(snapshot.openParts());
    for (Path open : snapshot.openParts()) {
      Path link = directory.resolve("pinned-" + UUID.randomUUID() + ".parquet");
      Files.createLink(link, open);
      files.add(link);
    }
    return files;
  }

  /** Rows of all sealed parts. */
  public long sealedRows() {
    TableCommit commit = snapshot.commit();
    return commit == null ? 0 : commit.rows();
  }

  /** Bytes of all sealed parts. */
  public long sealedBytes() {
    TableCommit commit = snapshot.commit();
    return commit == null ? 0 : commit.bytes();
  }

  /**
   * Hash of all sealed rows, 32 hexadecimal digits; it does not depend on their order, on the files
   * they are in, or on columns without values.
   */
  public String rowHash() {
    return snapshot.rowHash().toString();
  }

  /** Reads all rows, those of open parts last; close it. Damage is an {@link IOException}. */
  public MetricRows rows() {
    return new MetricRows(snapshot.files(), schema);
  }

  /** Reads the rows of {@link #filesUpTo}, among which there may be later ones. */
  public MetricRows rowsUpTo(long sequence) {
    return new MetricRows(filesUpTo(sequence), schema);
  }

  /** Reads all rows of one of {@link #files}. */
  public MetricRows rows(Path file) {
    return new MetricRows(List.of(file), schema);
  }

  /**
   * Reads every byte of the table and compares it with its commit and with the checksums in the
   * files.
   *
   * @return what is damaged, missing or too many; empty when all is well
   */
  public List<Problem> verify() throws IOException {
    List<Problem> problems = new ArrayList<>();
    TableVerification.run(snapshot, (file, text) -> problems.add(new Problem(file, text)));
    return problems;
  }

  @Override
  public String toString() {
    return "MetricTable[" + table + " at " + sequence() + "]";
  }
}
