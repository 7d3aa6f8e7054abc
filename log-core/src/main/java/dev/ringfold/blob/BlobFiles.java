// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.blob;

import dev.ringfold.DiskFullException;
import dev.ringfold.RingfoldException;
import dev.ringfold.StoreAccessException;
import dev.ringfold.UnsafeStoreException;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Where things lie under {@code blobs/}, and the guarded ways to touch them: never through a
 * symbolic link, always with our modes. Thread-safe.
 *
 * <pre>
 * blobs/&lt;2 hex&gt;/&lt;62 hex&gt;         one blob, named by the SHA-256 of its bytes      0400
 * blobs/packs/&lt;64 hex&gt;.pack      small blobs, named by the SHA-256 of the file   0400
 * blobs/_sets/&lt;open&gt;-&lt;n&gt;.set     registration of a set that is not released     0600
 * blobs/_abandoned/…             such a file of a process that died               0600
 * blobs/_tmp/&lt;open&gt;-&lt;n&gt;.tmp      being written; swept at open                   0600
 * </pre>
 */
final class BlobFiles {
  static final String PACK_SUFFIX = ".pack";
  static final String SET_SUFFIX = ".set";
  static final Set<PosixFilePermission> WRITABLE = PosixFilePermissions.fromString("rw-------");
  static final Set<PosixFilePermission> FROZEN = PosixFilePermissions.fromString("r--------");
  private static final Set<PosixFilePermission> DIRECTORY =
      PosixFilePermissions.fromString("rwx------");

  /** Characters of an id that name its directory. */
  private static final int PREFIX = 2;

  /**
   * A write that fails with less than this free failed for want of space, whatever its message
   * says.
   */
  private static final long NO_SPACE_BYTES = 64 << 10;

  final Path root;
  final Path sets;
  final Path abandoned;
  final Path temporary;
  final Path packs;

  BlobFiles(Path storeDirectory) {
    root = storeDirectory.resolve("blobs");
    sets = root.resolve("_sets");
    abandoned = root.resolve("_abandoned");
    temporary = root.resolve("_tmp");
    packs = root.resolve("packs");
  }

  Path single(BlobId id) {
    String hex = id.hex();
    return root.resolve(hex.substring(0, PREFIX)).resolve(hex.substring(PREFIX));
  }

  Path pack(BlobId hash) {
    return packs.resolve(hash.hex() + PACK_SUFFIX);
  }

  static Path parent(Path file) {
    Path parent = file.getParent();
    if (parent == null) {
      throw new AssertionError("a file of the blob store has no directory: " + file);
    }
    return parent;
  }

  static String name(Path file) {
    Path name = file.getFileName();
    return name == null ? "" : name.toString();
  }

  /** The id a single blob's path spells, or null for a foreign file. */
  static @Nullable BlobId singleId(Path file) {
    return BlobId.parseOrNull(name(parent(file)) + name(file));
  }

  /** The hash a pack's path spells, or null for a foreign file. */
  static @Nullable BlobId packHash(Path file) {
    String name = name(file);
    return name.endsWith(PACK_SUFFIX)
        ? BlobId.parseOrNull(name.substring(0, name.length() - PACK_SUFFIX.length()))
        : null;
  }

  /** Creates a directory (0700) unless it is there; says whether it did. */
  static boolean createDirectory(Path directory) throws IOException {
    try {
      Files.createDirectory(directory, PosixFilePermissions.asFileAttribute(DIRECTORY));
      return true;
    } catch (FileAlreadyExistsException there) {
      requireDirectory(directory);
      return false;
    }
  }

  /** Refuses anything but a real directory. */
  static void requireDirectory(Path directory) throws IOException {
    BasicFileAttributes found = attributes(directory);
    if (!found.isDirectory()) {
      throw unsafe(directory, found, "a directory");
    }
  }

  /** Attributes of a regular file, or null when there is none; refuses everything else. */
  static @Nullable BasicFileAttributes file(Path path) throws IOException {
    BasicFileAttributes found;
    try {
      requireDirectory(parent(path));
      found = attributes(path);
    } catch (NoSuchFileException absent) {
      return null;
    }
    if (!found.isRegularFile()) {
      throw unsafe(path, found, "a regular file");
    }
    return found;
  }

