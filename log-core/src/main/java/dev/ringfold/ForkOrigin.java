// SPDX-License-Identifier: Apache-2.0
package dev.ringfold;

import dev.ringfold.internal.journal.Manifest;
import dev.ringfold.internal.journal.ManifestFile;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Where a fork comes from.
 *
 * @param parentStoreId id of the store it was forked from, 32 hexadecimal digits
 * @param sequence the last event they share
 * @param name what it was called, may be empty
 */
public record ForkOrigin(String parentStoreId, long sequence, String name) {

  /** Of a store; null when it is no fork, which a restored one is not. */
  static @Nullable ForkOrigin of(Path store, Manifest manifest) {
    Manifest.Lineage lineage = manifest.lineage();
    return lineage == null || !ManifestFile.hasOrigin(store)
        ? null
        : new ForkOrigin(lineage.parentStoreId(), lineage.sequence(), manifest.name());
  }
}
