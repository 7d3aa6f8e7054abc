// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.format;

import dev.ringfold.writers.checkpoint.tensor.DType;

/**
 * What a safetensors header says about a tensor.
 *
 * @param begin offset of its elements after the header
 * @param end offset of what follows them
 */
record SafetensorsEntry(String name, DType dtype, long[] shape, long begin, long end) {
  /** The name safetensors has for a type that {@link #stored} gives. */
  static String typeName(DType dtype) {
    return switch (dtype) {
      case BOOL -> "BOOL";
      case BFLOAT16 -> "BF16";
      case INT8, INT16, INT32, INT64 -> "I" + 8 * dtype.bytes();
      case UINT8, UINT16, UINT32, UINT64 -> "U" + 8 * dtype.bytes();
      case FLOAT16, FLOAT32, FLOAT64 -> "F" + 8 * dtype.bytes();
      case COMPLEX64 -> "C64";
      case COMPLEX128 -> throw new IllegalArgumentException("safetensors has no " + dtype);
    };
  }

  /** The type a tensor is stored as: complex numbers are pairs of floats. */
  static DType stored(DType dtype) {
    return switch (dtype) {
      case COMPLEX64 -> DType.FLOAT32;
      case COMPLEX128 -> DType.FLOAT64;
      default -> dtype;
    };
  }
}
