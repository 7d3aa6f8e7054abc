// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.blob;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What a disk may hold after the power fails: of each forced file the bytes it had then, of any
 * other file some beginning of it; of each directory the entries it had when it was forced, and of
 * the changes since then any part. Forces nothing for real.
 */
final class PowerLossModel implements Syncs {
  private final Map<Object, byte[]> forcedFiles = new HashMap<>();
  private final Map<Path, Map<String, Object>> forcedDirectories = new HashMap<>();
  int fileForces;
  int directoryForces;

  @Override
  public synchronized void forceFile(FileChannel channel, Path path) throws IOException {
    fileForces++;
    forcedFiles.put(key(path), Files.readAllBytes(path));
  }

  @Override
  public synchronized void forceDirectory(Path directory) throws IOException {
    directoryForces++;
    forcedDirectories.put(directory, entries(directory));
  }

  /** Whether the file's bytes and every name on the way to it are on the disk. */
  synchronized boolean durable(Path file, Path storeDirectory) throws IOException {
    byte[] forced = forcedFiles.get(key(file));
    if (forced == null || !Arrays.equals(forced, Files.readAllBytes(file))) {
      return false;
    }
    for (Path path = file; !path.equals(storeDirectory); path = BlobFiles.parent(path)) {
      Map<String, Object> names = forcedDirectories.getOrDefault(BlobFiles.parent(path), Map.of());
      if (!key(path).equals(names.get(BlobFiles.name(path)))) {
        return false;
      }
    }
    return true;
  }

  /** Writes one possible state of the disk into an empty directory. */
  synchronized void materialize(Path storeDirectory, Path image, Random random) throws IOException {
    Map<Object, Path> byKey = new HashMap<>();
    try (var walk = Files.walk(storeDirectory)) {
      for (Path path : walk.toList()) {
        byKey.put(key(path), path);
      }
    }
    copy(storeDirectory, image, byKey, random);
  }

  private void copy(Path directory, Path image, Map<Object, Path> byKey, Random random)
      throws IOException {
    Map<String, Object> before = forcedDirectories.getOrDefault(directory, Map.of());
    Map<String, Object> now = entries(directory);
    TreeSet<String> names = new TreeSet<>(before.keySet());
    names.addAll(now.keySet());
    for (String name : names) {
      Map<String, Object> chosen =
          java.util.Objects.equals(before.get(name), now.get(name)) || random.nextBoolean()
              ? now
              : before;
      Object key = chosen.get(name);
      if (key == null) {
        continue;
      }
      Path target = image.resolve(name);
      Path current = byKey.get(key);
      if (current != null && Files.isDirectory(current, LinkOption.NOFOLLOW_LINKS)) {
        Files.createDirectory(target);
        copy(current, target, byKey, random);
      } else {
        Files.write(target, content(key, current, random));
      }
    }
  }

  private byte[] content(Object key, @org.jspecify.annotations.Nullable Path current, Random random)
      throws IOException {
    byte[] forced = forcedFiles.get(key);
    if (forced != null) {
      return forced;
    }
    byte[] all = current == null ? new byte[0] : Files.readAllBytes(current);
    return Arrays.copyOf(all, random.nextInt(all.length + 1));
  }

  private static Map<String, Object> entries(Path directory) throws IOException {
    Map<String, Object> entries = new TreeMap<>();
    for (Path path : BlobFiles.entries(directory)) {
      entries.put(BlobFiles.name(path), key(path));
    }
    return entries;
  }

  /** Device and inode: the same file under another name is the same file. */
  private static Object key(Path path) throws IOException {
    Object inode = Files.getAttribute(path, "unix:ino", LinkOption.NOFOLLOW_LINKS);
    Object created = Files.getAttribute(path, "creationTime", LinkOption.NOFOLLOW_LINKS);
    return inode + "/" + created;
  }
}
