// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.projections.index;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** The files of an index by their names. Stateless. */
final class IndexFiles {
  /** Directory of the index among the outputs. */
  static final String DIRECTORY = "index";

  private static final String PREFIX = "index-";
  private static final String SUFFIX = ".rfi";
  private static final Pattern NAME = Pattern.compile("index-\\d{20}\\.rfi");

  private IndexFiles() {}

  /** Name of the file of the range that begins here. */
  static String name(long first) {
    return PREFIX + String.format(Locale.ROOT, "%020d", first) + SUFFIX;
  }

  /** First sequence of a file's range, by its name. */
  static long first(Path file) {
    String name = String.valueOf(file.getFileName());
    return Long.parseLong(name, PREFIX.length(), name.length() - SUFFIX.length(), 10);
  }

  /** The finished files in order; empty when there is no index. */
  static List<Path> list(Path directory) throws IOException {
    List<Path> files = new ArrayList<>();
    try (DirectoryStream<Path> found = Files.newDirectoryStream(directory, PREFIX + "*")) {
      for (Path file : found) {
        if (NAME.matcher(String.valueOf(file.getFileName())).matches()) {
          files.add(file);
        }
      }
    } catch (NoSuchFileException | NotDirectoryException none) {
      return files;
    }
    files.sort(Comparator.naturalOrder());
    return files;
  }

  /** Deletes what a writer that died left unfinished. */
  static void deleteUnfinished(Path directory) throws IOException {
    try (DirectoryStream<Path> found = Files.newDirectoryStream(directory, PREFIX + "*.tmp")) {
      for (Path file : found) {
        Files.deleteIfExists(file);
      }
    }
  }
}
