// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.format;

import dev.ringfold.writers.checkpoint.tensor.DType;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a Zarr array says its missing elements are, as the bytes of one. */
final class ZarrFill {
  private ZarrFill() {}

  /**
   * The little-endian bytes of an element.
   *
   * @param value as the JSON has it; null means that it does not matter
   * @param where the file, for messages
   * @throws FormatException when it is none of this type, or one that is not read here: only zero
   *     is for half floats
   */
  static byte[] bytes(DType dtype, @Nullable Object value, String where) {
    ByteBuffer element = ByteBuffer.allocate(dtype.bytes()).order(ByteOrder.LITTLE_ENDIAN);
    boolean known = value == null || isZero(value) || put(dtype, value, element);
    if (!known) {
      throw new FormatException(
          where + ": the fill value is none of " + dtype + " that can be read here");
    }
    return element.array();
  }

  private static boolean isZero(Object value) {
    if (value instanceof List<?> parts) {
      return parts.size() == 2 && isZero(parts.get(0)) && isZero(parts.get(1));
    }
    // Minus zero has other bits.
    return value instanceof Long number && number == 0
        || value instanceof Double real && Double.doubleToRawLongBits(real) == 0
        || value.equals(false);
  }

  private static boolean put(DType dtype, Object value, ByteBuffer element) {
    switch (dtype.kind()) {
      case 'b' -> {
        element.put((byte) 1);
        return value.equals(true);
      }
      case 'i', 'u' -> {
        return putWhole(dtype, value, element);
      }
      case 'f' -> {
        return dtype != DType.FLOAT16 && putReal(dtype, value, element);
      }
      case 'c' -> {
        DType part = dtype == DType.COMPLEX64 ? DType.FLOAT32 : DType.FLOAT64;
        return value instanceof List<?> parts
            && parts.size() == 2
            && putReal(part, parts.get(0), element)
            && putReal(part, parts.get(1), element);
      }
      default -> {
        return false;
      }
    }
  }

  private static boolean putWhole(DType dtype, Object value, ByteBuffer element) {
    BigInteger number;
    if (value instanceof Long small) {
      number = BigInteger.valueOf(small);
    } else if (value instanceof BigInteger large) {
      number = large;
    } else {
      return false;
    }
    int bits = 8 * dtype.bytes();
    boolean fits =
        dtype.kind() == 'u'
            ? number.signum() >= 0 && number.bitLength() <= bits
            : number.bitLength() < bits;
    for (int i = 0; i < dtype.bytes(); i++) {
      element.put(number.shiftRight(8 * i).byteValue());
    }
    return fits;
  }

  private static boolean putReal(DType dtype, @Nullable Object value, ByteBuffer element) {
    double number;
    if (value instanceof Long || value instanceof Double) {
      number = ((Number) value).doubleValue();
    } else if (value instanceof String text) {
      switch (text) {
        case "NaN" -> number = Double.NaN;
        case "Infinity" -> number = Double.POSITIVE_INFINITY;
        case "-Infinity" -> number = Double.NEGATIVE_INFINITY;
        default -> {
          return false;
        }
      }
    } else {
      return false;
    }
    if (dtype == DType.FLOAT32) {
      element.putFloat((float) number);
    } else {
      element.putDouble(number);
    }
    return true;
  }
}
