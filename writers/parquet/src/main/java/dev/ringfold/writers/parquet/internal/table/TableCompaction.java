// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.parquet.internal.table;

import dev.ringfold.internal.io.DurableFile;
import dev.ringfold.internal.io.FaultPoint;
import dev.ringfold.writers.parquet.TableOptions;
import dev.ringfold.writers.parquet.internal.part.ColumnBatch;
import dev.ringfold.writers.parquet.internal.part.PartReader;
import dev.ringfold.writers.parquet.internal.part.PartSummary;
import dev.ringfold.writers.parquet.internal.part.PartWriter;
import dev.ringfold.writers.parquet.internal.part.RowHash;
import dev.ringfold.writers.parquet.internal.part.TableSchema;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Rewrites the parts of a table into as few as there can be, as a new generation. In each partition
 * the parts that end at or below the order's sequence become files of {@link
 * TableOptions#MAX_PART_ROWS} rows with all columns the table has, in the order of the rows; parts
 * that are so already, and younger ones, are linked. The hash of all rows is compared before
 * readers get the new generation. What it does follows from the table and the order alone. Memory:
 * two batches and one row group.
 */
final class TableCompaction {
  private final OpenTable table;
  private final TableSchema schema;
  private final TableOptions options;
  private final PartFiles files;
  private final Set<Path> directories = new HashSet<>();

  TableCompaction(OpenTable table, PartFiles files, TableSchema schema, TableOptions options) {
    this.table = table;
    this.files = files;
    this.schema = schema;
    this.options = options;
  }

  /**
   * Compacts.
   *
   * @param next what would be committed without a compaction; its parts are in the table's present
   *     generation
   * @return false when there is nothing to do, and nothing was done
   */
  boolean run(TableCommit next, long upTo) throws IOException {
    Map<String, List<PartEntry>> merges = merges(next.parts(), upTo);
    if (merges.isEmpty()) {
      return false;
    }
    Path target = table.beginGeneration();
    List<PartEntry> parts = new ArrayList<>();
    for (PartEntry part : next.parts()) {
      List<PartEntry> merged = merges.get(part.directory());
      if (merged == null || !merged.contains(part)) {
        link(part, target);
        parts.add(part);
      } else if (merged.get(0).equals(part)) {
        parts.addAll(new Merge(target, next, part.directory()).run(merged));
      }
    }
    for (Path directory : directories) {
      DurableFile.forceDirectory(directory);
    }
    TableCommit compacted =
        new TableCommit(
            next.projection(),
            next.version(),
            next.position(),
            next.storeId(),
            next.configuration(),
            next.columns(),
            parts);
    if (!compacted.rowHash().equals(next.rowHash()) || compacted.rows() != next.rows()) {
      throw new IOException(
          "Compaction of "
              + table.directory().link()
              + " would change it: expected "
              + next.rows()
              + " rows of hash "
              + next.rowHash()
              + ", found "
              + compacted.rows()
              + " of "
              + compacted.rowHash()
              + ". Nothing was changed; verify the table");
    }
    FaultPoint.hit("table.compact.written");
    table.commitGeneration(compacted);
    FaultPoint.hit("table.compact.switched");
    return true;
  }

  /** The parts to rewrite in each partition's directory; empty when none would change. */
  private Map<String, List<PartEntry>> merges(List<PartEntry> parts, long upTo) throws IOException {
    Map<String, List<PartEntry>> merges = new LinkedHashMap<>();
    for (PartEntry part : parts) {
      List<PartEntry> merge = merges.get(part.directory());
      boolean first = merge == null;
      if (part.lastSequence() <= upTo && !(first && isFinished(part))) {
        merges.computeIfAbsent(part.directory(), directory -> new ArrayList<>()).add(part);
      }
    }
    for (var directory = merges.values().iterator(); directory.hasNext(); ) {
      List<PartEntry> merge = directory.next();
      if (merge.size() == 1 && hasAllColumns(merge.get(0))) {
        directory.remove();
      }
    }
    return merges;
  }

  private boolean isFinished(PartEntry part) throws IOException {
    return part.rows() == TableOptions.MAX_PART_ROWS && hasAllColumns(part);
  }

  private boolean hasAllColumns(PartEntry part) throws IOException {
    try (PartReader reader = PartReader.open(part.in(table.generation()))) {
      return reader.schema().equals(schema);
    }
  }

