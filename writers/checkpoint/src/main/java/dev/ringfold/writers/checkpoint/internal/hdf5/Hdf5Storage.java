// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.internal.hdf5;

/**
 * How an array is stored.
 *
 * @param gzipLevel 1 to 9, or 0 for an array that is not compressed and in one piece
 * @param shuffle whether bytes of the same significance are put together before they are compressed
 */
public record Hdf5Storage(int gzipLevel, boolean shuffle) {
  /** In one piece, as it is. */
  public static final Hdf5Storage PLAIN = new Hdf5Storage(0, false);

  /** Fewest bytes of a chunk of an array that has more. */
  public static final int MIN_CHUNK_BYTES = 64 << 10;

  /** Most bytes of a chunk: what libhdf5 caches of an array unless told otherwise. */
  public static final int MAX_CHUNK_BYTES = 1 << 20;

  private static final int CHUNKS = 16;

  /** Checks the level. */
  public Hdf5Storage {
    if (gzipLevel < 0 || gzipLevel > 9) {
      throw new IllegalArgumentException("a level of gzip is from 0 to 9, not " + gzipLevel);
    }
  }

  /** Most bytes of a chunk of an array of so many bytes: a sixteenth, 64 KiB to 1 MiB. */
  static int chunkBytes(long bytes) {
    return (int) Math.min(MAX_CHUNK_BYTES, Math.max(MIN_CHUNK_BYTES, bytes / CHUNKS));
  }
}
