// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.parquet.internal.table;

import dev.ringfold.internal.io.DurableFile;
import dev.ringfold.internal.io.StoreSecurity;
import dev.ringfold.projections.OutputGenerations;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;

/**
 * Where a table is: a stable path that points to one of its generations, see {@link
 * OutputGenerations}.
 *
 * <pre>
 * outputs/
 *   metrics.parquet              symbolic link to metrics.parquet.generations/000001
 *   metrics.parquet.generations/
 *     000001/
 *       part-<20 digits>.parquet  see PartNames
 *       _commits/<20 digits>.json see CommitJson
 *       _tmp/                     unfinished files, all with the suffix .tmp
 * </pre>
 *
 * A compaction and a rebuild fill a new generation beside the old one. Used by one thread.
 */
final class TableDirectory {
  static final String COMMITS = "_commits";
  static final String TEMPORARY = "_tmp";
  static final String TEMPORARY_SUFFIX = ".tmp";

  private final Path outputs;
  private final OutputGenerations generations;

  TableDirectory(Path outputs, String table) {
    this(outputs, table, true);
  }

  /** For tests: as on a system without symbolic links when {@code links} is false. */
  TableDirectory(Path outputs, String table, boolean links) {
    this.outputs = outputs;
    this.generations = new OutputGenerations(outputs, table, links);
  }

  /** The path that readers are told. */
  Path link() {
    return generations.link();
  }

  Path outputs() {
    return outputs;
  }

  Path generations() {
    return generations.generations();
  }

  Path pointer() {
    return generations.pointer();
  }

  Path generation(int number) {
    return generations.generation(number);
  }

  /**
   * Number of the generation the stable path points to, 0 when there is no table.
   *
   * @throws IOException when something else is in its place
   */
  int current() throws IOException {
    return generations.current();
  }

  /** Numbers of all generations there are, newest first. */
  List<Integer> numbers() throws IOException {
    return generations.numbers();
  }

  /** Makes an empty generation. */
  Path create(int number) throws IOException {
    if (!Files.isDirectory(outputs)) {
      throw new IOException(
          "The outputs " + outputs + " are not a directory. Create it, or choose another path");
    }
    StoreSecurity.ensureDirectory(generations());
    TableFiles.deleteTree(generation(number));
    StoreSecurity.ensureDirectory(generation(number));
    StoreSecurity.ensureDirectory(generation(number).resolve(COMMITS));
    StoreSecurity.ensureDirectory(generation(number).resolve(TEMPORARY));
    DurableFile.forceDirectory(generation(number));
    DurableFile.forceDirectory(generations());
    DurableFile.forceDirectory(outputs);
    return generation(number);
  }

  /** Points the stable path to this generation, durably. */
  void switchTo(int number) throws IOException {
    generations.switchTo(number);
  }

  /** When the stable path was switched last. */
  FileTime switchedAt() throws IOException {
    return generations.switchedAt();
  }

  /**
   * Deletes generations that were replaced long enough ago.
   *
   * @return whether others are left
   */
  boolean deleteOld(Instant now) throws IOException {
    return generations.deleteOld(now);
  }

  void delete(int number) throws IOException {
    generations.delete(number);
  }

  /** Deletes the table and everything about it. */
  void deleteAll() throws IOException {
    generations.deleteAll();
  }

  /**
   * The generation that a reader's path means: the stable path, a generation itself, or a copy.
   *
   * @throws IOException when there is no table
   */
  static Path resolve(Path path) throws IOException {
    try {
      return OutputGenerations.resolve(path);
    } catch (NoSuchFileException absent) {
      NoSuchFileException none =
          new NoSuchFileException(
              path.toString(), null, "there is no table; expected a directory with " + COMMITS);
      none.initCause(absent);
      throw none;
    }
  }
}
