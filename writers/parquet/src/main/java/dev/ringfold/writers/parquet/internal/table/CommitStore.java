// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.parquet.internal.table;

import dev.ringfold.internal.io.DurableFile;
import dev.ringfold.projections.Position;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The commits of one generation, a file each. Used by one thread; readers may read any time. */
final class CommitStore {
  /** Commits that are kept, so that an output can be rolled back. */
  static final int KEPT = 16;

  /** Largest commit that is read. */
  private static final long MAX_BYTES = 256L << 20;

  private static final String SUFFIX = ".json";
  private static final Pattern NAME = Pattern.compile("[0-9]{20}\\.json");
  private static final Logger LOG = LoggerFactory.getLogger(CommitStore.class);

  private final Path generation;
  private final Path directory;

  CommitStore(Path generation) {
    this.generation = generation;
    this.directory = generation.resolve(TableDirectory.COMMITS);
  }

  /** Makes the commit durable; the parts it names must be durable already. */
  void write(TableCommit commit) throws IOException {
    Path target = file(commit.position().sequence());
    DurableFile.write(
        target,
        generation.resolve(TableDirectory.TEMPORARY),
        CommitJson.format(commit),
        "table.commit");
    List<Path> files = files();
    for (Path old : files.subList(Math.min(KEPT, files.size()), files.size())) {
      Files.deleteIfExists(old);
    }
  }

  /** Newest commit that can be read, whatever it says about parts; null when there is none. */
  @Nullable TableCommit newest() throws IOException {
    for (Path file : files()) {
      TableCommit commit = read(file);
      if (commit != null) {
        return commit;
      }
    }
    return null;
  }

  /** The commit at a position; null when there is none that can be read. */
  @Nullable TableCommit at(Position position) throws IOException {
    TableCommit commit = read(file(position.sequence()));
    return commit != null && commit.position().equals(position) ? commit : null;
  }

  /** Whether a commit's file is whole. */
  boolean isReadable(Path file) throws IOException {
    return read(file) != null || Files.notExists(file);
  }

  /** File of the newest commit, damaged or not; null when there is none. */
  @Nullable Path newestFile() throws IOException {
    List<Path> files = files();
    return files.isEmpty() ? null : files.get(0);
  }

  /**
   * The commits of a projection whose parts are all there, newest first. Whether the parts are
   * whole is not looked at.
   */
  List<TableCommit> usable(String projection, int version) throws IOException {
    List<Path> files = files();
    if (files.isEmpty()) {
      return List.of();
    }
    Map<String, Long> parts = TableFiles.parts(generation);
    List<TableCommit> usable = new ArrayList<>();
    for (Path file : files) {
      TableCommit commit = read(file);
      if (commit != null
          && commit.projection().equals(projection)
          && commit.version() == version
          && hasParts(file, commit, parts)) {
        usable.add(commit);
      }
    }
    return usable;
  }

  /** Whether there are commits and some of them cannot be read or lack a part. */
  boolean isDamaged() throws IOException {
    List<Path> files = files();
    Map<String, Long> parts = files.isEmpty() ? Map.of() : TableFiles.parts(generation);
    for (Path file : files) {
      TableCommit commit = read(file);
      if (commit == null || !hasParts(file, commit, parts)) {
        return true;
      }
    }
    return false;
  }

  void deleteAbove(long sequence) throws IOException {
    for (Path file : files()) {
      if (sequenceOf(file) > sequence) {
        Files.delete(file);
      }
    }
    DurableFile.forceDirectory(directory);
  }

  private static boolean hasParts(Path file, TableCommit commit, Map<String, Long> parts) {
    for (PartEntry part : commit.parts()) {
      Long bytes = parts.get(part.name());
      if (bytes == null || bytes != part.bytes()) {
        LOG.warn(
            "Commit {} is passed over: expected part {} of {} bytes, found {}. Events after an"
                + " older commit are folded again",
            file,
            part.name(),
            part.bytes(),
            bytes == null ? "no such file" : bytes + " bytes");
        return false;
      }
    }
    return true;
  }

  private static @Nullable TableCommit read(Path file) throws IOException {
    try {
      if (Files.size(file) > MAX_BYTES) {
        throw new IllegalArgumentException("larger than " + MAX_BYTES + " bytes");
      }
      TableCommit commit = CommitJson.parse(Files.readAllBytes(file));
      if (commit.position().sequence() != sequenceOf(file)) {
        throw new IllegalArgumentException(
            "it says it is of sequence " + commit.position().sequence());
      }
      return commit;
    } catch (NoSuchFileException pruned) {
      return null;
    } catch (IllegalArgumentException | ArithmeticException e) {
      LOG.warn("Commit {} is damaged and passed over for an older one: {}", file, e.getMessage());
      return null;
    }
  }

  Path file(long sequence) {
    return directory.resolve(String.format(Locale.ROOT, "%020d%s", sequence, SUFFIX));
  }

  private static long sequenceOf(Path file) {
    String name = String.valueOf(file.getFileName());
    return Long.parseLong(name.substring(0, name.length() - SUFFIX.length()));
  }

  /** All commit files, newest first. */
  private List<Path> files() throws IOException {
    List<Path> files = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
      for (Path entry : entries) {
        if (NAME.matcher(String.valueOf(entry.getFileName())).matches()) {
          files.add(entry);
        }
      }
    } catch (NoSuchFileException absent) {
      return List.of();
    }
    files.sort(Collections.reverseOrder());
    return files;
  }
}