  private void link(PartEntry part, Path target) throws IOException {
    Path to = part.in(target);
    Path directory = files.in(target).directory(part.directory());
    DurableFile.linkOrCopy(part.in(table.generation()), to);
    directories.add(directory);
  }

  /** The rows of one partition on their way into new files. */
  private final class Merge {
    private final PartFiles into;
    private final TableCommit next;
    private final String directory;
    private final List<PartEntry> written = new ArrayList<>();
    private ColumnBatch waiting = new ColumnBatch(schema, 2 * TableOptions.MAX_PART_ROWS);
    private @Nullable PartWriter writer;
    private int rowsInFile;
    private long firstSequence;

    Merge(Path target, TableCommit next, String directory) {
      this.into = files.in(target);
      this.next = next;
      this.directory = directory;
    }

    List<PartEntry> run(List<PartEntry> parts) throws IOException {
      try {
        for (PartEntry part : parts) {
          readPart(part);
        }
        if (waiting.rows() > 0) {
          add(0, waiting.rows());
        }
        if (writer != null) {
          finish(parts.stream().mapToLong(PartEntry::lastSequence).max().orElse(-1));
        }
        directories.add(into.directory(directory));
        return written;
      } finally {
        if (writer != null) {
          writer.close();
        }
      }
    }

    private void readPart(PartEntry part) throws IOException {
      RowHash hash = RowHash.NONE;
      try (PartReader reader = PartReader.open(part.in(table.generation()))) {
        for (int group = 0; group < reader.rowGroups(); group++) {
          if ((long) (waiting.rows() + reader.rows(group)) * schema.size() > RowBuffer.MAX_CELLS
              && waiting.rows() > 0
              && waiting.rows() + reader.rows(group) < room()) {
            add(0, waiting.rows()); // A row group of its own: wide rows need the memory.
            waiting.clear();
          }
          int before = waiting.rows();
          reader.read(group, waiting);
          hash = hash.plus(RowHash.of(waiting, before, waiting.rows()));
          while (waiting.rows() >= room()) {
            int taken = room();
            add(0, taken);
            finish(-1);
            carry(taken);
          }
        }
      }
      if (!hash.equals(part.rowHash())) {
        throw new IOException(
            "Part "
                + part.in(table.generation())
                + " is not the one the commit names: expected row hash "
                + part.rowHash()
                + ", found "
                + hash
                + ". Rebuild the projection, or restore a backup when the journal no longer has all"
                + " events");
      }
    }

    private int room() {
      return TableOptions.MAX_PART_ROWS - rowsInFile;
    }

    private void add(int from, int to) throws IOException {
      PartWriter current = writer;
      if (current == null) {
        Files.deleteIfExists(into.temporary());
        current = PartWriter.open(into.temporary(), schema, PartFiles.writeOptions(options, true));
        writer = current;
        firstSequence = waiting.longAt(from, schema.indexOf(TableSchema.SEQUENCE));
      }
      current.addRows(waiting, from, to);
      rowsInFile += to - from;
    }

    /** Ends the file; the last row may be a retried one, of a sequence below those before it. */
    private void finish(long broughtBy) throws IOException {
      PartWriter current = java.util.Objects.requireNonNull(writer);
      long lastSequence = Math.max(broughtBy, current.lastSequence());
      PartSummary summary =
          current.finish(into.footer(firstSequence, lastSequence, next.position()));
      current.close();
      writer = null;
      rowsInFile = 0;
      FaultPoint.hit("table.part.tmpWritten");
      String name = PartNames.compacted(directory, firstSequence, next.position().sequence());
      into.rename(name);
      FaultPoint.hit("table.part.renamed");
      written.add(PartFiles.entry(name, summary, lastSequence));
    }

    /** Keeps only the rows from this one on. */
    private void carry(int from) {
      ColumnBatch rest = new ColumnBatch(schema, waiting.capacity());
      RowCopier copier = new RowCopier(waiting, rest, waiting.schema());
      for (int row = from; row < waiting.rows(); row++) {
        if (!copier.copy(row)) {
          throw new IllegalStateException("no room for the texts of the remaining rows");
        }
      }
      waiting = rest;
    }
  }
}
