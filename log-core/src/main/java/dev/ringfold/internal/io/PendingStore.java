// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.internal.io;

import dev.ringfold.RingfoldException;
import dev.ringfold.StoreLockedException;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Objects;

/**
 * A store that somebody makes of another one: written in a directory beside its place, under the
 * lock that a store's writer holds, and renamed when all of it is there. What a process that died
 * has left there goes first.
 *
 * <p>Used by one thread.
 */
public final class PendingStore implements AutoCloseable {
  private final Path target;
  private final Path directory;
  private final String faultPrefix;
  private final StoreLock lock;
  private boolean published;

  private PendingStore(Path target, Path directory, String faultPrefix, StoreLock lock) {
    this.target = target;
    this.directory = directory;
    this.faultPrefix = faultPrefix;
    this.lock = lock;
  }

  /**
   * Begins with an empty directory.
   *
   * @param target an absolute path where nothing is
   * @param suffix what the name of the directory has more than the target's
   * @param faultPrefix {@link #publish} hits the fault points {@code <faultPrefix>.beforeRename}
   *     and {@code <faultPrefix>.renamed}
   * @throws RingfoldException when something is at the target
   * @throws StoreLockedException when somebody else makes a store for this place
   */
  public static PendingStore begin(Path target, String suffix, String faultPrefix) {
    requireAbsent(target);
    Path directory = target.resolveSibling(target.getFileName() + suffix);
    StoreSecurity.prepareStoreDirectory(directory);
    StoreLock lock = StoreLock.acquire(directory, Duration.ZERO);
    PendingStore pending = new PendingStore(target, directory, faultPrefix, lock);
    boolean begun = false;
    try {
      requireAbsent(target); // Whoever had the lock may have ended.
      pending.clear();
      begun = true;
      return pending;
    } finally {
      if (!begun) {
        lock.close();
      }
    }
  }

  /** Where the store is written. */
  public Path directory() {
    return directory;
  }

  /** Deletes all that was written. */
  public void clear() {
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
      for (Path entry : entries) {
        if (!isOfLock(entry)) {
          DirectoryTree.delete(entry);
        }
      }
    } catch (IOException e) {
      throw FileFailure.of("cannot list", directory, e);
    }
  }

  /** Gives the store its place; when this returns, it is there after a loss of power, too. */
  public void publish() {
    FaultPoint.hit(faultPrefix + ".beforeRename");
    try {
      Files.move(directory, target, StandardCopyOption.ATOMIC_MOVE);
      published = true;
      Files.deleteIfExists(target.resolve(StoreLock.OWNER_FILE));
    } catch (IOException e) {
      throw FileFailure.of("cannot give its name to", target, e);
    }
    FaultPoint.hit(faultPrefix + ".renamed");
    DurableFile.forceDirectory(
        Objects.requireNonNull(target.toAbsolutePath().getParent(), "a root is no store"));
  }

  /** Lets go; what was not published is deleted. */
  @Override
  public void close() {
    try {
      if (!published) {
        DirectoryTree.delete(directory);
      }
    } finally {
      lock.close();
    }
  }

  private static boolean isOfLock(Path entry) {
    String name = String.valueOf(entry.getFileName());
    return name.equals(StoreLock.LOCK_FILE) || name.equals(StoreLock.OWNER_FILE);
  }

  private static void requireAbsent(Path target) {
    if (Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
      throw new RingfoldException(
          "There is something at " + target + " already. Give a path where nothing is.");
    }
  }
}
