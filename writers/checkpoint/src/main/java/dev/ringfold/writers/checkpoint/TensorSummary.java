// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint;

import dev.ringfold.writers.checkpoint.tensor.DType;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What is known about a stored tensor without reading it.
 *
 * @param group the part of the state it belongs to
 * @param name its name in that group
 * @param dtype type of its elements
 * @param shape its dimensions; copied in and out
 * @param codec how it is stored
 * @param rawBytes bytes of its elements
 * @param storedBytes bytes of its chunks as they are stored
 */
public record TensorSummary(
    String group,
    String name,
    DType dtype,
    long[] shape,
    ChunkCodec codec,
    long rawBytes,
    long storedBytes) {
  /** Copies the shape. */
  public TensorSummary {
    shape = shape.clone();
  }

  @Override
  public long[] shape() {
    return shape.clone();
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof TensorSummary that
        && group.equals(that.group)
        && name.equals(that.name)
        && dtype == that.dtype
        && Arrays.equals(shape, that.shape)
        && codec.equals(that.codec)
        && rawBytes == that.rawBytes
        && storedBytes == that.storedBytes;
  }

  @Override
  public int hashCode() {
    return Objects.hash(group, name, dtype, Arrays.hashCode(shape), codec, rawBytes, storedBytes);
  }

  /** Such as {@code model_state/fc.weight FLOAT32[128, 10]}. */
  @Override
  public String toString() {
    return group + "/" + name + " " + dtype + Arrays.toString(shape);
  }
}
