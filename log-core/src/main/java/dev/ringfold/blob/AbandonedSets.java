// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.blob;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The registrations of sets whose process died: {@link SetFile}s moved to {@code _abandoned}, where
 * they stay until somebody who knows all references has collected what they name. They were never
 * forced, so after a power loss lines may be missing or torn; whatever they say, a blob only goes
 * when nothing refers to it. Thread-safe.
 */
final class AbandonedSets {
  /** Most files that are kept; what the others name is left to ordinary collections. */
  static final int MAX_FILES = 256;

  /** Most blobs that are remembered. */
  static final int MAX_BLOBS = BlobSet.MAX_BLOBS;

  private static final Logger LOG = LoggerFactory.getLogger(AbandonedSets.class);
  private static final String BLOB = "blob ";

  private final BlobFiles files;
  private @Nullable Set<BlobId> ids;

  AbandonedSets(BlobFiles files) {
    this.files = files;
  }

  /** Takes the sets of a dead process over; the caller holds the store's lock. */
  long takeOver() throws IOException {
    BlobFiles.requireDirectory(files.sets);
    List<Path> dead = BlobFiles.entries(files.sets);
    if (Files.exists(files.abandoned, LinkOption.NOFOLLOW_LINKS)) {
      BlobFiles.requireDirectory(files.abandoned);
    } else if (!dead.isEmpty()) {
      BlobFiles.createDirectory(files.abandoned);
    }
    int kept = dead.isEmpty() ? 0 : BlobFiles.entries(files.abandoned).size();
    for (Path path : dead) {
      if (kept < MAX_FILES) {
        Path target = files.abandoned.resolve(BlobFiles.name(path));
        Files.move(path, target, StandardCopyOption.ATOMIC_MOVE);
        kept++;
      } else {
        LOG.warn("{} is dropped: {} sets of dead processes wait already", path, MAX_FILES);
        Files.delete(path);
      }
    }
    return dead.size();
  }

  /** The blobs they name. */
  synchronized Set<BlobId> ids() {
    Set<BlobId> known = ids;
    if (known == null) {
      try {
        known = read();
      } catch (IOException e) {
        throw BlobFiles.failure("read the sets in", files.abandoned, e);
      }
      ids = known;
    }
    return Set.copyOf(known);
  }

  private Set<BlobId> read() throws IOException {
    Set<BlobId> found = new HashSet<>();
    for (Path path : BlobFiles.entries(files.abandoned)) {
      if (BlobFiles.file(path) != null && !read(path, found)) {
        LOG.warn("Dead processes left more than {} blobs; the rest is not remembered", MAX_BLOBS);
        break;
      }
    }
    return found;
  }

  private static boolean read(Path path, Set<BlobId> found) throws IOException {
    try (BufferedReader in =
        new BufferedReader(
            new InputStreamReader(
                Channels.newInputStream(BlobFiles.openForReading(path)),
                StandardCharsets.ISO_8859_1))) {
      String line = in.readLine();
      while (line != null && found.size() < MAX_BLOBS) {
        BlobId id = id(line);
        if (id != null) {
          found.add(id);
        }
        line = in.readLine();
      }
      return line == null;
    }
  }

  private static @Nullable BlobId id(String line) {
    int end = BLOB.length() + BlobId.HEX_LENGTH;
    return line.startsWith(BLOB) && line.length() > end
        ? BlobId.parseOrNull(line.substring(BLOB.length(), end))
        : null;
  }

  /** Forgets them all: they were collected. */
  synchronized void forget() throws IOException {
    for (Path path : BlobFiles.entries(files.abandoned)) {
      try {
        Files.delete(path);
      } catch (NoSuchFileException gone) {
        LOG.debug("{} is gone already", path, gone);
      }
    }
    ids = Set.of();
  }
}
