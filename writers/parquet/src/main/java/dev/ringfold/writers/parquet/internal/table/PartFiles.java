// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.parquet.internal.table;

import dev.ringfold.internal.io.DurableFile;
import dev.ringfold.internal.io.FaultPoint;
import dev.ringfold.internal.io.StoreSecurity;
import dev.ringfold.projections.Position;
import dev.ringfold.writers.parquet.TableOptions;
import dev.ringfold.writers.parquet.internal.part.ColumnBatch;
import dev.ringfold.writers.parquet.internal.part.PartSummary;
import dev.ringfold.writers.parquet.internal.part.PartWriter;
import dev.ringfold.writers.parquet.internal.part.TableSchema;
import dev.ringfold.writers.parquet.internal.part.WriteOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Writes waiting rows as the parts of one generation. Used by one thread. */
final class PartFiles {
  private static final String TEMPORARY_PART = "part" + TableDirectory.TEMPORARY_SUFFIX;

  private final Path generation;
  private final String projection;
  private final int version;

  PartFiles(Path generation, String projection, int version) {
    this.generation = generation;
    this.projection = projection;
    this.version = version;
  }

  /**
   * Writes the open parts that have rows they do not show yet; returns the bytes.
   *
   * @param upTo rows to show
   * @param visibleRows those that open parts have
   */
  long flush(RowBuffer rows, int upTo, TableOptions options, int visibleRows) throws IOException {
    WriteOptions format = writeOptions(options, false);
    long bytes = 0;
    for (int i = 0; i < rows.partitions().size(); i++) {
      PartitionRows partition = rows.partitions().get(i);
      if (hasRow(rows, i, visibleRows, upTo)) {
        bytes += write(rows, i, upTo, format, openFooter()).bytes();
        rename(PartNames.part(partition.directory(), partition.firstSequence()));
        FaultPoint.hit("table.open.renamed");
      }
    }
    return bytes;
  }

  private static boolean hasRow(RowBuffer rows, int partition, int from, int to) {
    for (int row = from; row < to; row++) {
      if (rows.partitionOf(row) == partition) {
        return true;
      }
    }
    return false;
  }

  /** Writes all rows as sealed parts, durably. */
  List<PartEntry> seal(RowBuffer rows, TableOptions options, Position position) throws IOException {
    WriteOptions format = writeOptions(options, true);
    List<PartEntry> sealed = new ArrayList<>();
    Set<Path> directories = new HashSet<>();
    for (int i = 0; i < rows.partitions().size(); i++) {
      PartitionRows partition = rows.partitions().get(i);
      if (partition.rows() > 0) {
        PartSummary part = write(rows, i, rows.rows(), format, footer(partition, position));
        FaultPoint.hit("table.part.tmpWritten");
        String name = PartNames.part(partition.directory(), partition.firstSequence());
        directories.add(rename(name));
        FaultPoint.hit("table.part.renamed");
        sealed.add(entry(name, part, partition.lastSequence()));
      }
    }
    for (Path directory : directories) {
      DurableFile.forceDirectory(directory);
    }
    return sealed;
  }

  static PartEntry entry(String name, PartSummary part, long last) {
    return new PartEntry(
        name, part.rows(), part.bytes(), part.firstSequence(), last, part.sha256(), part.rowHash());
  }

  /** What the footer says of a part: who wrote it, from which events, at which cut. */
  Map<String, String> footer(long first, long last, @Nullable Position cut) {
    Map<String, String> footer = new TreeMap<>();
    footer.put("ringfold.projection", projection);
    footer.put("ringfold.projectionVersion", Integer.toString(version));
    footer.put("ringfold.firstSequence", Long.toString(first));
    footer.put("ringfold.lastSequence", Long.toString(last));
    if (cut != null) {
      footer.put("ringfold.cutSequence", Long.toString(cut.sequence()));
      footer.put("ringfold.cutFrameCrc", java.util.HexFormat.of().toHexDigits(cut.frameCrc()));
    }
    return footer;
  }

  private Map<String, String> footer(PartitionRows partition, @Nullable Position cut) {
    return footer(partition.firstSequence(), partition.lastSequence(), cut);
  }

  private Map<String, String> openFooter() {
    Map<String, String> footer = new TreeMap<>();
    footer.put("ringfold.projection", projection);
    footer.put("ringfold.projectionVersion", Integer.toString(version));
    return footer;
  }

  /** Writes the rows of a partition before row {@code upTo}, in the groups that have ended. */
  private PartSummary write(
      RowBuffer rows, int partition, int upTo, WriteOptions format, Map<String, String> footer)
      throws IOException {
    Path temporary = temporary();
    Files.deleteIfExists(temporary);
    PartitionRows waiting = rows.partitions().get(partition);
    TableSchema schema = waiting.schema();
    boolean all = waiting.rows() == rows.rows() && schema.equals(rows.batch().schema());
    ColumnBatch batch = all ? rows.batch() : new ColumnBatch(schema, upTo);
    RowCopier copier = all ? null : new RowCopier(rows.batch(), batch, schema);
    try (PartWriter writer = PartWriter.open(temporary, schema, format)) {
      int row = 0;
      int written = 0;
      for (int group = 0; row < upTo; group++) {
        int end = Math.min(upTo, rows.groups().end(group, upTo));
        if (copier != null) {
          copy(rows, partition, row, end, copier);
        }
        int to = all ? end : batch.rows();
        if (to > written) {
          writer.addRows(batch, written, to);
        }
        written = to;
        row = end;
      }
      return writer.finish(footer);
    }
  }

  private static void copy(RowBuffer rows, int partition, int from, int to, RowCopier copier) {
    for (int row = from; row < to; row++) {
      if (rows.partitionOf(row) == partition && !copier.copy(row)) {
        throw new IllegalStateException("no room for the texts of the rows of a partition");
      }
    }
  }

  /** The same for another generation. */
  PartFiles in(Path other) {
    return new PartFiles(other, projection, version);
  }

  /** A partition's directory, made if it is not there. */
  Path directory(String partition) {
    Path directory = generation.resolve(partition);
    if (Files.notExists(directory)) {
      StoreSecurity.ensureDirectory(directory);
      DurableFile.forceDirectory(generation);
    }
    return directory;
  }

  Path temporary() {
    return generation.resolve(TableDirectory.TEMPORARY).resolve(TEMPORARY_PART);
  }

  /** Gives the temporary file its name; returns its directory. */
  Path rename(String name) throws IOException {
    Path directory = directory(name.substring(0, name.lastIndexOf('/') + 1));
    Files.move(
        temporary(),
        generation.resolve(name),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
    return directory;
  }

  static WriteOptions writeOptions(TableOptions options, boolean force) {
    return new WriteOptions(options.compression(), options.level(), options.profile(), force);
  }
}
