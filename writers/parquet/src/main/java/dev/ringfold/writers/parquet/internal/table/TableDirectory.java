// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.parquet.internal.table;

import dev.ringfold.internal.io.DurableFile;
import dev.ringfold.internal.io.FileFailure;
import dev.ringfold.internal.io.StoreSecurity;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Where a table is: a stable path that points to one of its generations.
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
 * A new generation is filled beside the old one and switched to by one rename. On systems without
 * symbolic links there is a file {@code metrics.parquet.current} instead: one line with what the
 * link would point to, replaced as a whole. Used by one thread.
 */
final class TableDirectory {
  static final String COMMITS = "_commits";
  static final String TEMPORARY = "_tmp";
  static final String TEMPORARY_SUFFIX = ".tmp";

  private static final String GENERATIONS_SUFFIX = ".generations";
  private static final String POINTER_SUFFIX = ".current";
  private static final String LINK_TEMPORARY = "link" + TEMPORARY_SUFFIX;
  private static final Pattern GENERATION = Pattern.compile("[0-9]{6}");
  private static final int MAX_POINTER_BYTES = 4_096;

  private final Path outputs;
  private final String table;
  private final boolean links;

  TableDirectory(Path outputs, String table) {
    this(outputs, table, true);
  }

  /** For tests: as on a system without symbolic links when {@code links} is false. */
  TableDirectory(Path outputs, String table, boolean links) {
    this.outputs = outputs;
    this.table = table;
    this.links = links;
  }

  /** The path that readers are told. */
  Path link() {
    return outputs.resolve(table);
  }

  Path outputs() {
    return outputs;
  }

  Path generations() {
    return outputs.resolve(table + GENERATIONS_SUFFIX);
  }

  Path pointer() {
    return outputs.resolve(table + POINTER_SUFFIX);
  }

  Path generation(int number) {
    return generations().resolve(String.format(Locale.ROOT, "%06d", number));
  }

  /**
   * Number of the generation the stable path points to, 0 when there is no table.
   *
   * @throws IOException when something else is in its place
   */
  int current() throws IOException {
    if (Files.isSymbolicLink(link())) {
      return numberOf(link(), Files.readSymbolicLink(link()).toString());
    }
    if (Files.exists(link(), LinkOption.NOFOLLOW_LINKS)) {
      throw new IOException(
          "There is a "
              + (Files.isDirectory(link()) ? "directory" : "file")
              + " at "
              + link()
              + " where the table has to go. Move it away, or choose other outputs");
    }
    if (Files.exists(pointer())) {
      if (Files.size(pointer()) > MAX_POINTER_BYTES) {
        return numberOf(pointer(), "more than " + MAX_POINTER_BYTES + " bytes");
      }
      return numberOf(pointer(), Files.readString(pointer()).strip());
    }
    return 0;
  }

  private int numberOf(Path from, String target) throws IOException {
    String prefix = table + GENERATIONS_SUFFIX + "/";
    String name = target.replace('\\', '/');
    if (!name.startsWith(prefix)
        || !GENERATION.matcher(name.substring(prefix.length())).matches()) {
      throw new IOException(
          from
              + " is not of this table: expected "
              + prefix
              + "<6 digits>, found '"
              + target
              + "'. Move it away, or choose other outputs");
    }
    return Integer.parseInt(name.substring(prefix.length()));
  }

  /** Numbers of all generations there are, newest first. */
  List<Integer> numbers() throws IOException {
    List<Integer> numbers = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(generations())) {
      for (Path entry : entries) {
        String name = String.valueOf(entry.getFileName());
        if (GENERATION.matcher(name).matches()) {
          numbers.add(Integer.parseInt(name));
        }
      }
    } catch (NoSuchFileException absent) {
      return List.of();
    } catch (NotDirectoryException e) {
      throw new IOException(generations() + " is a file, expected a directory. Move it away", e);
    }
    numbers.sort(Collections.reverseOrder());
    return numbers;
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
    String target = table + GENERATIONS_SUFFIX + "/" + generation(number).getFileName();
    Path temporary = generations().resolve(LINK_TEMPORARY);
    Files.deleteIfExists(temporary);
    if (links && createLink(temporary, target)) {
      Files.move(temporary, link(), StandardCopyOption.ATOMIC_MOVE);
      DurableFile.forceDirectory(outputs);
      Files.deleteIfExists(pointer());
    } else {
      byte[] line = (target + "\n").getBytes(StandardCharsets.UTF_8);
      DurableFile.write(pointer(), generations(), line);
    }
  }

  private boolean createLink(Path temporary, String target) throws IOException {
    try {
      Files.createSymbolicLink(temporary, temporary.getFileSystem().getPath(target));
      return true;
    } catch (UnsupportedOperationException unsupported) {
      return false;
    } catch (FileSystemException e) {
      if (!StoreSecurity.diskAckSupported()) {
        return false; // A privilege of its own on some systems.
      }
      throw FileFailure.of("cannot create the link", temporary, e);
    }
  }

  /** When the stable path was switched last. */
  FileTime switchedAt() throws IOException {
    Path path = Files.isSymbolicLink(link()) ? link() : pointer();
    return Files.getLastModifiedTime(path, LinkOption.NOFOLLOW_LINKS);
  }

  void delete(int number) throws IOException {
    TableFiles.deleteTree(generation(number));
  }

  /** Deletes the table and everything about it. */
  void deleteAll() throws IOException {
    if (Files.isSymbolicLink(link())) {
      Files.delete(link());
    }
    Files.deleteIfExists(pointer());
    TableFiles.deleteTree(generations());
  }

  /**
   * The generation that a reader's path means: the stable path, a generation itself, or a copy.
   *
   * @throws IOException when there is no table
   */
  static Path resolve(Path path) throws IOException {
    if (Files.isDirectory(path)) {
      return path.toRealPath();
    }
    Path pointer = path.resolveSibling(path.getFileName() + POINTER_SUFFIX);
    if (Files.notExists(path) && Files.isRegularFile(pointer)) {
      Path target = pointer.resolveSibling(Files.readString(pointer).strip());
      if (Files.isDirectory(target)) {
        return target.toRealPath();
      }
    }
    throw new NoSuchFileException(
        path.toString(), null, "there is no table; expected a directory with " + COMMITS);
  }
}
