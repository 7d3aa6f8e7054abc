// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.parquet.internal.part;

import dev.ringfold.writers.parquet.Compression;
import dev.ringfold.writers.parquet.Profile;

/**
 * How a part is written. Immutable.
 *
 * @param compression of every page
 * @param level of zstd (1 to 22) and gzip (1 to 9); 0 for the others
 * @param profile of the doubles
 * @param force whether the file is on the disk when the writer returns (fdatasync and length)
 */
public record WriteOptions(Compression compression, int level, Profile profile, boolean force) {
  private static final int ZSTD_DEFAULT_LEVEL = 1;
  private static final int ZSTD_COMPACT_LEVEL = 3;
  private static final int ZSTD_MAX_LEVEL = 22;
  private static final int GZIP_DEFAULT_LEVEL = 6;
  private static final int GZIP_MAX_LEVEL = 9;

  /** Checks the level. */
  public WriteOptions {
    int max =
        switch (compression) {
          case ZSTD -> ZSTD_MAX_LEVEL;
          case GZIP -> GZIP_MAX_LEVEL;
          case SNAPPY, LZ4_RAW, NONE -> 0;
        };
    int min = max == 0 ? 0 : 1;
    if (level < min || level > max) {
      throw new IllegalArgumentException(
          compression + " has levels " + min + " to " + max + " but the level was " + level);
    }
  }

  /** This codec at its usual level, default profile, not forced. */
  public static WriteOptions of(Compression compression) {
    return of(compression, Profile.DEFAULT);
  }

  /** This codec and profile at their usual level, not forced. */
  public static WriteOptions of(Compression compression, Profile profile) {
    int level =
        switch (compression) {
          case ZSTD -> profile == Profile.COMPACT ? ZSTD_COMPACT_LEVEL : ZSTD_DEFAULT_LEVEL;
          case GZIP -> GZIP_DEFAULT_LEVEL;
          case SNAPPY, LZ4_RAW, NONE -> 0;
        };
    return new WriteOptions(compression, level, profile, false);
  }

  /** These options, forced or not. */
  public WriteOptions withForce(boolean newForce) {
    return new WriteOptions(compression, level, profile, newForce);
  }
}
