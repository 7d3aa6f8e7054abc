// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.format;

import dev.ringfold.writers.checkpoint.tensor.DType;
import dev.ringfold.writers.checkpoint.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** What readers do with elements as files have them, until they are as a {@link Tensor} wants. */
final class Elements {
  /** Bytes of one buffer at most; a multiple of every element's size. */
  static final int BUFFER_BYTES = 1 << 30;

  /** Most bytes of an array in column-major order: it is turned as a whole. */
  static final int MAX_TURNED_BYTES = Integer.MAX_VALUE - 15;

  private Elements() {}

  /**
   * Bytes of an array.
   *
   * @param where the file and the array, for messages
   * @throws FormatException when no array has this shape, or none of the limits' size
   */
  static long bytes(DType dtype, long[] shape, FormatLimits limits, String where) {
    long bytes;
    try {
      bytes = Math.multiplyExact(Tensor.elements(shape), dtype.bytes());
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw new FormatException(
          where + ": no array has the shape " + Arrays.toString(shape) + ": " + e.getMessage(), e);
    }
    if (bytes > limits.maxTotalBytes()) {
      throw tooLarge(bytes, limits, where);
    }
    return bytes;
  }

  static FormatException tooLarge(long bytes, FormatLimits limits, String where) {
    return new FormatException(
        where
            + ": "
            + bytes
            + " bytes of elements are more than the "
            + limits.maxTotalBytes()
            + " allowed (maxTotalBytes)");
  }

  /**
   * Little-endian buffers for this many bytes.
   *
   * @throws FormatException when this JVM has not so much memory
   */
  static List<ByteBuffer> allocate(long bytes, String where) {
    long most = Runtime.getRuntime().maxMemory();
    if (bytes > most) {
      throw new FormatException(noMemory(bytes, most, where));
    }
    List<ByteBuffer> buffers = new ArrayList<>();
    try {
      for (long left = bytes; left > 0; left -= BUFFER_BYTES) {
        int length = (int) Math.min(left, BUFFER_BYTES);
        buffers.add(ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN));
      }
    } catch (OutOfMemoryError e) {
      buffers.clear();
      throw new FormatException(noMemory(bytes, most, where), e);
    }
    return buffers;
  }

  private static String noMemory(long bytes, long most, String where) {
    return where
        + ": "
        + bytes
        + " bytes of elements do not fit the memory of this JVM, "
        + most
        + " bytes at most; raise -Xmx, or read it in parts";
  }

  /** Turns big-endian words of this many bytes into little-endian ones, in place. */
  static void swap(List<ByteBuffer> buffers, int wordBytes) {
    for (ByteBuffer buffer : buffers) {
      switch (wordBytes) {
        case 2 -> {
          for (int i = 0; i < buffer.limit(); i += 2) {
            buffer.putShort(i, Short.reverseBytes(buffer.getShort(i)));
          }
        }
        case 4 -> {
          for (int i = 0; i < buffer.limit(); i += 4) {
            buffer.putInt(i, Integer.reverseBytes(buffer.getInt(i)));
          }
        }
        case 8 -> {
          for (int i = 0; i < buffer.limit(); i += 8) {
            buffer.putLong(i, Long.reverseBytes(buffer.getLong(i)));
          }
        }
        default -> {
          // One byte has no order.
        }
      }
    }
  }

  /**
   * Checks that every boolean is 0 or 1.
   *
   * @throws FormatException otherwise
   */
  static void requireBooleans(DType dtype, List<ByteBuffer> buffers, String where) {
    if (dtype != DType.BOOL) {
      return;
    }
    for (ByteBuffer buffer : buffers) {
      for (int i = 0; i < buffer.limit(); i++) {
        if ((buffer.get(i) & ~1) != 0) {
          throw new FormatException(
              where + ": a boolean is " + (buffer.get(i) & 0xff) + ", expected 0 or 1");
        }
      }
    }
  }

  /** Whether the order of the axes makes a difference. */
  static boolean isTurned(boolean columnMajor, long[] shape) {
    int axes = 0;
    for (long dimension : shape) {
      axes += dimension > 1 ? 1 : 0;
    }
    return columnMajor && axes > 1;
  }

  /**
   * Elements in column-major (Fortran) order, in row-major (C) order.
   *
   * @throws FormatException when there are more than {@link #MAX_TURNED_BYTES}
   */
  static List<ByteBuffer> toRowMajor(
      List<ByteBuffer> columns, long[] shape, int size, String where) {
    long bytes = Tensor.elements(shape) * size;
    if (bytes == 0) {
      return columns;
    }
    if (bytes > MAX_TURNED_BYTES) {
      throw new FormatException(
          where
              + ": an array in Fortran order has "
              + bytes
              + " bytes, more than the "
              + MAX_TURNED_BYTES
              + " that can be turned; write it in C order");
    }
    ByteBuffer source = joined(columns, (int) bytes, where);
    ByteBuffer target = allocateOne((int) bytes, where);
    turn(source, target, shape, size);
    target.flip();
    return List.of(target);
  }

  private static ByteBuffer joined(List<ByteBuffer> buffers, int bytes, String where) {
    if (buffers.size() == 1) {
      return buffers.get(0);
    }
    ByteBuffer all = allocateOne(bytes, where);
    buffers.forEach(buffer -> all.put(buffer.duplicate()));
    return all.flip();
  }

  private static ByteBuffer allocateOne(int bytes, String where) {
    try {
      return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    } catch (OutOfMemoryError e) {
      throw new FormatException(noMemory(bytes, Runtime.getRuntime().maxMemory(), where), e);
    }
  }

  private static void turn(ByteBuffer source, ByteBuffer target, long[] shape, int size) {
    int last = shape.length - 1;
    int[] strides = new int[shape.length];
    int stride = size;
    for (int axis = 0; axis <= last; axis++) {
      strides[axis] = stride;
      stride *= (int) shape[axis];
    }
    int[] index = new int[shape.length];
    int from = 0;
    while (target.hasRemaining()) {
      copy(source, from, target, (int) shape[last], strides[last], size);
      for (int axis = last - 1; axis >= 0; axis--) {
        from += strides[axis];
        if (++index[axis] < shape[axis]) {
          break;
        }
        from -= strides[axis] * (int) shape[axis];
        index[axis] = 0;
      }
    }
  }

  private static void copy(
      ByteBuffer source, int from, ByteBuffer target, int count, int stride, int size) {
    for (int i = 0; i < count; i++) {
      int at = from + i * stride;
      switch (size) {
        case 1 -> target.put(source.get(at));
        case 2 -> target.putShort(source.getShort(at));
        case 4 -> target.putInt(source.getInt(at));
        case 8 -> target.putLong(source.getLong(at));
        default -> target.putLong(source.getLong(at)).putLong(source.getLong(at + 8));
      }
    }
  }
}
