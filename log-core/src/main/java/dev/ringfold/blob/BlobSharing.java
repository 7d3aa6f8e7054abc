// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.blob;

import dev.ringfold.StoreAccessException;
import dev.ringfold.internal.io.DurableFile;
import dev.ringfold.internal.io.FileLinks;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/**
 * Internal: gives a fork all blobs of its parent, as links to the same files. No file is ever
 * changed under its name, so garbage collection on one side takes nothing from the other. The
 * parent may be in use: what its collection moves to another pack meanwhile is looked for again.
 * Stateless.
 */
public final class BlobSharing {
  /** Collections of the parent that may come in between. */
  private static final int MAX_PASSES = 8;

  /**
   * What was shared.
   *
   * @param files that carry blobs
   * @param bytesLinked bytes of those that are on the disk once
   * @param bytesCopied bytes of those that could not be linked
   */
  public record Shared(long files, long bytesLinked, long bytesCopied) {}

  private BlobSharing() {}

  /**
   * Links all blobs and forces the directories.
   *
   * @param parent directory of the store that has them
   * @param fork directory of a store without blobs
   * @throws StoreAccessException when the parent's files keep moving, or cannot be linked or copied
   */
  public static Shared share(Path parent, Path fork) {
    FileLinks links = new FileLinks();
    linkAll(parent, fork, links);
    return new Shared(links.linked() + links.copied(), links.linkedBytes(), links.copiedBytes());
  }

  private static void linkAll(Path parent, Path fork, FileLinks links) {
    BlobFiles from = new BlobFiles(parent);
    BlobFiles to = new BlobFiles(fork);
    if (!Files.exists(from.root, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    try {
      BlobFiles.requireDirectory(from.root);
      BlobFiles.createDirectory(to.root);
      BlobFiles.createDirectory(to.packs);
      int passes = 1;
      while (!pass(from, to, links)) {
        if (passes++ == MAX_PASSES) {
          throw new StoreAccessException(
              "The blobs in " + from.root + " change all the time. Try again.");
        }
      }
      for (Path directory : to.singleDirectories()) {
        DurableFile.forceDirectory(directory);
      }
      DurableFile.forceDirectory(to.packs);
      DurableFile.forceDirectory(to.root);
    } catch (IOException e) {
      throw BlobFiles.failure("link the blobs in", from.root, e);
    }
  }

  /** Links what is there and has no link yet; false when something vanished on the way. */
  private static boolean pass(BlobFiles from, BlobFiles to, FileLinks links) throws IOException {
    boolean all = true;
    for (Path directory : from.singleDirectories()) {
      Path target = to.root.resolve(BlobFiles.name(directory));
      BlobFiles.createDirectory(target);
      for (Path file : BlobFiles.entries(directory)) {
        all &= BlobFiles.singleId(file) == null || link(file, target, links);
      }
    }
    for (Path file : BlobFiles.entries(from.packs)) {
      all &= BlobFiles.packHash(file) == null || link(file, to.packs, links);
    }
    return all;
  }

  private static boolean link(Path file, Path directory, FileLinks links) {
    Path target = directory.resolve(BlobFiles.name(file));
    return Files.exists(target, LinkOption.NOFOLLOW_LINKS) || links.link(file, target);
  }
}
