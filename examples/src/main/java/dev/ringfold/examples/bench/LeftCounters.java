// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.bench;

import dev.ringfold.EventLog;
import dev.ringfold.EventLogReader;
import dev.ringfold.RingfoldException;
import dev.ringfold.internal.io.CounterFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/**
 * The counter files of logs whose process was killed. They lie outside the store, in shared memory,
 * and wait there for the next open; a store that is about to be deleted has none.
 */
final class LeftCounters {
  private static final String MANIFEST = "MANIFEST";

  /** How far below a benchmark's directory a store can be. */
  private static final int DEPTH = 4;

  private LeftCounters() {}

  /** Deletes those of every store below {@code root}. */
  static void delete(Path root) throws IOException {
    if (!Files.exists(root)) {
      return;
    }
    List<Path> manifests;
    try (Stream<Path> paths = Files.find(root, DEPTH, (path, file) -> path.endsWith(MANIFEST))) {
      manifests = paths.toList();
    } catch (UncheckedIOException e) {
      throw e.getCause(); // Something was deleted while we looked.
    }
    for (Path manifest : manifests) {
      deleteOf(manifest.resolveSibling(""));
    }
  }

  private static void deleteOf(Path store) throws IOException {
    try (EventLogReader log = EventLog.openReadOnly(store)) {
      CounterFile.open(log.directory(), HexFormat.of().parseHex(log.storeId())).delete();
    } catch (RingfoldException e) {
      throw new IOException("could not delete the counters of " + store, e);
    }
  }
}
