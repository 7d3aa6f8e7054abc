// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.parquet.internal.table;

import dev.ringfold.internal.io.DurableFile;
import dev.ringfold.projections.Position;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A table as its projection has it open: the generation it writes to and the newest commit. Used by
 * one thread.
 */
final class OpenTable {
  private static final Logger LOG = LoggerFactory.getLogger(OpenTable.class);

  private final TableDirectory directory;
  private final Clock wall;
  private int number;
  private Path generation;
  private CommitStore commits;
  private @Nullable TableCommit newest;
  private boolean hasOldGenerations;

  private OpenTable(
      TableDirectory directory, Clock wall, int number, @Nullable TableCommit newest) {
    this.directory = directory;
    this.wall = wall;
    this.number = number;
    this.generation = directory.generation(number);
    this.commits = new CommitStore(generation);
    this.newest = newest;
  }

  /**
   * The positions a table can be opened at, newest first.
   *
   * @throws IOException when there are commits but none of them can be used: then the table may be
   *     the only copy of what it holds, and is not to be begun anew without being asked
   */
  static List<Position> positions(TableDirectory directory, String projection, int version)
      throws IOException {
    directory.current(); // Complains about whatever else is in the table's place.
    List<Position> positions = new ArrayList<>();
    boolean damaged = false;
    for (int number : directory.numbers()) {
      CommitStore commits = new CommitStore(directory.generation(number));
      List<TableCommit> usable = commits.usable(projection, version);
      for (TableCommit commit : usable) {
        positions.add(commit.position());
      }
      damaged |= usable.isEmpty() && commits.isDamaged();
    }
    if (positions.isEmpty() && damaged) {
      throw new IOException(
          "No commit of the table "
              + directory.link()
              + " can be used: commits are damaged or parts are missing. Rebuild the projection "
              + projection
              + ", or restore a backup when the journal no longer has all events");
    }
    return positions;
  }

  /** The newest commit of the generation that readers see, whatever it is of; null for none. */
  static @Nullable TableCommit current(TableDirectory directory) throws IOException {
    int number = directory.current();
    return number == 0 ? null : new CommitStore(directory.generation(number)).newest();
  }

  /**
   * Begins an empty table; what was there is deleted. A present generation without any commit is
   * used again: those before it may have readers.
   */
  static OpenTable create(TableDirectory directory, Clock wall) throws IOException {
    int current = directory.current();
    if (current > 0
        && Files.isDirectory(directory.generation(current).resolve(TableDirectory.TEMPORARY))
        && new CommitStore(directory.generation(current)).newestFile() == null) {
      OpenTable table = new OpenTable(directory, wall, current, null);
      table.clean(Set.of());
      return table;
    }
    directory.deleteAll();
    directory.create(1);
    directory.switchTo(1);
    return new OpenTable(directory, wall, 1, null);
  }

  /** Opens a table as it was at this position, and removes what is newer. */
  static OpenTable open(
      TableDirectory directory, Clock wall, String projection, int version, Position position)
      throws IOException {
    for (int number : directory.numbers()) {
      CommitStore commits = new CommitStore(directory.generation(number));
      for (TableCommit commit : commits.usable(projection, version)) {
        if (commit.position().equals(position)) {
          OpenTable table = new OpenTable(directory, wall, number, commit);
          table.rollBack(commit);
          return table;
        }
      }
    }
    throw new IOException(
        "The table " + directory.link() + " has no commit at " + position + "; it was changed");
  }

  private void rollBack(TableCommit commit) throws IOException {
    if (directory.current() != number) {
      directory.switchTo(number);
    }
    for (int other : directory.numbers()) {
      if (other > number) {
        directory.delete(other);
      }
    }
    commits.deleteAbove(commit.position().sequence());
    Set<String> named = new HashSet<>();
    commit.parts().forEach(part -> named.add(part.name()));
    clean(named);
  }

  /** Removes what is not of the table, and generations that were replaced long ago. */
  private void clean(Set<String> named) throws IOException {
    for (Map.Entry<String, Long> part : TableFiles.parts(generation).entrySet()) {
      if (!named.contains(part.getKey())) {
        LOG.debug("Deleting {}, which no commit names", part);
        Path file = generation.resolve(part.getKey());
        Files.delete(file);
        TableFiles.deleteIfEmpty(file.getParent(), generation);
      }
    }
    TableFiles.empty(generation.resolve(TableDirectory.TEMPORARY));
    hasOldGenerations = directory.numbers().size() > 1;
    deleteOldGenerations();
  }

  Path generation() {
    return generation;
  }

  TableDirectory directory() {
    return directory;
  }

  /** The newest commit, null before the first one. */
  @Nullable TableCommit newest() {
    return newest;
  }

  /** Makes the commit durable. */
  void commit(TableCommit commit) throws IOException {
    commits.write(commit);
    newest = commit;
    deleteOldGenerations();
  }

  /** An empty generation that nobody reads yet. */
  Path beginGeneration() throws IOException {
    return directory.create(number + 1);
  }

  /** The new generation is complete: makes the commit durable in it and gives it to readers. */
  void commitGeneration(TableCommit commit) throws IOException {
    Path next = directory.generation(number + 1);
    CommitStore nextCommits = new CommitStore(next);
    nextCommits.write(commit);
    DurableFile.forceDirectory(next);
    directory.switchTo(number + 1);
    number++;
    generation = next;
    commits = nextCommits;
    newest = commit;
    hasOldGenerations = true;
  }

  private void deleteOldGenerations() throws IOException {
    if (hasOldGenerations) {
      hasOldGenerations = directory.deleteOld(wall.instant());
    }
  }
}
