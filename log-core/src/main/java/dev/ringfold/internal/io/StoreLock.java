// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.internal.io;

import dev.ringfold.StoreAccessException;
import dev.ringfold.StoreLockedException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The right to write a store: an operating system lock on the file {@code LOCK}, and {@code OWNER}
 * beside it that tells people who holds it. The kernel drops the lock when the process dies,
 * however it dies; an {@code OWNER} left behind by a dead process means nothing.
 *
 * <p>Only this class may open {@code LOCK}: POSIX drops a process's lock when any of its
 * descriptors of that file is closed. For the same reason an attempt in a JVM that already holds
 * the lock is refused before the file is opened.
 *
 * <p>{@code OWNER} is text, one {@code key value} per line: {@code pid}, {@code host}, {@code
 * started} (ISO instant of the process), {@code java}. Its modification time is when the store was
 * opened.
 *
 * <p>Thread-safe; {@link #close()} may be called from any thread and more than once.
 */
public final class StoreLock implements AutoCloseable {
  /** Name of the locked file in the store directory. */
  public static final String LOCK_FILE = "LOCK";

  /** Name of the file that tells who holds the lock. */
  public static final String OWNER_FILE = "OWNER";

  /** A second opener is told within this time. */
  public static final Duration MAX_TIMEOUT = Duration.ofSeconds(1);

  private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(10);
  private static final long START_TOLERANCE_SECONDS = 2;
  private static final long MAX_OWNER_BYTES = 4096;

  /**
   * Prefix of the system properties that are the registry of stores this JVM holds. Properties,
   * because they are one table per JVM even when Ringfold is loaded by two class loaders.
   */
  private static final String REGISTRY_PREFIX = "dev.ringfold.held.";

  /** Strong references: the collector would close the channel of a log that was never closed. */
  private static final Set<StoreLock> HELD = ConcurrentHashMap.newKeySet();

  private final Path storeDirectory;
  private final String registryKey;
  private final FileChannel channel;
  private boolean closed;

  private StoreLock(Path storeDirectory, String registryKey, FileChannel channel) {
    this.storeDirectory = storeDirectory;
    this.registryKey = registryKey;
    this.channel = channel;
  }

  /**
   * Takes the lock of the store in {@code storeDirectory}, which must exist. Waits up to {@code
   * timeout} (at most {@link #MAX_TIMEOUT}) for the holder to let go.
   *
   * @throws StoreLockedException when another process, or another log in this one, holds it
   */
  public static StoreLock acquire(Path storeDirectory, Duration timeout) {
    if (timeout.isNegative() || timeout.compareTo(MAX_TIMEOUT) > 0) {
      throw new IllegalArgumentException(
          "timeout must be between 0 and " + MAX_TIMEOUT + " but was " + timeout);
    }
    long deadline = System.nanoTime() + timeout.toNanos();
    String key = REGISTRY_PREFIX + identity(storeDirectory);
    register(storeDirectory, key, deadline);
    boolean locked = false;
    try {
      FileChannel channel = lockFile(storeDirectory, deadline);
      StoreLock lock = new StoreLock(storeDirectory, key, channel);
      lock.claimOwnership();
      HELD.add(lock);
      locked = true;
      return lock;
    } finally {
      if (!locked) {
        System.getProperties().remove(key);
      }
    }
  }

  /** Deletes {@code OWNER} and lets go of the lock. Closing twice does nothing. */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    HELD.remove(this);
    try {
      // OWNER first: while the lock is held, nobody else can have written it.
      Files.deleteIfExists(storeDirectory.resolve(OWNER_FILE));
    } catch (IOException e) {
      throw FileFailure.of("cannot delete OWNER of the store in", storeDirectory, e);
    } finally {
      try {
        closeChannel(channel, storeDirectory.resolve(LOCK_FILE));
      } finally {
        System.getProperties().remove(registryKey);
      }
    }
  }

  private static void register(Path storeDirectory, String key, long deadline) {
    String mine = Long.toString(Host.pid());
    while (System.getProperties().putIfAbsent(key, mine) != null) {
      if (!pause(deadline)) {
        throw new StoreLockedException(
            "the store "
                + storeDirectory
                + " is already open for writing in this process ("
                + mine
                + "). Close that log first, share it, or open the store read-only");
      }
    }
  }

  private static FileChannel lockFile(Path storeDirectory, long deadline) {
    Path file = storeDirectory.resolve(LOCK_FILE);
    FileChannel channel = null;
    boolean locked = false;
    try {
      if (Files.notExists(file, LinkOption.NOFOLLOW_LINKS)) {
        createLockFile(file);
      }
      channel =
          FileChannel.open(
              file,
              Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS));
      while (!tryLock(channel)) {
        if (!pause(deadline)) {
          throw lockedByOther(storeDirectory);
        }
      }
      locked = true;
      return channel;
    } catch (IOException e) {
      throw FileFailure.of("cannot lock", file, e);
    } finally {
      if (!locked && channel != null) {
        closeChannel(channel, file);
      }
    }
  }

  private static void createLockFile(Path file) {
    try {
      StoreSecurity.createFile(file);
    } catch (StoreAccessException e) {
      // Another process may have created it at the same moment; then the lock decides.
      if (Files.notExists(file, LinkOption.NOFOLLOW_LINKS)) {
        throw e;
      }
    }
  }

  private static boolean tryLock(FileChannel channel) throws IOException {
    try {
      FileLock lock = channel.tryLock();
      return lock != null;
    } catch (OverlappingFileLockException heldInThisJvm) {
      return false;
    }
  }

  private static void closeChannel(FileChannel channel, Path file) {
    try {
      channel.close();
    } catch (IOException e) {
      throw FileFailure.of("cannot close", file, e);
    }
  }

  /** Waits a little; false when the deadline has passed or the thread is interrupted. */
  private static boolean pause(long deadline) {
    long left = deadline - System.nanoTime();
    if (left <= 0 || Thread.currentThread().isInterrupted()) {
      return false;
    }
    LockSupport.parkNanos(Math.min(left, POLL_NANOS));
    return true;
  }

  private void claimOwnership() {
    Path file = storeDirectory.resolve(OWNER_FILE);
    boolean claimed = false;
    try {
      Owner previous = readOwner(storeDirectory);
      if (previous != null && previous.isOtherLiveProcess()) {
        throw new StoreLockedException(
            "the file "
                + storeDirectory.resolve(LOCK_FILE)
                + " was removed or replaced while "
                + previous.describe()
                + " still has the store open for writing. Stop that process; never delete LOCK");
      }
      Files.deleteIfExists(file);
      StoreSecurity.createFile(file);
      Files.writeString(file, Owner.ofThisProcess().text());
      claimed = true;
    } catch (IOException e) {
      throw FileFailure.of("cannot write", file, e);
    } finally {
      if (!claimed) {
        closeChannel(channel, storeDirectory.resolve(LOCK_FILE));
      }
    }
  }

  private static StoreLockedException lockedByOther(Path storeDirectory) {
    Owner owner = readOwner(storeDirectory);
    return new StoreLockedException(
        "the store "
            + storeDirectory
            + " is open for writing by "
            + (owner == null ? "another process (its OWNER file is missing)" : owner.describe())
            + ". Stop it or open the store read-only");
  }

  private static String identity(Path storeDirectory) {
    try {
      Object key = Files.readAttributes(storeDirectory, BasicFileAttributes.class).fileKey();
      return key != null ? key.toString() : storeDirectory.toRealPath().toString();
    } catch (IOException e) {
      throw FileFailure.of("cannot read the store directory", storeDirectory, e);
    }
  }

  /** Who {@code OWNER} says has the store open; null when there is none or it is unreadable. */
  private static @Nullable Owner readOwner(Path storeDirectory) {
    Path file = storeDirectory.resolve(OWNER_FILE);
    try {
      if (Files.size(file) > MAX_OWNER_BYTES) {
        return null;
      }
      String text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
      return Owner.parse(text, Files.getLastModifiedTime(file).toInstant());
    } catch (NoSuchFileException absent) {
      return null;
    } catch (IOException e) {
      throw FileFailure.of("cannot read", file, e);
    }
  }

  /** The content of {@code OWNER}; unknown or damaged lines are ignored, it is only information. */
  private record Owner(long pid, String host, @Nullable Instant started, @Nullable Instant opened) {

    static Owner ofThisProcess() {
      return new Owner(Host.pid(), Host.name(), Host.startOf(Host.pid()), null);
    }

    static Owner parse(String text, Instant opened) {
      long pid = 0;
      String host = "unknown-host";
      Instant started = null;
      for (String line : text.split("\n")) {
        int space = line.indexOf(' ');
        String value = line.substring(space + 1).strip();
        try {
          if (line.startsWith("pid ")) {
            pid = Long.parseLong(value);
          } else if (line.startsWith("host ")) {
            host = value;
          } else if (line.startsWith("started ")) {
            started = Instant.parse(value);
          }
        } catch (NumberFormatException | DateTimeException damaged) {
          continue;
        }
      }
      return new Owner(pid, host, started, opened);
    }

    String text() {
      return "ringfold-owner 1\npid "
          + pid
          + "\nhost "
          + host
          + "\nstarted "
          + (started == null ? "-" : started)
          + "\njava "
          + Runtime.version()
          + "\n";
    }

    String describe() {
      return "process " + pid + " on host " + host + " since " + opened;
    }

    boolean isOtherLiveProcess() {
      if (pid <= 0 || pid == Host.pid() || started == null || !host.equals(Host.name())) {
        return false;
      }
      Instant live = Host.startOf(pid);
      return live != null
          && Duration.between(live, started).abs().toSeconds() < START_TOLERANCE_SECONDS;
    }
  }
}
