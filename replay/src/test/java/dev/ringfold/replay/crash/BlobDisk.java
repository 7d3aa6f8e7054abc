// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.crash;

import dev.ringfold.internal.io.ForceWatch;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What a disk may hold of a store's blobs after a loss of power: of a file any mix of the pages
 * that were forced and those that were written, of a directory the names it had when it was forced,
 * and of the changes since then any part.
 *
 * <p>Thread-safe; whoever forces something while the power goes waits.
 */
final class BlobDisk implements ForceWatch.Observer {
  private final Path blobs;
  private final Map<Object, FileImage> forcedFiles = new HashMap<>();
  private final Map<Path, Map<String, Object>> forcedDirectories = new HashMap<>();
  private final Map<Object, FileImage> files = new HashMap<>();
  private final Map<Path, Map<String, Object>> directories = new HashMap<>();
  private boolean cut;

  BlobDisk(Path store) {
    this.blobs = store.resolve("blobs");
  }

  @Override
  public synchronized Runnable before(Path path) {
    if (cut) {
      return () -> {};
    }
    try {
      if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
        Map<String, Object> entries = entries(path);
        return () -> keep(forcedDirectories, path, entries);
      }
      Object key = key(path);
      FileImage now = FileImage.of(path);
      return now == null ? () -> {} : () -> keep(forcedFiles, key, now);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot look at " + path, e);
    }
  }

  private synchronized <K, V> void keep(Map<K, V> map, K key, V value) {
    if (!cut) {
      map.put(key, value);
    }
  }

  /** The power goes: what was written by now may be on the disk. Once only. */
  synchronized void cut() {
    if (cut) {
      return;
    }
    cut = true;
    try {
      look(blobs);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot look at " + blobs, e);
    }
  }

  private void look(Path directory) throws IOException {
    Map<String, Object> entries = entries(directory);
    directories.put(directory, entries);
    for (Map.Entry<String, Object> entry : entries.entrySet()) {
      Path path = directory.resolve(entry.getKey());
      if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
        look(path);
      } else {
        FileImage now = FileImage.of(path);
        if (now != null) {
          files.put(entry.getValue(), now);
        }
      }
    }
  }

  /** Writes one possible state of the disk into a store; which one follows from the seed. */
  void write(Path store, long seed) throws IOException {
    SplittableRandom random = new SplittableRandom(seed);
    write(blobs, store.resolve("blobs"), random, new PageMixer(random.split()));
  }

  private void write(Path directory, Path target, SplittableRandom random, PageMixer mixer)
      throws IOException {
    Files.createDirectory(
        target, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    Map<String, Object> before = forcedDirectories.getOrDefault(directory, Map.of());
    Map<String, Object> now = directories.getOrDefault(directory, Map.of());
    TreeSet<String> names = new TreeSet<>(before.keySet());
    names.addAll(now.keySet());
    boolean newer = random.nextBoolean();
    for (String name : names) {
      // Some disks have all new names, some all old ones, most have any of them.
      boolean fromNow = random.nextInt(4) == 0 ? random.nextBoolean() : newer;
      Object key = (fromNow ? now : before).get(name);
      Path path = directory.resolve(name);
      if (key == null) {
        continue;
      }
      if (directories.containsKey(path)) {
        write(path, target.resolve(name), random, mixer);
      } else {
        FileImage forced = forcedFiles.getOrDefault(key, FileImage.EMPTY);
        mixer.mix(forced, files.getOrDefault(key, forced)).write(target.resolve(name));
      }
    }
  }

  private static Map<String, Object> entries(Path directory) throws IOException {
    Map<String, Object> entries = new TreeMap<>();
    try (DirectoryStream<Path> all = Files.newDirectoryStream(directory)) {
      for (Path path : all) {
        try {
          entries.put(path.getFileName().toString(), key(path));
        } catch (NoSuchFileException gone) {
          continue; // It was renamed or deleted just now.
        }
      }
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
    return entries;
  }

  /** The same file under another name is the same file. */
  private static Object key(Path path) throws IOException {
    Object inode = Files.getAttribute(path, "unix:ino", LinkOption.NOFOLLOW_LINKS);
    return inode + "/" + Files.getAttribute(path, "creationTime", LinkOption.NOFOLLOW_LINKS);
  }
}
