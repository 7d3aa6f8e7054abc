// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.query;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Paths that DuckDB takes as they are. It reads a path with one of the characters <code>*?[</code>
 * as a pattern, and a session may not list directories to resolve one; such a file gets a symbolic
 * link in a directory of its own, which goes with the session. One thread.
 */
final class PlainPaths implements AutoCloseable {
  private static final String PATTERN_CHARACTERS = ".*[*?\\[].*";

  private final List<Path> links = new ArrayList<>();
  private @Nullable Path folder;

  PlainPaths() {}

  /** The view with paths that are no patterns. */
  TableView plain(TableView view) {
    return new TableView(
        view.name(),
        plain(view.files()),
        view.columns(),
        plain(view.cutFiles()),
        view.lastSequence());
  }

  private List<Path> plain(List<Path> files) {
    List<Path> plain = new ArrayList<>();
    for (Path file : files) {
      plain.add(file.toString().matches(PATTERN_CHARACTERS) ? link(file) : file);
    }
    return plain;
  }

  private Path link(Path file) {
    try {
      if (folder == null) {
        folder = Files.createTempDirectory("ringfold-query");
      }
      Path link = folder.resolve(links.size() + ".parquet");
      Files.createSymbolicLink(link, file.toAbsolutePath());
      links.add(link);
      return link;
    } catch (IOException | UnsupportedOperationException e) {
      throw new QueryFailedException(
          "DuckDB takes the path "
              + file
              + " as a pattern, and a link to it cannot be made: "
              + e.getMessage()
              + ". Move the store to a path without *, ? and [",
          e);
    }
  }

  @Override
  public void close() {
    try {
      for (Path link : links) {
        Files.deleteIfExists(link);
      }
      if (folder != null) {
        Files.deleteIfExists(folder);
      }
    } catch (IOException e) {
      throw new QueryFailedException("cannot delete the links of the query: " + e.getMessage(), e);
    }
  }
}
