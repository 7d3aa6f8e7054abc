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

  /** Writes the open parts that have rows since they were written last; returns the bytes. */
  long flush(RowBuffer rows, TableSchema schema, TableOptions options, int visibleRows)
      throws IOException {
    WriteOptions format = writeOptions(options, false);
    long bytes = 0;
    for (int i = 0; i < rows.partitions().size(); i++) {
      PartitionRows partition = rows.partitions().get(i);
      if (partition.rows() > 0 && hasRowAfter(rows, i, visibleRows)) {
        Map<String, String> footer = footer(partition, null);
        bytes += write(rows, i, schema, format, footer).bytes();
        rename(PartNames.part(partition.directory(), partition.firstSequence()));
        FaultPoint.hit("table.open.renamed");
      }
    }
    return bytes;
  }

  private static boolean hasRowAfter(RowBuffer rows, int partition, int visibleRows) {
    for (int row = rows.rows() - 1; row >= visibleRows; row--) {
      if (rows.partitionOf(row) == partition) {
        return true;
      }
    }
    return false;
  }

  /** Writes all rows as sealed parts, durably. */
  List<PartEntry> seal(RowBuffer rows, TableSchema schema, TableOptions options, Position position)
      throws IOException {
    WriteOptions format = writeOptions(options, true);
    List<PartEntry> sealed = new ArrayList<>();
    Set<Path> directories = new HashSet<>();
    for (int i = 0; i < rows.partitions().size(); i++) {
      PartitionRows partition = rows.partitions().get(i);
      if (partition.rows() > 0) {
        PartSummary part = write(rows, i, schema, format, footer(partition, position));
        FaultPoint.hit("table.part.tmpWritten");
        String name = PartNames.part(partition.directory(), partition.firstSequence());
        directories.add(rename(name));
        FaultPoint.hit("table.part.renamed");
        sealed.add(entry(name, part, partition.firstSequence(), partition.lastSequence()));
      }
    }
    for (Path directory : directories) {
      DurableFile.forceDirectory(directory);
    }
    return sealed;
  }

  static PartEntry entry(String name, PartSummary part, long first, long last) {
    return new PartEntry(
        name, part.rows(), part.bytes(), first, last, part.sha256(), part.rowHash());
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

  private PartSummary write(
      RowBuffer rows,
      int partition,
      TableSchema schema,
      WriteOptions format,
      Map<String, String> footer)
      throws IOException {
    Path temporary = temporary();
    Files.deleteIfExists(temporary);
    ColumnBatch batch = rows.batch();
    if (rows.partitions().get(partition).rows() < rows.rows()) {
      batch = rowsOf(rows, partition);
    }
    return PartWriter.write(temporary, schema, batch, 0, batch.rows(), format, footer);
  }

  private static ColumnBatch rowsOf(RowBuffer rows, int partition) {
    int count = rows.partitions().get(partition).rows();
    ColumnBatch selected = new ColumnBatch(rows.batch().schema(), count);
    RowCopier copier = new RowCopier(rows.batch(), selected);
    for (int row = 0; selected.rows() < count; row++) {
      if (rows.partitionOf(row) == partition && !copier.copy(row)) {
        throw new IllegalStateException("no room for the texts of " + count + " rows");
      }
    }
    return selected;
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
