// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.blob;

import dev.ringfold.RingfoldException;
import java.nio.file.Path;

/** No file of the store holds the blob asked for. */
public final class BlobNotFoundException extends RingfoldException {
  private static final long serialVersionUID = 1L;

  private final String hex;

  /**
   * @param id the blob asked for
   * @param directory the store's blob directory
   * @param damagedPacks packs that cannot be read and may have held it
   */
  public BlobNotFoundException(BlobId id, Path directory, int damagedPacks) {
    super(
        "Blob "
            + id.hex()
            + " is not in "
            + directory
            + (damagedPacks == 0
                ? ". It was collected, or never forced; check the event that names it, or restore"
                    + " the blob from a backup or a fork."
                : ", but "
                    + damagedPacks
                    + " damaged pack(s) could not be read and may hold it. "
                    + CorruptBlobException.REMEDY
                    + "."));
    this.hex = id.hex();
  }

  /** The blob asked for. */
  public BlobId id() {
    return BlobId.parse(hex);
  }
}
