// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.parquet.compat;

import dev.ringfold.StoreAccessException;
import dev.ringfold.writers.parquet.Compression;
import dev.ringfold.writers.parquet.FlushPolicy;
import dev.ringfold.writers.parquet.MetricsLogger;
import dev.ringfold.writers.parquet.MetricsLoggerBuilder;
import dev.ringfold.writers.parquet.TableOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/**
 * Where a facade writes: the path the user gave is a link to the table, and the log that the table
 * is made from lies beside it.
 *
 * <pre>
 * metrics.parquet            symbolic link to metrics.parquet.ringfold/outputs/metrics.parquet
 * metrics.parquet.ringfold/  the store
 * </pre>
 */
final class TableOutput {
  private static final String STORE_SUFFIX = ".ringfold";

  private final Path output;

  /**
   * Takes a path, of which nothing needs to exist.
   *
   * @throws IllegalArgumentException when it has no last name, as {@code /} or {@code ..}
   */
  TableOutput(Path outputPath) {
    output = outputPath.toAbsolutePath().normalize();
    if (output.getFileName() == null) {
      throw new IllegalArgumentException(
          "outputPath must name a table, such as metrics.parquet, but was '" + outputPath + "'");
    }
  }

  Path path() {
    return output;
  }

  Path store() {
    return output.resolveSibling(output.getFileName() + STORE_SUFFIX);
  }

  /**
   * Opens the log and points the output path to its table.
   *
   * @throws StoreAccessException when something else is at the output path, or it cannot be made
   */
  MetricsLogger open(FlushPolicy flush, int ringRows) {
    requireOurs();
    try {
      Files.createDirectories(directory());
    } catch (IOException e) {
      throw new StoreAccessException(
          "The directory of the table " + output + " cannot be made: " + e + ".", e);
    }
    MetricsLoggerBuilder builder =
        MetricsLogger.builder(store())
            .table(TableOptions.defaults().withCompression(Compression.GZIP).withFlush(flush));
    if (ringRows > 0) {
      builder.ringRows(ringRows);
    }
    MetricsLogger logger = builder.open();
    try {
      link(logger.table());
    } catch (RuntimeException | Error e) {
      logger.close();
      throw e;
    }
    return logger;
  }

  private Path directory() {
    Path parent = output.getParent();
    return parent == null ? output : parent; // Never null: the path is absolute and has a name.
  }

  private void requireOurs() {
    try {
      if (Files.isSymbolicLink(output)) {
        Path target = output.resolveSibling(Files.readSymbolicLink(output)).normalize();
        if (target.startsWith(store())) {
          return;
        }
        throw new StoreAccessException(
            "The output path " + output + " is a link to " + target + ". Choose another path.");
      }
    } catch (IOException e) {
      throw new StoreAccessException("The output path " + output + " cannot be read: " + e, e);
    }
    if (Files.exists(output, LinkOption.NOFOLLOW_LINKS)) {
      throw new StoreAccessException(
          "There is a "
              + (Files.isDirectory(output) ? "directory" : "file")
              + " at the output path "
              + output
              + " that this writer has not made. Move it away, or choose another path.");
    }
  }

  private void link(Path table) {
    if (Files.isSymbolicLink(output)) {
      return;
    }
    try {
      Files.createSymbolicLink(output, directory().relativize(table));
    } catch (IOException | UnsupportedOperationException e) {
      throw new StoreAccessException(
          "The link " + output + " to the table " + table + " cannot be made: " + e + ".", e);
    }
  }
}
