// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.internal.chunk;

import dev.ringfold.writers.checkpoint.tensor.DType;
import dev.ringfold.writers.checkpoint.tensor.Tensor;
import java.nio.ByteBuffer;
import java.util.Random;

/** Tensors of any type with random bytes. */
public final class Tensors {
  /** Runs repeat with it; override with {@code -Dringfold.seed=N}. */
  public static final long SEED = Long.getLong("ringfold.seed", 20260818L);

  private Tensors() {}

  /** Elements of random bits; booleans are 0 or 1. */
  public static Tensor random(DType dtype, Random random, long... shape) {
    byte[] bytes = new byte[(int) (Tensor.elements(shape) * dtype.bytes())];
    random.nextBytes(bytes);
    if (dtype == DType.BOOL) {
      for (int i = 0; i < bytes.length; i++) {
        bytes[i] &= 1;
      }
    }
    return Tensor.of(dtype, ByteBuffer.wrap(bytes), shape);
  }

  /** Elements that repeat, so that they compress. */
  public static Tensor repeating(DType dtype, long... shape) {
    byte[] bytes = new byte[(int) (Tensor.elements(shape) * dtype.bytes())];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (i / dtype.bytes() % 7 == 0 ? 1 : 0);
    }
    return Tensor.of(dtype, ByteBuffer.wrap(bytes), shape);
  }
}
