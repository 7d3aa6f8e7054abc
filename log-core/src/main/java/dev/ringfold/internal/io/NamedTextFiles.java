// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.internal.io;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A directory of small {@link CheckedText} files, each replaced as a whole. Any thread and any
 * process may read and write; of two writers of one name the last one wins.
 *
 * <p>Temporary files are made in the directory itself: a log that opens the store empties the
 * store's temporary directory, and must not take away what another process is writing.
 */
public final class NamedTextFiles {
  /** Most files of one directory. */
  public static final int MAX_FILES = 10_000;

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}");
  private static final String TEMPORARY_SUFFIX = ".tmp";

  private final Path directory;
  private final String header;
  private final String remedy;
  private final @Nullable String faultPrefix;

  /**
   * @param header first line of each file: what it is, and its version
   * @param remedy what to do about a damaged file
   * @param faultPrefix for {@link DurableFile}'s fault points, or null
   */
  public NamedTextFiles(
      Path directory, String header, String remedy, @Nullable String faultPrefix) {
    this.directory = directory;
    this.header = header;
    this.remedy = remedy;
    this.faultPrefix = faultPrefix;
  }

  /** The file of a name. An unusable name is an {@link IllegalArgumentException}. */
  public Path file(String name) {
    if (!NAME.matcher(name).matches() || name.endsWith(TEMPORARY_SUFFIX)) {
      throw new IllegalArgumentException(
          "a name has 1 to 100 of the characters A-Z a-z 0-9 . _ -, does not begin with a dot and"
              + " does not end with "
              + TEMPORARY_SUFFIX
              + ", but was '"
              + name
              + "'");
    }
    return directory.resolve(name);
  }

  /** Replaces or creates a file; when this returns it is on disk. */
  public void write(String name, List<String> lines) {
    Path target = file(name);
    StoreSecurity.ensureDirectory(directory);
    if (Files.notExists(target) && names().size() >= MAX_FILES) {
      throw new IllegalStateException(
          directory + " holds " + MAX_FILES + " files already; delete the ones nobody needs");
    }
    DurableFile.write(target, directory, CheckedText.format(header, lines), faultPrefix);
  }

  /**
   * The lines of a file; null when there is none.
   *
   * @throws dev.ringfold.CorruptJournalException when it is damaged
   */
  public @Nullable List<String> read(String name) {
    Path file = file(name);
    try {
      if (Files.size(file) > CheckedText.MAX_BYTES) {
        return CheckedText.parse(file, header, new byte[0], remedy);
      }
      return CheckedText.parse(file, header, Files.readAllBytes(file), remedy);
    } catch (NoSuchFileException absent) {
      return null;
    } catch (IOException e) {
      throw FileFailure.of("cannot read", file, e);
    }
  }

  /** The value behind a key of a file that was read. */
  public String value(String name, List<String> lines, String key) {
    return CheckedText.value(file(name), lines, key, remedy);
  }

  /** The number behind a key of a file that was read. */
  public long number(String name, List<String> lines, String key) {
    return CheckedText.number(file(name), lines, key, remedy);
  }

  /** The names there are, in order; files with other names are passed over. */
  public List<String> names() {
    List<String> names = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
      for (Path file : files) {
        String name = String.valueOf(file.getFileName());
        if (NAME.matcher(name).matches() && !name.endsWith(TEMPORARY_SUFFIX)) {
          names.add(name);
        }
      }
    } catch (NoSuchFileException absent) {
      return List.of();
    } catch (IOException e) {
      throw FileFailure.of("cannot list", directory, e);
    }
    Collections.sort(names);
    return names;
  }

  /** Deletes a file; false when there was none. */
  public boolean delete(String name) {
    Path file = file(name);
    try {
      boolean deleted = Files.deleteIfExists(file);
      if (deleted) {
        DurableFile.forceDirectory(directory);
      }
      return deleted;
    } catch (IOException e) {
      throw FileFailure.of("cannot delete", file, e);
    }
  }

  /** Deletes temporary files that a process left behind when it died before this time. */
  public static void sweepTemporary(Path directory, FileTime before) {
    try (DirectoryStream<Path> files =
        Files.newDirectoryStream(directory, "*" + TEMPORARY_SUFFIX)) {
      for (Path file : files) {
        if (Files.getLastModifiedTime(file).compareTo(before) < 0) {
          Files.deleteIfExists(file);
        }
      }
    } catch (NoSuchFileException gone) {
      return; // Its writer was alive and has renamed it.
    } catch (IOException e) {
      throw FileFailure.of("cannot sweep", directory, e);
    }
  }
}
