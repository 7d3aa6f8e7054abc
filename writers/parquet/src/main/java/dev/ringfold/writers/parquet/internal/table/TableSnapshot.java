// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.parquet.internal.table;

import dev.ringfold.writers.parquet.internal.part.RowHash;
import dev.ringfold.writers.parquet.internal.part.TableSchema;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A table as a reader finds it: the newest commit of the generation that was current, and the parts
 * that hold what came after it. A consistent prefix of the rows, whatever is written meanwhile.
 *
 * @param generation the directory, which stays for a while after it was replaced
 * @param commit the newest commit that can be read; null before the first one
 * @param openParts parts that no commit names yet, by name
 */
public record TableSnapshot(Path generation, @Nullable TableCommit commit, List<Path> openParts) {
  private static final int MAX_ATTEMPTS = 100;

  /** Copies the list. */
  public TableSnapshot {
    openParts = List.copyOf(openParts);
  }

  /**
   * Looks at a table; it may be open for writing in any process.
   *
   * @throws NoSuchFileException when there is none
   * @throws IOException when it does not hold still for a moment
   */
  public static TableSnapshot read(Path table) throws IOException {
    for (int i = 1; ; i++) {
      Path generation = TableDirectory.resolve(table);
      if (Files.notExists(generation.resolve(TableDirectory.COMMITS))) {
        throw new NoSuchFileException(
            table.toString(), null, "not a table: it has no " + TableDirectory.COMMITS);
      }
      CommitStore commits = new CommitStore(generation);
      Path newestFile = commits.newestFile();
      TableCommit before = commits.newest();
      Set<String> named = new HashSet<>();
      if (before != null) {
        before.parts().forEach(part -> named.add(part.name()));
      }
      List<Path> openParts = new ArrayList<>();
      for (String name : TableFiles.parts(generation).keySet()) {
        if (!named.contains(name)) {
          openParts.add(generation.resolve(name));
        }
      }
      // A seal in between would have left a part out, or given its successor without it.
      if (Objects.equals(commits.newestFile(), newestFile)) {
        return new TableSnapshot(generation, before, openParts);
      }
      if (i == MAX_ATTEMPTS) {
        throw new IOException(
            "The table " + table + " changed " + i + " times while it was looked at; try again");
      }
    }
  }

  /** All files, sealed parts first, in the order of their rows. */
  public List<Path> files() {
    List<Path> files = new ArrayList<>();
    if (commit != null) {
      for (PartEntry part : commit.parts()) {
        files.add(part.in(generation));
      }
    }
    files.addAll(openParts);
    return files;
  }

  /** Hash of all sealed rows. */
  public RowHash rowHash() {
    return commit == null ? RowHash.NONE : commit.rowHash();
  }

  /** Columns to read a table with that has no rows yet. */
  public static TableSchema emptySchema() {
    return TableSchema.of(
        MetricsProjection.emptyTable().stream().map(TableColumn::column).toList());
  }
}
