// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.blob;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The registrations of sets whose process died: {@link SetFile}s moved to {@code _abandoned}, where
 * they stay until somebody who knows all references has collected what they name, and lists of what
 * was given up in other ways, in the same form with {@code -} for a length. Of the first kind the
 * lines whose blobs have no name yet may be missing or torn after a loss of power; whatever they
 * say, a blob only goes when nothing refers to it. Thread-safe.
 */
final class AbandonedSets {
  /** Most files that are kept; what the others name is left to ordinary collections. */
  static final int MAX_FILES = 256;

  private static final Logger LOG = LoggerFactory.getLogger(AbandonedSets.class);
  private static final String LABEL = "label ";
  private static final String BLOB = "blob ";

  /** Most blobs that are told of at one time. */
  private static final int MAX_BLOBS = BlobSet.MAX_BLOBS;

  private final BlobFiles files;

  AbandonedSets(BlobFiles files) {
    this.files = files;
  }

  /** Takes the sets of a dead process over; the caller holds the store's lock. */
  synchronized long takeOver() throws IOException {
    BlobFiles.requireDirectory(files.sets);
    List<Path> dead = BlobFiles.entries(files.sets);
    if (Files.exists(files.abandoned, LinkOption.NOFOLLOW_LINKS)) {
      BlobFiles.requireDirectory(files.abandoned);
    } else if (!dead.isEmpty()) {
      BlobFiles.createDirectory(files.abandoned);
    }
    int kept = dead.isEmpty() ? 0 : BlobFiles.entries(files.abandoned).size();
    for (Path path : dead) {
      if (BlobFiles.name(path).endsWith(BlobFiles.SET_SUFFIX) && !hasLabel(path)) {
        // It was never forced, so no blob that it named was given a name.
        Files.delete(path);
      } else if (kept < MAX_FILES) {
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

  private static boolean hasLabel(Path path) throws IOException {
    if (BlobFiles.file(path) == null) {
      return false;
    }
    try (BufferedReader in = reader(path)) {
      in.readLine();
      String label = in.readLine();
      return label != null && label.startsWith(LABEL);
    }
  }

  private static BufferedReader reader(Path path) throws IOException {
    return new BufferedReader(
        new InputStreamReader(
            Channels.newInputStream(BlobFiles.openForReading(path)), StandardCharsets.UTF_8));
  }

  /** The blobs that sets with such a label name. */
  synchronized Set<BlobId> ids(String labelPrefix) throws IOException {
    Set<BlobId> found = new HashSet<>();
    for (Path path : BlobFiles.entries(files.abandoned)) {
      if (BlobFiles.file(path) != null) {
        read(path, labelPrefix, found);
      }
    }
    return found;
  }

  /**
   * Makes one set of the sets with such a label, which names these blobs.
   *
   * @param gone whether a blob has no file any more
   */
  synchronized void replace(
      String label, Set<BlobId> blobs, BlobEnvironment environment, Predicate<BlobId> gone)
      throws IOException {
    Set<BlobId> forgotten = ids(label);
    forgotten.removeAll(blobs);
    forgotten.removeIf(gone.negate());
    forceDeletions(forgotten, environment);
    Path written = blobs.isEmpty() ? null : write(label, blobs, environment);
    for (Path path : BlobFiles.entries(files.abandoned)) {
      if (!path.equals(written)
          && BlobFiles.file(path) != null
          && read(path, label, new HashSet<>())) {
        Files.delete(path);
      }
    }
  }

  /** A blob may come back after a loss of power as long as nobody has forced that it is gone. */
  private void forceDeletions(Set<BlobId> gone, BlobEnvironment environment) throws IOException {
    Set<Path> directories = new TreeSet<>();
    for (BlobId id : gone) {
      directories.add(BlobFiles.parent(files.single(id)));
      directories.add(files.packs);
    }
    for (Path directory : directories) {
      if (Files.exists(directory, LinkOption.NOFOLLOW_LINKS)) {
        environment.forces().force(directory);
      }
    }
  }

  private Path write(String label, Set<BlobId> blobs, BlobEnvironment environment)
      throws IOException {
    StringBuilder text = new StringBuilder(SetFile.head(label, environment.logTimeNanos()));
    blobs.stream().sorted().forEach(id -> text.append(BLOB).append(id.hex()).append(" -\n"));
    Path temporary = environment.nextTemporary();
    try (FileChannel channel = BlobFiles.create(temporary)) {
      ByteBuffer bytes = StandardCharsets.UTF_8.encode(CharBuffer.wrap(text));
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      environment.syncs().forceFile(channel, temporary);
    }
    if (BlobFiles.createDirectory(files.abandoned)) {
      environment.syncs().forceDirectory(files.root);
    }
    Path target = files.abandoned.resolve(BlobFiles.name(environment.nextSet()));
    Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
    environment.syncs().forceDirectory(files.abandoned);
    return target;
  }

  /** Reads a set's file; false when its label begins in another way. */
  private static boolean read(Path path, String labelPrefix, Set<BlobId> found) throws IOException {
    try (BufferedReader in = reader(path)) {
      String label = "";
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        if (line.startsWith(LABEL)) {
          label = line.substring(LABEL.length());
        } else if (line.startsWith(BLOB)) {
          if (!label.startsWith(labelPrefix)) {
            return false;
          }
          add(line, path, found);
        }
      }
      return label.startsWith(labelPrefix);
    }
  }

  private static void add(String line, Path path, Set<BlobId> found) {
    BlobId id = id(line);
    if (id != null && found.size() < MAX_BLOBS) {
      found.add(id);
    } else {
      LOG.warn("{}: '{}' is left to ordinary collections", path, line);
    }
  }

  private static @Nullable BlobId id(String line) {
    int end = BLOB.length() + BlobId.HEX_LENGTH;
    return line.length() > end ? BlobId.parseOrNull(line.substring(BLOB.length(), end)) : null;
  }
}
