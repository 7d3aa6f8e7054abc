// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.internal.io;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.LongSupplier;

/**
 * The bytes that this user may still write on the store's file system. Thread-safe, one statvfs.
 */
public final class DiskSpace {
  private final LongSupplier usable;

  private DiskSpace(LongSupplier usable) {
    this.usable = usable;
  }

  /** The space of the file system that holds {@code directory}. */
  public static DiskSpace of(Path directory) {
    FileStore fileStore;
    try {
      fileStore = Files.getFileStore(directory);
    } catch (IOException e) {
      throw FileFailure.of("cannot find the file system of", directory, e);
    }
    return new DiskSpace(
        () -> {
          try {
            return fileStore.getUsableSpace();
          } catch (IOException e) {
            throw FileFailure.of("cannot read the free space of", directory, e);
          }
        });
  }

  /** A space that a test decides. */
  public static DiskSpace supplied(LongSupplier usableBytes) {
    return new DiskSpace(usableBytes);
  }

  /** Bytes that can be written now; other processes may take them at any time. */
  public long usableBytes() {
    return usable.getAsLong();
  }
}
