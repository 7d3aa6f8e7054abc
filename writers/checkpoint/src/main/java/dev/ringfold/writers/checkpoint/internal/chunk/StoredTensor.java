// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.internal.chunk;

import dev.ringfold.writers.checkpoint.ChunkCodec;
import dev.ringfold.writers.checkpoint.tensor.DType;
import dev.ringfold.writers.checkpoint.tensor.TensorNames;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A tensor and the blobs of its chunks. A tensor without elements has no chunks; a scalar has the
 * chunk shape {@code []} and one chunk.
 *
 * @param group the part of the state it belongs to, such as {@code model_state}
 * @param name its name in that group
 * @param dtype type of its elements
 * @param shape its dimensions; copied in and out
 * @param chunkShape the dimensions of every chunk, see {@link ChunkGrid}; copied in and out
 * @param codec how the chunks are stored
 * @param chunks in C order of the grid
 */
public record StoredTensor(
    String group,
    String name,
    DType dtype,
    long[] shape,
    long[] chunkShape,
    ChunkCodec codec,
    List<StoredChunk> chunks) {
  /** Checks that everything fits together. */
  public StoredTensor {
    TensorNames.check(group);
    TensorNames.check(name);
    Objects.requireNonNull(dtype, "dtype");
    Objects.requireNonNull(codec, "codec");
    shape = shape.clone();
    chunkShape = chunkShape.clone();
    chunks = List.copyOf(chunks);
    ChunkGrid grid = ChunkGrid.of(dtype, shape, chunkShape);
    if (grid.chunks() != chunks.size()) {
      throw new IllegalArgumentException(
          "The tensor "
              + group
              + "/"
              + name
              + " must have "
              + grid.chunks()
              + " chunks but has "
              + chunks.size());
    }
    for (StoredChunk chunk : chunks) {
      if (chunk.rawLength() != grid.rawLength()) {
        throw new IllegalArgumentException(
            "A chunk of the tensor "
                + group
                + "/"
                + name
                + " must have "
                + grid.rawLength()
                + " bytes but has "
                + chunk.rawLength());
      }
    }
  }

  @Override
  public long[] shape() {
    return shape.clone();
  }

  @Override
  public long[] chunkShape() {
    return chunkShape.clone();
  }

  /** How it is cut. */
  public ChunkGrid grid() {
    return ChunkGrid.of(dtype, shape, chunkShape);
  }

  /** Bytes of its elements. */
  public long rawBytes() {
    return grid().bytes();
  }

  /** Bytes of its chunks as they are stored; equal chunks count each time. */
  public long storedBytes() {
    long bytes = 0;
    for (StoredChunk chunk : chunks) {
      bytes += chunk.blob().length();
    }
    return bytes;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof StoredTensor that
        && group.equals(that.group)
        && name.equals(that.name)
        && dtype == that.dtype
        && Arrays.equals(shape, that.shape)
        && Arrays.equals(chunkShape, that.chunkShape)
        && codec.equals(that.codec)
        && chunks.equals(that.chunks);
  }

  @Override
  public int hashCode() {
    return Objects.hash(group, name, dtype, Arrays.hashCode(shape), codec, chunks);
  }

  /** Such as {@code model_state/fc.weight FLOAT32[128, 10]}. */
  @Override
  public String toString() {
    return group + "/" + name + " " + dtype + Arrays.toString(shape);
  }
}
