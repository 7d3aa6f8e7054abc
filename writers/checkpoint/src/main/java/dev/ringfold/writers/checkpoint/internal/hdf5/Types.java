// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.internal.hdf5;

import dev.ringfold.writers.checkpoint.tensor.DType;

/**
 * Datatype messages, as h5py writes them for NumPy's types: complex numbers are compounds of {@code
 * r} and {@code i}, booleans an enumeration of {@code FALSE} and {@code TRUE} over a signed byte.
 */
final class Types {
  private static final int FIXED = 0x10;
  private static final int FLOAT = 0x11;
  private static final int STRING = 0x13;
  private static final int COMPOUND = 0x36;
  private static final int ENUMERATION = 0x38;
  private static final int VARIABLE = 0x19;

  private static final int SIGNED = 0x08;
  private static final int IMPLIED_LEADING_ONE = 0x20;
  private static final int NULL_PADDED = 0x01;
  private static final int UTF8 = 0x10;

  /** Bytes of a variable-length string where it is named: length, heap, index. */
  static final int VARIABLE_BYTES = 16;

  private Types() {}

  static byte[] of(DType dtype) {
    return switch (dtype) {
      case BOOL -> bool();
      case INT8, INT16, INT32, INT64 -> fixed(dtype.bytes(), true);
      case UINT8, UINT16, UINT32, UINT64, BFLOAT16 -> fixed(dtype.bytes(), false);
      case FLOAT16, FLOAT32, FLOAT64 -> floating(dtype.bytes());
      case COMPLEX64, COMPLEX128 -> complex(dtype.bytes());
    };
  }

  private static byte[] fixed(int bytes, boolean signed) {
    return new Bytes()
        .u8(FIXED)
        .u8(signed ? SIGNED : 0)
        .u16(0)
        .u32(bytes)
        .u16(0)
        .u16(8 * bytes)
        .toArray();
  }

  private static byte[] floating(int bytes) {
    int bits = 8 * bytes;
    int exponent = bytes == 2 ? 5 : bytes == 4 ? 8 : 11;
    int mantissa = bits - 1 - exponent;
    return new Bytes()
        .u8(FLOAT)
        .u8(IMPLIED_LEADING_ONE)
        .u8(bits - 1)
        .u8(0)
        .u32(bytes)
        .u16(0)
        .u16(bits)
        .u8(mantissa)
        .u8(exponent)
        .u8(0)
        .u8(mantissa)
        .u32((1 << exponent - 1) - 1)
        .toArray();
  }

  private static byte[] complex(int bytes) {
    byte[] part = floating(bytes / 2);
    return new Bytes()
        .u8(COMPOUND)
        .u16(2)
        .u8(0)
        .u32(bytes)
        .ascii("r\0")
        .u8(0)
        .put(part)
        .ascii("i\0")
        .u8(bytes / 2)
        .put(part)
        .toArray();
  }

  private static byte[] bool() {
    return new Bytes()
        .u8(ENUMERATION)
        .u16(2)
        .u8(0)
        .u32(1)
        .put(fixed(1, true))
        .ascii("FALSE\0TRUE\0")
        .u8(0)
        .u8(1)
        .toArray();
  }

  /** Strings of a fixed number of bytes, filled up with zeros. */
  static byte[] string(int bytes, boolean ascii) {
    return new Bytes().u8(STRING).u8(NULL_PADDED | (ascii ? 0 : UTF8)).u16(0).u32(bytes).toArray();
  }

  /** Strings of any length, in UTF-8, which are kept in a heap. */
  static byte[] variableString() {
    return new Bytes()
        .u8(VARIABLE)
        .u8(1) // a string, ended by a zero
        .u8(1) // UTF-8
        .u8(0)
        .u32(VARIABLE_BYTES)
        .put(fixed(1, false))
        .toArray();
  }
}
