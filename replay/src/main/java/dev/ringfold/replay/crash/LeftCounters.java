// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.crash;

import dev.ringfold.internal.io.CounterFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * The loss ledger's counters, which a process that died leaves in shared memory. A copy of a store
 * has them as {@link CounterFile#FALLBACK_FILE} inside it, so that they are damaged like any other
 * file; before the store is opened they are put where the log looks for them. One thread.
 */
final class LeftCounters {
  private final Path store;
  private final Path place;

  /**
   * @param store the store whose directory is filled again and again
   * @param storeId 16 bytes
   */
  LeftCounters(Path store, byte[] storeId) {
    this.store = store;
    this.place = CounterFile.open(store, storeId).path();
  }

  /** Puts the counters of the store, which is open, into a copy of it. */
  void keep(Path copy) throws IOException {
    if (!place.startsWith(store)) {
      Files.copy(
          place,
          copy.resolve(CounterFile.FALLBACK_FILE),
          StandardCopyOption.COPY_ATTRIBUTES,
          StandardCopyOption.REPLACE_EXISTING);
    }
  }

  /** Moves the counters, which were copied with the store, to where the log looks for them. */
  void putBack() throws IOException {
    Path kept = store.resolve(CounterFile.FALLBACK_FILE);
    if (Files.exists(kept) && !place.equals(kept)) {
      Files.move(kept, place, StandardCopyOption.REPLACE_EXISTING);
    }
  }

  /** Deletes them. */
  void remove() throws IOException {
    Files.deleteIfExists(place);
  }
}