  private static BasicFileAttributes attributes(Path path) throws IOException {
    return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
  }

  private static UnsafeStoreException unsafe(Path path, BasicFileAttributes found, String wanted) {
    String what =
        found.isSymbolicLink()
            ? "a symbolic link"
            : found.isDirectory() ? "a directory" : found.isRegularFile() ? "a file" : "special";
    return new UnsafeStoreException(
        "Unsafe blob store: "
            + path
            + " must be "
            + wanted
            + " but is "
            + what
            + ". Find out who put it there, then move it away and open the store again.");
  }

  static FileChannel create(Path path) throws IOException {
    return FileChannel.open(
        path,
        Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS),
        PosixFilePermissions.asFileAttribute(WRITABLE));
  }

  /** Opens for reading; the caller has checked that it is a regular file, so this cannot block. */
  static FileChannel openForReading(Path path) throws IOException {
    return FileChannel.open(path, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS));
  }

  /** Sets the time from which garbage collection counts a file's age. */
  static void touch(Path path, long logTimeNanos) throws IOException {
    FileTime time = FileTime.from(logTimeNanos, TimeUnit.NANOSECONDS);
    Files.getFileAttributeView(path, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
        .setTimes(time, null, null);
  }

  static long modifiedNanos(BasicFileAttributes attributes) {
    return attributes.lastModifiedTime().to(TimeUnit.NANOSECONDS);
  }

  /** The entries of a directory, sorted; empty when there is none. */
  static List<Path> entries(Path directory) throws IOException {
    List<Path> paths = new ArrayList<>();
    try (DirectoryStream<Path> stream = Files.newDirectoryStream(directory)) {
      stream.forEach(paths::add);
    } catch (NoSuchFileException absent) {
      return List.of();
    } catch (java.nio.file.DirectoryIteratorException broken) {
      throw broken.getCause();
    }
    paths.sort(null);
    return paths;
  }

  /** Deletes every file of a directory; says how many there were. */
  static long deleteAll(Path directory) throws IOException {
    requireDirectory(directory);
    List<Path> all = entries(directory);
    for (Path path : all) {
      Files.delete(path);
    }
    return all.size();
  }

  /** The directories of single blobs that exist, sorted. */
  List<Path> singleDirectories() throws IOException {
    List<Path> directories = new ArrayList<>();
    for (Path path : entries(root)) {
      String name = name(path);
      if (name.length() == PREFIX && name.chars().allMatch(BlobFiles::isHex)) {
        requireDirectory(path);
        directories.add(path);
      }
    }
    return directories;
  }

  private static boolean isHex(int c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
  }

  /** The typed error for a failed read, write, rename or force. */
  static RingfoldException failure(String doing, Path path, IOException cause) {
    String why =
        cause instanceof ClosedByInterruptException
            ? "the thread was interrupted; do not interrupt threads that use the store"
            : cause.getMessage() + " (" + cause.getClass().getSimpleName() + ")";
    return new StoreAccessException(
        "Could not "
            + doing
            + " "
            + path
            + ": "
            + why
            + ". Check permissions, mount and disk, then try again.",
        cause);
  }

  /** As {@link #failure}, for writes: tells a full disk from a broken one. */
  static RingfoldException writeFailure(
      String doing, Path path, IOException cause, long bytesNeeded, long usableBytes) {
    String message = String.valueOf(cause.getMessage());
    if (usableBytes < NO_SPACE_BYTES
        || message.contains("No space left")
        || message.contains("quota exceeded")) {
      return diskFull(path, bytesNeeded, usableBytes, 0, cause);
    }
    return failure(doing, path, cause);
  }

  static DiskFullException diskFull(
      Path path, long bytesNeeded, long usableBytes, long reserveBytes, @Nullable IOException why) {
    return new DiskFullException(
        "Disk full: "
            + path
            + " needs "
            + bytesNeeded
            + " more bytes but "
            + usableBytes
            + " are free, of which "
            + reserveBytes
            + " are reserved for the journal. Nothing of the blob was kept. Free space, or collect"
            + " garbage, and save again.",
        why);
  }
}
