// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.internal.journal;

import dev.ringfold.CorruptJournalException;
import dev.ringfold.StoreNotFoundException;
import dev.ringfold.internal.io.DurableFile;
import dev.ringfold.internal.io.FileFailure;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads and replaces the file {@code MANIFEST}. The text is laid out in {@link ManifestText}. A
 * reader sees the old or the new manifest, never a mix: the file is written beside, forced, renamed
 * over the old one, and the directory is forced. Any thread may read; one thread at a time writes.
 */
public final class ManifestFile {
  /** Name inside the store. */
  public static final String NAME = "MANIFEST";

  /**
   * Name of the file that keeps the manifest a fork began with: where a segment was cut is not in
   * the frames, so repair needs it when the manifest is lost.
   */
  public static final String ORIGIN = "ORIGIN";

  /**
   * Name of the file that keeps the manifest a restored store began with: its segments carry the
   * ids of other stores, so repair would take it for one of them when the manifest is lost.
   */
  public static final String RESTORED = "RESTORED";

  /** Directory for files that are not finished. */
  public static final String TEMPORARY_DIRECTORY = "_tmp";

  /** Most bytes a manifest may have: a million segments of the longest line. */
  static final long MAX_LENGTH = 512L * SegmentFiles.MAX_SEGMENTS;

  private ManifestFile() {}

  /** The manifest's path. */
  public static Path path(Path store) {
    return store.resolve(NAME);
  }

  /**
   * Whether there is a manifest, and so a store.
   *
   * @throws dev.ringfold.StoreAccessException when this user may not even look
   */
  public static boolean exists(Path store) {
    Path file = path(store);
    try {
      Files.readAttributes(file, BasicFileAttributes.class);
      return true;
    } catch (AccessDeniedException e) {
      throw FileFailure.of("cannot look at", file, e);
    } catch (IOException e) {
      return Files.exists(file);
    }
  }

  /**
   * Reads and checks the manifest.
   *
   * @throws StoreNotFoundException when there is none
   * @throws CorruptJournalException naming the line that is wrong
   * @throws dev.ringfold.StoreTooNewException when a newer version wrote it
   * @throws dev.ringfold.StoreAccessException when it cannot be read
   */
  public static Manifest read(Path store) {
    return readFile(store, path(store));
  }

  /**
   * Reads the manifest a fork or a restored store began with; null when the store is neither.
   *
   * @throws CorruptJournalException naming the line that is wrong
   */
  public static @Nullable Manifest readOrigin(Path store) {
    if (hasOrigin(store)) {
      return readFile(store, store.resolve(ORIGIN));
    }
    Path restored = store.resolve(RESTORED);
    return Files.exists(restored, LinkOption.NOFOLLOW_LINKS) ? readFile(store, restored) : null;
  }

  /** Whether the store began as a fork. */
  public static boolean hasOrigin(Path store) {
    return Files.exists(store.resolve(ORIGIN), LinkOption.NOFOLLOW_LINKS);
  }

  private static Manifest readFile(Path store, Path file) {
    byte[] bytes;
    try (FileChannel channel =
        FileChannel.open(file, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS))) {
      long length = channel.size();
      if (length > MAX_LENGTH) {
        throw new CorruptJournalException(
            file,
            0,
            0,
            "the manifest has " + length + " bytes, at most " + MAX_LENGTH + " are possible",
            ManifestText.REMEDY.formatted(store));
      }
      bytes = new byte[(int) length];
      ByteBuffer target = ByteBuffer.wrap(bytes);
      while (target.hasRemaining() && channel.read(target) >= 0) {
        continue;
      }
    } catch (NoSuchFileException e) {
      throw new StoreNotFoundException(
          "There is no store at "
              + store
              + ": the file MANIFEST is missing. Check the path; if it was deleted, run `ringfold"
              + " repair "
              + store
              + "`.",
          e);
    } catch (IOException e) {
      throw FileFailure.of("cannot read", file, e);
    }
    return ManifestText.parse(file, bytes);
  }

  /**
   * Replaces the manifest; when this returns it is on disk.
   *
   * @throws dev.ringfold.StoreAccessException when it cannot be written; the old manifest is then
   *     still in place, or the new one is
   * @throws dev.ringfold.DiskFullException when there is no room for it; the old one is in place
   */
  public static void write(Path store, Manifest manifest) {
    byte[] bytes = ManifestText.format(manifest).getBytes(StandardCharsets.UTF_8);
    DurableFile.write(path(store), store.resolve(TEMPORARY_DIRECTORY), bytes, "manifest");
  }

  /** Writes the first manifest of a fork, and the same into {@link #ORIGIN}. */
  public static void writeFirst(Path store, Manifest manifest) {
    byte[] bytes = ManifestText.format(manifest).getBytes(StandardCharsets.UTF_8);
    DurableFile.write(store.resolve(ORIGIN), store.resolve(TEMPORARY_DIRECTORY), bytes);
    write(store, manifest);
  }

  /** Writes the first manifest of a restored store, and the same into {@link #RESTORED}. */
  public static void writeRestored(Path store, Manifest manifest) {
    byte[] bytes = ManifestText.format(manifest).getBytes(StandardCharsets.UTF_8);
    DurableFile.write(store.resolve(RESTORED), store.resolve(TEMPORARY_DIRECTORY), bytes);
    write(store, manifest);
  }
}
