// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.format;

import dev.ringfold.writers.checkpoint.ChunkCodec;
import dev.ringfold.writers.checkpoint.Compressor;

/** Which version of the Zarr storage specification a tree follows. */
public enum ZarrVersion {
  /**
   * Version 2: {@code .zgroup}, {@code .zarray}, {@code .zattrs} and {@code .zmetadata}; chunks are
   * called {@code 0.0}. Takes every compression, and shuffle. What zarr-python has read since 2018.
   */
  V2,
  /**
   * Version 3: {@code zarr.json}; chunks are called {@code c/0/0}. Takes zstd, gzip and none: for
   * shuffle and lz4 version 3 has no codec that readers agree on. A complex array is stored as
   * floats with one more axis of 2, as not every reader knows complex numbers there.
   */
  V3;

  /**
   * Checks that trees of this version can hold what a codec writes.
   *
   * @return the codec
   * @throws IllegalArgumentException when no reader would read it
   */
  public ChunkCodec require(ChunkCodec codec) {
    if (this == V3 && (codec.shuffle() || codec.compressor() == Compressor.LZ4)) {
      throw new IllegalArgumentException(
          "Zarr version 3 has no codec for "
              + codec
              + " that readers agree on; use zstd, gzip or none without shuffle, or version 2");
    }
    return codec;
  }
}
