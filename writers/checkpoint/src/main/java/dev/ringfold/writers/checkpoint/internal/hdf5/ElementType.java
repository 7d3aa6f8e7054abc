// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.internal.hdf5;

import dev.ringfold.writers.checkpoint.format.FormatException;
import dev.ringfold.writers.checkpoint.tensor.DType;
import io.jhdf.object.datatype.CompoundDataType;
import io.jhdf.object.datatype.CompoundDataType.CompoundDataMember;
import io.jhdf.object.datatype.DataType;
import io.jhdf.object.datatype.EnumDataType;
import io.jhdf.object.datatype.FixedPoint;
import io.jhdf.object.datatype.FloatingPoint;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;

/**
 * Which of our types an HDF5 type is.
 *
 * @param swapped whether its bytes are big-endian
 */
record ElementType(DType dtype, boolean swapped) {
  static ElementType of(DataType type, String where) {
    if (type instanceof FixedPoint fixedPoint) {
      return fixed(fixedPoint, where);
    }
    if (type instanceof FloatingPoint floatingPoint) {
      return floating(floatingPoint, where);
    }
    if (type instanceof CompoundDataType compoundDataType) {
      return complex(compoundDataType, where);
    }
    if (type instanceof EnumDataType enumDataType) {
      return bool(enumDataType, where);
    }
    throw refused(where, type.getClass().getSimpleName());
  }

  private static FormatException refused(String where, String what) {
    return new FormatException(
        where + ": expected whole, real or complex numbers or booleans but found " + what);
  }

  private static ElementType fixed(FixedPoint type, String where) {
    if (type.getBitOffset() != 0 || type.getBitPrecision() != 8 * type.getSize()) {
      throw refused(where, "integers of " + type.getBitPrecision() + " bits");
    }
    DType dtype =
        switch (type.getSize()) {
          case 1 -> type.isSigned() ? DType.INT8 : DType.UINT8;
          case 2 -> type.isSigned() ? DType.INT16 : DType.UINT16;
          case 4 -> type.isSigned() ? DType.INT32 : DType.UINT32;
          case 8 -> type.isSigned() ? DType.INT64 : DType.UINT64;
          default -> throw refused(where, "integers of " + type.getSize() + " bytes");
        };
    return new ElementType(dtype, type.getByteOrder() == ByteOrder.BIG_ENDIAN);
  }

  private static ElementType floating(FloatingPoint type, String where) {
    int bits = 8 * type.getSize();
    int exponent = bits == 16 ? 5 : bits == 32 ? 8 : 11;
    int mantissa = bits - 1 - exponent;
    boolean standard =
        type.getBitPrecision() == bits
            && type.getBitOffset() == 0
            && type.getSignLocation() == bits - 1
            && type.getExponentSize() == exponent
            && type.getExponentLocation() == mantissa
            && type.getMantissaSize() == mantissa
            && type.getMantissaLocation() == 0
            && type.getMantissaNormalization() == 2
            && type.getExponentBias() == (1 << exponent - 1) - 1;
    DType dtype =
        switch (type.getSize()) {
          case 2 -> DType.FLOAT16;
          case 4 -> DType.FLOAT32;
          case 8 -> DType.FLOAT64;
          default -> throw refused(where, "floats of " + type.getSize() + " bytes");
        };
    if (!standard) {
      throw refused(where, "floats of " + bits + " bits that are not IEEE 754");
    }
    return new ElementType(dtype, type.getByteOrder() == ByteOrder.BIG_ENDIAN);
  }

  private static ElementType complex(CompoundDataType type, String where) {
    List<CompoundDataMember> members = type.getMembers();
    if (members.size() != 2
        || !members.get(0).getName().equals("r")
        || !members.get(1).getName().equals("i")) {
      throw refused(where, "a compound that is not of r and i");
    }
    ElementType real = of(members.get(0).getDataType(), where);
    ElementType imaginary = of(members.get(1).getDataType(), where);
    int bytes = real.dtype().bytes();
    boolean floats = real.dtype() == DType.FLOAT32 || real.dtype() == DType.FLOAT64;
    if (!floats
        || !real.equals(imaginary)
        || members.get(0).getOffset() != 0
        || members.get(1).getOffset() != bytes
        || type.getSize() != 2 * bytes) {
      throw refused(where, "a compound of r and i that are no two floats side by side");
    }
    return new ElementType(bytes == 4 ? DType.COMPLEX64 : DType.COMPLEX128, real.swapped());
  }

  private static ElementType bool(EnumDataType type, String where) {
    if (type.getSize() != 1 || !type.getEnumMapping().equals(Map.of(0, "FALSE", 1, "TRUE"))) {
      throw refused(where, "an enumeration that is not of FALSE and TRUE");
    }
    return new ElementType(DType.BOOL, false);
  }
}
