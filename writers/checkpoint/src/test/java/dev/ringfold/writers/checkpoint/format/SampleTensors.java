// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.format;

import dev.ringfold.writers.checkpoint.tensor.DType;
import dev.ringfold.writers.checkpoint.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/** Tensors of random bits, and what tests of several formats ask about them. */
public final class SampleTensors {
  /** Scalars, empty ones, vectors, matrices, more axes. */
  public static final List<long[]> SHAPES =
      List.of(
          new long[] {},
          new long[] {0},
          new long[] {1},
          new long[] {7},
          new long[] {0, 5},
          new long[] {4, 0, 3},
          new long[] {3, 5},
          new long[] {2, 3, 4},
          new long[] {1, 2, 1, 3});

  private static final long DEFAULT_SEED = 20_261_104L;

  private SampleTensors() {}

  /** The seed of random tests; {@code -Dringfold.seed=N} sets another. */
  public static long seed() {
    return Long.getLong("ringfold.seed", DEFAULT_SEED);
  }

  /** A tensor of random bits; booleans are 0 and 1. */
  public static Tensor random(DType dtype, Random random, long... shape) {
    byte[] bytes = new byte[Math.toIntExact(Tensor.elements(shape) * dtype.bytes())];
    random.nextBytes(bytes);
    if (dtype == DType.BOOL) {
      for (int i = 0; i < bytes.length; i++) {
        bytes[i] &= 1;
      }
    }
    return Tensor.of(dtype, ByteBuffer.wrap(bytes), shape);
  }

  /** The shape as {@code 3,4}. */
  public static String shape(Tensor tensor) {
    return LongStream.of(tensor.shape()).mapToObj(Long::toString).collect(Collectors.joining(","));
  }

  /** SHA-256 of the little-endian elements. */
  public static String sha256(Tensor tensor) {
    return sha256(tensor.toBytes());
  }

  static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every JDK has SHA-256", e);
    }
  }

  /** The names of everything in a folder. */
  static List<String> names(Path folder) throws java.io.IOException {
    try (var files = java.nio.file.Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }
}
