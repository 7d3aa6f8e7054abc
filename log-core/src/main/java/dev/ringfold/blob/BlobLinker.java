// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.blob;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives blobs second names: hard links, or copies where a link cannot be: the blob is in a pack,
 * the target is on another file system, or the file has as many names as it may have. Thread-safe.
 */
final class BlobLinker {
  private static final Logger LOG = LoggerFactory.getLogger(BlobLinker.class);
  private static final int BUFFER_BYTES = 256 << 10;

  private final BlobIndex index;

  BlobLinker(BlobIndex index) {
    this.index = index;
  }

  BlobLink link(BlobRef ref, Path target) {
    BlobPlace place = index.find(ref.id());
    if (place == null) {
      throw index.missing(ref.id());
    }
    try {
      if (!place.packed() && linked(ref, place, target)) {
        return BlobLink.LINKED;
      }
      copy(ref, target);
      return BlobLink.COPIED;
    } catch (IOException e) {
      throw BlobFiles.failure("link or copy blob " + ref.id() + " to", target, e);
    }
  }

  private static boolean linked(BlobRef ref, BlobPlace place, Path target) throws IOException {
    if (place.length() != ref.length()) {
      throw new CorruptBlobException(
          place.path(),
          "length of blob " + ref.id(),
          ref.length() + " bytes",
          place.length() + " bytes");
    }
    try {
      Files.createLink(target, place.path());
      return true;
    } catch (FileAlreadyExistsException taken) {
      throw taken;
    } catch (FileSystemException | UnsupportedOperationException cannot) {
      LOG.debug("{} is copied to {} since it cannot be linked", place.path(), target, cannot);
      return false;
    }
  }

  private void copy(BlobRef ref, Path target) throws IOException {
    boolean whole = false;
    try (BlobReader reader = index.open(ref, () -> {});
        FileChannel out = BlobFiles.create(target)) {
      try {
        copy(reader, out);
        out.force(true);
        whole = true;
      } finally {
        if (!whole) {
          Files.deleteIfExists(target);
        }
      }
    }
  }

  private static void copy(BlobReader reader, FileChannel out) throws IOException {
    MessageDigest digest = TempFile.sha256();
    ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
    long offset = 0;
    for (int count = reader.read(offset, buffer); count > 0; count = reader.read(offset, buffer)) {
      digest.update(buffer.flip().duplicate());
      while (buffer.hasRemaining()) {
        out.write(buffer);
      }
      buffer.clear();
      offset += count;
    }
    BlobId found = BlobId.of(digest.digest());
    if (!found.equals(reader.ref().id())) {
      throw new CorruptBlobException(
          reader.file(),
          "SHA-256 of " + reader.length() + " bytes",
          reader.ref().id().hex(),
          found.hex());
    }
  }
}
