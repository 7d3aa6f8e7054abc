// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.internal.chunk;

import dev.ringfold.writers.checkpoint.tensor.DType;
import dev.ringfold.writers.checkpoint.tensor.Tensor;
import java.util.Arrays;

/**
 * How a tensor is cut into chunks of one shape, each of them a range of its elements in C order: 1
 * along the leading axes, some rows of one axis, all of the trailing axes. The last chunk along the
 * axis that is cut may reach past the tensor's end; what lies there is padding.
 *
 * <p>Immutable.
 */
public final class ChunkGrid {
  /** Most bytes of a chunk that is made here: 4 MiB. */
  public static final int TARGET_BYTES = 4 << 20;

  /** Most bytes of a chunk that is read: 64 MiB. */
  public static final int MAX_BYTES = 64 << 20;

  /** Most chunks of one tensor. */
  public static final int MAX_CHUNKS = 1 << 20;

  private final long[] chunkShape;
  private final long bytes;
  private final int rawLength;
  private final int chunks;

  /** Chunks along the axis that is cut, and bytes along that axis from edge to edge. */
  private final int chunksPerRun;

  private final long runBytes;

  private ChunkGrid(DType dtype, long[] shape, long[] chunkShape, int axis) {
    this.chunkShape = chunkShape;
    this.bytes = Math.multiplyExact(Tensor.elements(shape), dtype.bytes());
    long raw = Math.multiplyExact(Tensor.elements(chunkShape), dtype.bytes());
    if (raw > MAX_BYTES) {
      throw new IllegalArgumentException(
          "A chunk has at most "
              + MAX_BYTES
              + " bytes but one of "
              + dtype
              + Arrays.toString(chunkShape)
              + " has "
              + raw);
    }
    this.rawLength = (int) raw;
    if (bytes == 0) {
      this.chunks = 0;
      this.chunksPerRun = 0;
      this.runBytes = 0;
      return;
    }
    long runs = 1;
    long row = dtype.bytes();
    for (int i = 0; i < shape.length; i++) {
      runs *= i < axis ? shape[i] : 1;
      row *= i > axis ? shape[i] : 1;
    }
    long rows = shape.length == 0 ? 1 : shape[axis];
    long perChunk = shape.length == 0 ? 1 : chunkShape[axis];
    long perRun = (rows + perChunk - 1) / perChunk;
    if (perRun > MAX_CHUNKS || runs > MAX_CHUNKS || perRun * runs > MAX_CHUNKS) {
      throw new IllegalArgumentException(
          "A tensor has at most "
              + MAX_CHUNKS
              + " chunks but "
              + Arrays.toString(shape)
              + " in chunks of "
              + Arrays.toString(chunkShape)
              + " has more");
    }
    this.chunksPerRun = (int) perRun;
    this.chunks = (int) (perRun * runs);
    this.runBytes = rows * row;
  }

  /** The grid we cut a tensor by: chunks of at most {@link #TARGET_BYTES}, evenly filled. */
  public static ChunkGrid of(DType dtype, long... shape) {
    long[] cut = shape.clone();
    if (Tensor.elements(shape) == 0) {
      Arrays.fill(cut, 1);
      return new ChunkGrid(dtype, shape, cut, 0);
    }
    long row = dtype.bytes();
    int axis = shape.length - 1;
    while (axis > 0 && row * shape[axis] <= TARGET_BYTES) {
      row *= shape[axis];
      axis--;
    }
    if (axis >= 0) {
      long most = TARGET_BYTES / row;
      long count = (shape[axis] + most - 1) / most;
      cut[axis] = (shape[axis] + count - 1) / count;
      Arrays.fill(cut, 0, axis, 1);
    }
    return new ChunkGrid(dtype, shape, cut, Math.max(0, axis));
  }

  /**
   * The grid of chunks of this shape.
   *
   * @throws IllegalArgumentException when such chunks are not ranges of elements, or are too large
   *     or too many
   */
  public static ChunkGrid of(DType dtype, long[] shape, long[] chunkShape) {
    if (chunkShape.length != shape.length) {
      throw refused(shape, chunkShape, "the number of dimensions differs");
    }
    for (int i = 0; i < shape.length; i++) {
      if (chunkShape[i] < 1 || chunkShape[i] > Math.max(1, shape[i])) {
        throw refused(shape, chunkShape, "a chunk has 1 element or more along an axis, up to all");
      }
    }
    int axis = 0;
    while (axis < shape.length - 1 && chunkShape[axis] == 1) {
      axis++;
    }
    for (int i = axis + 1; i < shape.length; i++) {
      if (chunkShape[i] != shape[i] && Tensor.elements(shape) > 0) {
        throw refused(shape, chunkShape, "a chunk is no range of elements");
      }
    }
    return new ChunkGrid(dtype, shape, chunkShape.clone(), axis);
  }

  private static IllegalArgumentException refused(long[] shape, long[] chunkShape, String why) {
    return new IllegalArgumentException(
        "A tensor of the shape "
            + Arrays.toString(shape)
            + " cannot be stored in chunks of "
            + Arrays.toString(chunkShape)
            + ": "
            + why);
  }

  /** The dimensions of every chunk, a copy. */
  public long[] chunkShape() {
    return chunkShape.clone();
  }

  /** How many chunks; 0 without elements. */
  public int chunks() {
    return chunks;
  }

  /** Bytes of the whole tensor's elements. */
  public long bytes() {
    return bytes;
  }

  /** Bytes of a chunk, padding included. */
  public int rawLength() {
    return rawLength;
  }

  /** Where a chunk's elements begin in the tensor, in bytes. */
  public long start(int chunk) {
    return chunk / chunksPerRun * runBytes + (long) (chunk % chunksPerRun) * rawLength;
  }

  /** Bytes of a chunk's elements, without padding. */
  public int length(int chunk) {
    return (int) Math.min(rawLength, runBytes - (long) (chunk % chunksPerRun) * rawLength);
  }
}
