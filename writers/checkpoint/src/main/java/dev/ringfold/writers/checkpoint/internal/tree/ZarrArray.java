// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.internal.tree;

import dev.ringfold.writers.checkpoint.ChunkCodec;
import dev.ringfold.writers.checkpoint.internal.chunk.ChunkGrid;
import dev.ringfold.writers.checkpoint.internal.chunk.StoredTensor;
import dev.ringfold.writers.checkpoint.tensor.DType;
import dev.ringfold.writers.checkpoint.tensor.Tensor;
import dev.ringfold.writers.checkpoint.tensor.TensorNames;

/**
 * An array that a Zarr tree is to have.
 *
 * @param name of the tensor, with its group in front; slashes divide groups
 * @param dtype type of its elements
 * @param shape its dimensions
 * @param grid how it is cut into chunks
 * @param codec how the chunks are stored
 */
public record ZarrArray(String name, DType dtype, long[] shape, ChunkGrid grid, ChunkCodec codec) {
  /** Checks the name. */
  public ZarrArray {
    TensorNames.check(name);
  }

  /** The array of a tensor that is cut here. */
  public static ZarrArray of(String name, Tensor tensor, ChunkCodec codec) {
    ChunkGrid grid = ChunkGrid.of(tensor.dtype(), tensor.shape());
    return new ZarrArray(name, tensor.dtype(), tensor.shape(), grid, codec);
  }

  /** The array of a tensor whose chunks are blobs. */
  public static ZarrArray of(StoredTensor tensor) {
    String name = tensor.group() + "/" + tensor.name();
    return new ZarrArray(name, tensor.dtype(), tensor.shape(), tensor.grid(), tensor.codec());
  }

  /** How many chunks there are along each axis. */
  long[] chunksAlongAxes() {
    long[] counts = grid.chunkShape();
    for (int axis = 0; axis < counts.length; axis++) {
      counts[axis] = (shape[axis] + counts[axis] - 1) / counts[axis];
    }
    return counts;
  }

  /** Where a chunk is in the grid, by its number in C order. */
  long[] coordinates(int chunk) {
    long[] coordinates = chunksAlongAxes();
    long rest = chunk;
    for (int axis = coordinates.length - 1; axis >= 0; axis--) {
      long count = coordinates[axis];
      coordinates[axis] = rest % count;
      rest /= count;
    }
    return coordinates;
  }
}
