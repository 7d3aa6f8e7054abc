// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.bench;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Looks from outside which files come to lie in a table under a part's name, again and again: the
 * versions of the open part, each but the last of a name to be replaced. A version lives for about
 * a second, a look takes some milliseconds. Its thread ends with {@link #stop}.
 */
final class PartWatch implements Closeable {
  private static final long INTERVAL_NANOS = 20_000_000;

  private final Path table;
  private final Map<Path, Version> newest = new HashMap<>();
  private final Thread thread = new Thread(this::watch, "bench-part-watch");
  private long replaced;
  private long replacedBytes;
  private volatile boolean stopped;
  private volatile @Nullable RuntimeException failure;

  /** Begins to look. */
  PartWatch(Path table) {
    this.table = table;
    thread.setDaemon(true);
    thread.start();
  }

  private record Version(Object key, long bytes) {}

  private void watch() {
    try {
      while (!stopped) {
        look();
        LockSupport.parkNanos(INTERVAL_NANOS);
      }
      look();
    } catch (IOException e) {
      failure = new UncheckedIOException(e);
    }
  }

  private void look() throws IOException {
    if (!Files.isDirectory(table)) {
      return;
    }
    List<Path> parts;
    try (Stream<Path> files = Files.list(table)) {
      parts = files.filter(file -> file.toString().endsWith(".parquet")).toList();
    }
    for (Path part : parts) {
      try {
        BasicFileAttributes now = Files.readAttributes(part, BasicFileAttributes.class);
        note(part, new Version(String.valueOf(now.fileKey()) + now.size(), now.size()));
      } catch (NoSuchFileException e) {
        continue; // Replaced between the two calls: the next look sees the new one.
      }
    }
  }

  private void note(Path part, Version version) {
    Version before = newest.put(part, version);
    if (before != null && !before.key().equals(version.key())) {
      replaced++;
      replacedBytes += before.bytes();
    }
  }

  /** Looks a last time and ends. */
  void stop() {
    stopped = true;
    LockSupport.unpark(thread);
    Waiting.join(thread);
    RuntimeException problem = failure;
    if (problem != null) {
      throw problem;
    }
  }

  /** Versions that were replaced by another one. After {@link #stop}. */
  long replaced() {
    return replaced;
  }

  /** Bytes of these. After {@link #stop}. */
  long replacedBytes() {
    return replacedBytes;
  }

  /** Bytes of the last version of every part. After {@link #stop}. */
  long lastBytes() {
    return newest.values().stream().mapToLong(Version::bytes).sum();
  }

  @Override
  public void close() {
    stopped = true;
  }
}
