// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.blob;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.function.Consumer;
import java.util.function.LongConsumer;

/** Compares every blob and pack with its name. One thread. */
final class BlobCheck {
  private final BlobFiles files;
  private final LongConsumer progress;
  private final Consumer<CorruptBlobException> found;
  private long bytes;

  BlobCheck(BlobFiles files, LongConsumer progress, Consumer<CorruptBlobException> found) {
    this.files = files;
    this.progress = progress;
    this.found = found;
  }

  long run() {
    try {
      for (Path directory : files.singleDirectories()) {
        for (Path path : BlobFiles.entries(directory)) {
          BlobId id = BlobFiles.singleId(path);
          if (id != null) {
            check(path, id);
          }
        }
      }
      for (Path path : BlobFiles.entries(files.packs)) {
        BlobId hash = BlobFiles.packHash(path);
        if (hash != null) {
          check(path, hash);
        }
      }
      return bytes;
    } catch (IOException e) {
      throw BlobFiles.failure("verify", files.root, e);
    }
  }

  /** A file that is gone by now was collected, which is no damage. */
  private void check(Path path, BlobId expected) throws IOException {
    BasicFileAttributes attributes = BlobFiles.file(path);
    if (attributes == null) {
      return;
    }
    try (FileChannel channel = BlobFiles.openForReading(path)) {
      long length = channel.size();
      BlobId actual = BlobReader.hash(channel, path, 0, length);
      bytes += length;
      progress.accept(bytes);
      if (!actual.equals(expected)) {
        found.accept(
            new CorruptBlobException(
                path, "SHA-256 of the file's " + length + " bytes", expected.hex(), actual.hex()));
      }
    } catch (NoSuchFileException collected) {
      return;
    } catch (CorruptBlobException truncatedMeanwhile) {
      found.accept(truncatedMeanwhile);
    }
  }
}
