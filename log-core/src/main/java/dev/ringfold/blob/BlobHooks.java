// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.blob;

import dev.ringfold.internal.io.FaultPoint;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Where tests take the place of the outside world: forcing, fault points and free space. The only
 * place that says what production uses.
 *
 * @param syncs forces files and directories
 * @param faultPoint called with the name of each point at which a crash is worth testing
 * @param usableBytes free bytes of the store's file system
 */
record BlobHooks(Syncs syncs, Consumer<String> faultPoint, LongSupplier usableBytes) {
  static final String SET_REGISTERED = "blob.setRegistered";
  static final String TMP_WRITTEN = "blob.tmpWritten";
  static final String PACK_WRITTEN = "blob.packWritten";
  static final String RENAMED = "blob.renamed";
  static final String PACK_RENAMED = "blob.packRenamed";
  static final String DIRECTORIES_FORCED = "blob.directoriesForced";
  static final String SET_RELEASED = "blob.setReleased";
  static final String GC_DELETED = "blob.gcDeleted";
  static final String GC_PACK_DELETED = "blob.gcPackDeleted";
  static final String GC_REPACKED = "blob.gcRepacked";

  /** Forces for real, passes fault points on, and asks the file system that holds the store. */
  static BlobHooks production(Path storeDirectory) throws IOException {
    FileStore fileStore = Files.getFileStore(storeDirectory);
    return new BlobHooks(Syncs.REAL, BlobHooks::pass, () -> usableBytes(fileStore));
  }

  void hit(String name) {
    faultPoint.accept(name);
  }

  /** Fault points that are not in the registry are for the tests of this package alone. */
  private static void pass(String name) {
    if (FaultPoint.names().contains(name)) {
      FaultPoint.hit(name);
    }
  }

  /** Where the file system does not say, the write itself will. */
  private static long usableBytes(FileStore fileStore) {
    try {
      return fileStore.getUsableSpace();
    } catch (IOException unknown) {
      return Long.MAX_VALUE;
    }
  }
}
