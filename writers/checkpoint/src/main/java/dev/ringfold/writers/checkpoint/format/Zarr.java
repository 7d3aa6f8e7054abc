// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.format;

import dev.ringfold.writers.checkpoint.ChunkCodec;
import dev.ringfold.writers.checkpoint.tensor.Tensor;
import java.nio.file.Path;
import java.util.Map;

/**
 * Trees of the Zarr format, versions 2 and 3: a directory for each group and each array, a file for
 * each chunk. Stateless and thread-safe.
 *
 * <p>Read is what this library writes, and of others' trees: numbers of every type, both byte
 * orders, both orders of axes in version 2, and chunks compressed by zstd, gzip, lz4 or not at all,
 * with or without shuffle. Links are not followed.
 */
public final class Zarr {
  private Zarr() {}

  /** As {@link #read(Path, FormatLimits)}, with {@link FormatLimits#DEFAULT}. */
  public static ZarrTree read(Path directory) {
    return read(directory, FormatLimits.DEFAULT);
  }

  /**
   * Reads all arrays of a group and of the groups in it.
   *
   * @return the arrays, frozen, and the attributes of the root
   * @throws FormatException when it is no such tree, when something in it is damaged or cannot be
   *     read here, when a name is none of a tensor, or when it is over a limit
   * @throws dev.ringfold.StoreAccessException when it cannot be read
   */
  public static ZarrTree read(Path directory, FormatLimits limits) {
    return new ZarrReader(directory.toAbsolutePath().normalize(), limits).read();
  }

  /**
   * Writes a tree; it appears complete and forced, or not at all.
   *
   * @param directory which must not be there
   * @param tensors by name; slashes divide groups
   * @param attributes of the root, JSON
   * @param codec of all arrays
   * @throws IllegalArgumentException for a name that is none of a tensor, or when this version
   *     cannot hold what the codec writes
   * @throws FormatException when the directory is there already
   * @throws dev.ringfold.StoreAccessException when it cannot be written
   */
  public static void write(
      Path directory,
      Map<String, Tensor> tensors,
      Map<String, ?> attributes,
      ChunkCodec codec,
      ZarrVersion version) {
    ZarrWriter.write(directory.toAbsolutePath().normalize(), tensors, attributes, codec, version);
  }
}
