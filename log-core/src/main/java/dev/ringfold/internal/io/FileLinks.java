// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.internal.io;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives files that never change a second name in another directory: hard links, and forced copies
 * where a link cannot be, which is on another file system and where a file has as many names as it
 * may have. Counts what it did. Nothing is forced but copies. Used by one thread.
 */
public final class FileLinks {
  private static final Logger LOG = LoggerFactory.getLogger(FileLinks.class);

  private long linked;
  private long linkedBytes;
  private long copied;
  private long copiedBytes;

  /**
   * Links or copies a file.
   *
   * @param target a name that is free, in a directory that is there
   * @param length bytes of the file that matter; a link has all, a copy these
   * @return false when the source is gone, or has fewer bytes and so is being deleted
   * @throws dev.ringfold.StoreAccessException when it can be neither linked nor copied
   * @throws dev.ringfold.DiskFullException when there is no room for a copy
   */
  public boolean link(Path source, Path target, long length) {
    try {
      if (Files.size(source) < length) {
        return false;
      }
      if (!linkOnly(source, target)) {
        return copy(source, target, length);
      }
      if (Files.size(target) < length) {
        Files.delete(target);
        return false;
      }
      linked++;
      linkedBytes += length;
      return true;
    } catch (NoSuchFileException gone) {
      return false;
    } catch (IOException e) {
      throw FileFailure.of("cannot link or copy to", target, e);
    }
  }

  /** Links or copies a whole file; false when it is not there. */
  public boolean link(Path source, Path target) {
    try {
      BasicFileAttributes found =
          Files.readAttributes(source, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
      return found.isRegularFile() && link(source, target, found.size());
    } catch (NoSuchFileException gone) {
      return false;
    } catch (IOException e) {
      throw FileFailure.of("cannot look at", source, e);
    }
  }

  private static boolean linkOnly(Path source, Path target) throws IOException {
    try {
      Files.createLink(target, source);
      return true;
    } catch (FileAlreadyExistsException | NoSuchFileException e) {
      throw e;
    } catch (FileSystemException | UnsupportedOperationException cannot) {
      LOG.debug("{} is copied to {} since it cannot be linked", source, target, cannot);
      return false;
    }
  }

  private boolean copy(Path source, Path target, long length) throws IOException {
    StoreSecurity.createFile(target);
    try (FileChannel in =
            FileChannel.open(source, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS));
        FileChannel out = FileChannel.open(target, StandardOpenOption.WRITE)) {
      long done = 0;
      while (done < length) {
        long count = in.transferTo(done, length - done, out);
        if (count <= 0) {
          Files.delete(target);
          return false;
        }
        done += count;
      }
      out.force(true);
    }
    StoreSecurity.restrictReadOnly(target);
    copied++;
    copiedBytes += length;
    return true;
  }

  /** Files that were linked. */
  public long linked() {
    return linked;
  }

  /** Bytes in them that matter, which are on the disk once. */
  public long linkedBytes() {
    return linkedBytes;
  }

  /** Files that were copied. */
  public long copied() {
    return copied;
  }

  /** Bytes that were copied. */
  public long copiedBytes() {
    return copiedBytes;
  }
}
