// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.format;

import dev.ringfold.writers.checkpoint.ChunkCodec;
import dev.ringfold.writers.checkpoint.tensor.DType;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/**
 * What a Zarr array says about itself, of either version.
 *
 * @param dtype type of its elements as they are stored
 * @param bigEndian whether their words are in the other byte order
 * @param shape its dimensions
 * @param chunkShape dimensions of every chunk, each 1 or more
 * @param columnMajor whether chunks are in column-major order
 * @param codec how chunks are stored; the level means nothing
 * @param shuffleBytes size of what is shuffled, when it is
 * @param prefix of chunks' names, such as {@code c}; empty for none
 * @param separator between the numbers of a chunk's name
 * @param fill a missing element, little-endian
 * @param attributes its attributes
 */
record ZarrDescription(
    DType dtype,
    boolean bigEndian,
    long[] shape,
    long[] chunkShape,
    boolean columnMajor,
    ChunkCodec codec,
    int shuffleBytes,
    String prefix,
    String separator,
    byte[] fill,
    Map<String, Object> attributes) {
  /** Path of a chunk in the array's directory. */
  String chunkName(long[] coordinates) {
    String numbers =
        LongStream.of(coordinates).mapToObj(Long::toString).collect(Collectors.joining(separator));
    if (prefix.isEmpty()) {
      return numbers.isEmpty() ? "0" : numbers;
    }
    return numbers.isEmpty() ? prefix : prefix + separator + numbers;
  }
}
