// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint;

import java.util.Objects;

/**
 * How the elements of a tensor become the bytes of its chunks. Which of them a Zarr tree can offer
 * depends on its version; the tree's writer says so.
 *
 * @param compressor what compresses
 * @param level how hard it tries, within the compressor's levels
 * @param shuffle whether the first bytes of all elements of a chunk go before all second ones, and
 *     so on, which makes many numbers compress better
 */
public record ChunkCodec(Compressor compressor, int level, boolean shuffle) {
  /** Zstandard at level 3, not shuffled. */
  public static final ChunkCodec DEFAULT = of(Compressor.ZSTD);

  /** The bytes as they are. */
  public static final ChunkCodec RAW = of(Compressor.NONE);

  /** Checks the level. */
  public ChunkCodec {
    Objects.requireNonNull(compressor, "compressor");
    if (level < compressor.minLevel() || level > compressor.maxLevel()) {
      throw new IllegalArgumentException(
          "The level of "
              + compressor.id()
              + " must be "
              + compressor.minLevel()
              + " to "
              + compressor.maxLevel()
              + " but was "
              + level);
    }
  }

  /** A compressor at its default level, not shuffled. */
  public static ChunkCodec of(Compressor compressor) {
    return new ChunkCodec(compressor, compressor.defaultLevel(), false);
  }

  /**
   * A compressor by its name, {@code none zstd gzip lz4}, at a level; not shuffled.
   *
   * @throws IllegalArgumentException for another name or level
   */
  public static ChunkCodec of(String compressor, int level) {
    return new ChunkCodec(Compressor.of(compressor), level, false);
  }

  /** This codec with the bytes of elements shuffled first. */
  public ChunkCodec shuffled() {
    return new ChunkCodec(compressor, level, true);
  }

  /** Such as {@code zstd(3)} or {@code shuffle+zstd(3)}. */
  @Override
  public String toString() {
    return (shuffle ? "shuffle+" : "")
        + compressor.id()
        + (compressor == Compressor.NONE ? "" : "(" + level + ")");
  }
}
