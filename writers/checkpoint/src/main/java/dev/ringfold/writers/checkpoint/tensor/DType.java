// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.tensor;

/**
 * What the elements of a {@link Tensor} are. In memory, in blobs and in every format that leaves
 * the choice, elements are little-endian; a complex number is its real part followed by its
 * imaginary part.
 */
public enum DType {
  /** One byte, 0 or 1. */
  BOOL(1, 'b', 1),
  /** Signed byte. */
  INT8(2, 'i', 1),
  /** Signed, 2 bytes. */
  INT16(3, 'i', 2),
  /** Signed, 4 bytes. */
  INT32(4, 'i', 4),
  /** Signed, 8 bytes. */
  INT64(5, 'i', 8),
  /** Unsigned byte. */
  UINT8(6, 'u', 1),
  /** Unsigned, 2 bytes. */
  UINT16(7, 'u', 2),
  /** Unsigned, 4 bytes. */
  UINT32(8, 'u', 4),
  /** Unsigned, 8 bytes. */
  UINT64(9, 'u', 8),
  /** IEEE 754 binary16. */
  FLOAT16(10, 'f', 2),
  /** The upper half of an IEEE 754 binary32; NumPy, HDF5 and Zarr v2 have no name for it. */
  BFLOAT16(11, 'B', 2),
  /** IEEE 754 binary32. */
  FLOAT32(12, 'f', 4),
  /** IEEE 754 binary64. */
  FLOAT64(13, 'f', 8),
  /** Two {@link #FLOAT32}. */
  COMPLEX64(14, 'c', 8),
  /** Two {@link #FLOAT64}. */
  COMPLEX128(15, 'c', 16);

  private final int code;
  private final char kind;
  private final int bytes;

  DType(int code, char kind, int bytes) {
    this.code = code;
    this.kind = kind;
    this.bytes = bytes;
  }

  /** What stands for it in our own files; never changes. */
  public int code() {
    return code;
  }

  /** Bytes of one element. */
  public int bytes() {
    return bytes;
  }

  /** Bytes of what is swapped between byte orders: half an element for complex numbers. */
  public int wordBytes() {
    return kind == 'c' ? bytes / 2 : bytes;
  }

  /** NumPy's letter: {@code b i u f c}, and {@code B} for {@link #BFLOAT16}, which it lacks. */
  public char kind() {
    return kind;
  }

  /**
   * The type with this code.
   *
   * @throws IllegalArgumentException when there is none
   */
  public static DType ofCode(int code) {
    for (DType type : values()) {
      if (type.code == code) {
        return type;
      }
    }
    throw new IllegalArgumentException(
        "No element type has the code " + code + "; known are 1 to " + values().length);
  }
}
