// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.blob;

import dev.ringfold.LogFailedException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Remembers which directories changed since they were last forced, so that a set forces each at
 * most once, and forces those too that another set changed. Holds at most one entry for each of the
 * 256 blob directories and the three around them. Thread-safe.
 *
 * <p>After a failed force nobody can know what is on the disk, and a second force may claim success
 * for lost entries: from then on every force fails until the store is opened again.
 */
final class DirectoryForces {
  /** An action on files. */
  interface Action {
    void run() throws IOException;
  }

  private static final class Count {
    /** Starts at 1: what an earlier process left here may not be forced. */
    private long changes = 1;

    private long forced;
  }

  private final Syncs syncs;
  private final Map<Path, Count> counts = new HashMap<>();
  private @Nullable IOException failure;

  DirectoryForces(Syncs syncs) {
    this.syncs = syncs;
  }

  /** Makes sure that a directory exists and that its parent is forced by the next force of it. */
  synchronized void ensure(Path directory) throws IOException {
    if (!counts.containsKey(directory)) {
      if (BlobFiles.createDirectory(directory)) {
        count(BlobFiles.parent(directory)).changes++;
      }
      counts.put(directory, new Count());
    }
  }

  /**
   * Changes a directory's entries. Whoever sees the change also finds the directory marked: marking
   * and changing are one step for {@link #force}.
   */
  synchronized void change(Path directory, Action action) throws IOException {
    count(directory).changes++;
    action.run();
  }

  /**
   * Forces a directory unless nothing changed in it since it was last forced.
   *
   * @throws LogFailedException when an earlier force failed
   */
  void force(Path directory) throws IOException {
    Count count;
    long seen;
    synchronized (this) {
      if (failure != null) {
        throw new LogFailedException(
            "The blob store stopped: an earlier force of a directory failed, so "
                + directory
                + " cannot be trusted to reach the disk. Close and reopen the store.",
            failure);
      }
      count = count(directory);
      seen = count.changes;
      if (count.forced >= seen) {
        return;
      }
    }
    try {
      syncs.forceDirectory(directory);
    } catch (IOException failed) {
      synchronized (this) {
        failure = failed;
      }
      throw failed;
    }
    synchronized (this) {
      count.forced = Math.max(count.forced, seen);
    }
  }

  private Count count(Path directory) {
    return counts.computeIfAbsent(directory, path -> new Count());
  }
}
