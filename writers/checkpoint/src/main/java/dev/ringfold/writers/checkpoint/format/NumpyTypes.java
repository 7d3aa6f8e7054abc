// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.format;

import dev.ringfold.writers.checkpoint.tensor.DType;

/** What NumPy and Zarr v2 call types of elements: byte order, kind, size, such as {@code <f8}. */
final class NumpyTypes {
  private static final int MAX_SHOWN = 40;

  private NumpyTypes() {}

  /**
   * A type as a file has it.
   *
   * @param dtype the type
   * @param bigEndian whether its words are in the other byte order
   */
  record Stored(DType dtype, boolean bigEndian) {}

  /**
   * What NumPy calls a type, little-endian.
   *
   * @throws FormatException for {@link DType#BFLOAT16}, which it has no name for
   */
  static String name(DType dtype) {
    if (dtype == DType.BFLOAT16) {
      throw new FormatException(
          "NumPy has no bfloat16; export it as safetensors or Zarr, or convert it to float32");
    }
    return (dtype.bytes() == 1 ? "|" : "<") + dtype.kind() + dtype.bytes();
  }

  /**
   * The type with this name.
   *
   * @param where the file, for messages
   * @throws FormatException when it is not a number of ours; pickled objects are refused by name
   */
  static Stored parse(String name, String where) {
    for (DType dtype : DType.values()) {
      if (dtype != DType.BFLOAT16 && name.length() > 1 && name.substring(1).equals(suffix(dtype))) {
        char order = name.charAt(0);
        boolean known = dtype.bytes() == 1 ? "|<>".indexOf(order) >= 0 : "<>".indexOf(order) >= 0;
        if (known) {
          return new Stored(dtype, order == '>' && dtype.bytes() > 1);
        }
      }
    }
    throw new FormatException(where + ": elements of type '" + shown(name) + "' " + reason(name));
  }

  private static String suffix(DType dtype) {
    return "" + dtype.kind() + dtype.bytes();
  }

  private static String shown(String name) {
    return name.length() > MAX_SHOWN ? name.substring(0, MAX_SHOWN) + "…" : name;
  }

  private static String reason(String name) {
    char kind = name.length() > 1 ? name.charAt(1) : ' ';
    String what =
        switch (kind) {
          case 'O' -> "are pickled objects, which can run any code and are never read";
          case 'S', 'U' -> "are texts";
          case 'V' -> "are records or raw bytes";
          case 'M', 'm' -> "are dates";
          default -> "are not known";
        };
    return what + "; expected booleans, integers, floats or complex numbers such as <f4";
  }
}
