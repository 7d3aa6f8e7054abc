// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.demo;

import dev.ringfold.UnsafeStoreException;
import dev.ringfold.internal.io.DirectoryTree;
import dev.ringfold.internal.io.StoreLock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** Makes room for a new demo store and deletes nothing that is not an older one. */
final class DemoPlace {
  private static final Set<String> ENTRIES =
      Set.of(
          "MANIFEST",
          "ORIGIN",
          "schemas",
          "LOCK",
          "OWNER",
          "journal",
          "blobs",
          "outputs",
          "snapshots",
          "positions",
          "holds",
          "leases",
          "control",
          "_tmp");
  private static final int MAX_KEPT = 1_000;

  private DemoPlace() {}

  /**
   * Prepares a store's directory: absent, with the oracle's empty file beside it.
   *
   * @param keep whether an older demo store is moved aside instead of deleted
   * @throws UnsafeStoreException when something there is not the demo's
   */
  static void prepare(Path store, boolean keep) throws IOException {
    Path oracle = Oracle.path(store);
    if (Files.exists(store, LinkOption.NOFOLLOW_LINKS)) {
      requireOurs(store, oracle);
      if (keep) {
        moveAside(store, oracle);
      } else {
        DirectoryTree.delete(store);
      }
    }
    if (Files.exists(oracle, LinkOption.NOFOLLOW_LINKS)) {
      if (!Oracle.exists(oracle)) {
        throw new UnsafeStoreException(
            oracle + " is not a file of the demo. Move it away, or choose another --dir.");
      }
      Files.delete(oracle);
    }
    Path parent = store.getParent();
    if (parent != null) {
      Files.createDirectories(parent);
    }
    Oracle.create(oracle);
  }

  private static void requireOurs(Path store, Path oracle) throws IOException {
    boolean ours = Files.isDirectory(store, LinkOption.NOFOLLOW_LINKS) && Oracle.exists(oracle);
    if (Files.isDirectory(store, LinkOption.NOFOLLOW_LINKS)) {
      for (Path entry : entries(store)) {
        ours &= ENTRIES.contains(String.valueOf(entry.getFileName()));
      }
      if (!ours && entries(store).isEmpty()) {
        return;
      }
    }
    if (!ours) {
      throw new UnsafeStoreException(
          store
              + " was not made by the demo, so the demo does not delete it. Choose another"
              + " directory with --dir.");
    }
    // Refuses while another process has it open; gives the lock up again at once.
    StoreLock.acquire(store, Duration.ZERO).close();
  }

  private static List<Path> entries(Path directory) throws IOException {
    try (Stream<Path> entries = Files.list(directory)) {
      return entries.toList();
    }
  }

  private static void moveAside(Path store, Path oracle) throws IOException {
    for (int i = 1; i <= MAX_KEPT; i++) {
      Path kept = store.resolveSibling(store.getFileName() + "." + i);
      if (!Files.exists(kept, LinkOption.NOFOLLOW_LINKS)) {
        Files.move(store, kept);
        if (Files.exists(oracle)) {
          Files.move(oracle, Oracle.path(kept));
        }
        return;
      }
    }
    throw new IOException("there are " + MAX_KEPT + " stores beside " + store + "; delete some");
  }
}
