// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.tensor;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * An array of numbers: an element type, a shape, and elements in row-major (C) order. A scalar has
 * the shape {@code []} and one element; a dimension may be 0.
 *
 * <p>A tensor does not copy: it is a view of the array or the buffers it was made from, on the heap
 * or off it, and sees their changes. Who hands one to {@code Checkpoints.save} may change it after
 * <em>captured</em>; who promises by {@link #frozen} never to change it again spares the copy.
 *
 * <p>Reading is thread-safe as long as nobody writes what it views.
 */
public final class Tensor {
  /** Most dimensions, as in NumPy. */
  public static final int MAX_DIMENSIONS = 32;

  private final DType dtype;
  private final long[] shape;
  private final long elements;
  private final ElementSource source;
  private final boolean frozen;

  private Tensor(DType dtype, long[] shape, ElementSource source, boolean frozen) {
    this.dtype = dtype;
    this.shape = shape;
    this.elements = elements(shape);
    this.source = source;
    this.frozen = frozen;
    long expected = Math.multiplyExact(elements, dtype.bytes());
    if (source.bytes() != expected) {
      throw new IllegalArgumentException(
          "A tensor of "
              + dtype
              + Arrays.toString(shape)
              + " has "
              + expected
              + " bytes, but "
              + source.bytes()
              + " were given");
    }
  }

  /** A view of an array of {@link DType#FLOAT32}. */
  public static Tensor of(float[] values, long... shape) {
    return view(DType.FLOAT32, ElementSource.of(values), shape);
  }

  /** A view of an array of {@link DType#FLOAT64}. */
  public static Tensor of(double[] values, long... shape) {
    return view(DType.FLOAT64, ElementSource.of(values), shape);
  }

  /** A view of an array of {@link DType#INT64}. */
  public static Tensor of(long[] values, long... shape) {
    return view(DType.INT64, ElementSource.of(values), shape);
  }

  /** A view of an array of {@link DType#INT32}. */
  public static Tensor of(int[] values, long... shape) {
    return view(DType.INT32, ElementSource.of(values), shape);
  }

  /** A view of an array of {@link DType#INT16}. */
  public static Tensor of(short[] values, long... shape) {
    return view(DType.INT16, ElementSource.of(values), shape);
  }

  /** A view of an array of {@link DType#INT8}. */
  public static Tensor of(byte[] values, long... shape) {
    return view(DType.INT8, ElementSource.of(values), shape);
  }

  /** A view of an array of {@link DType#BOOL}. */
  public static Tensor of(boolean[] values, long... shape) {
    return view(DType.BOOL, ElementSource.of(values), shape);
  }

  /** A view of real and imaginary parts in turn, as {@link DType#COMPLEX64}. */
  public static Tensor complex64(float[] interleaved, long... shape) {
    return view(DType.COMPLEX64, ElementSource.of(interleaved), shape);
  }

  /** A view of real and imaginary parts in turn, as {@link DType#COMPLEX128}. */
  public static Tensor complex128(double[] interleaved, long... shape) {
    return view(DType.COMPLEX128, ElementSource.of(interleaved), shape);
  }

  /**
   * A view of the remaining bytes of buffers, one after the other, as little-endian elements of any
   * type; whatever byte order the buffers have. Heap or direct; a {@code MemorySegment} of newer
   * JDKs gives one by {@code asByteBuffer}. An element may not lie across two buffers.
   */
  public static Tensor of(DType dtype, List<ByteBuffer> littleEndian, long... shape) {
    return view(dtype, ElementSource.of(littleEndian, dtype), shape);
  }

  /** As {@link #of(DType, List, long...)}, for one buffer. */
  public static Tensor of(DType dtype, ByteBuffer littleEndian, long... shape) {
    return of(dtype, List.of(littleEndian), shape);
  }

  private static Tensor view(DType dtype, ElementSource source, long[] shape) {
    return new Tensor(Objects.requireNonNull(dtype, "dtype"), shape.clone(), source, false);
  }

  /**
   * How many elements a shape has.
   *
   * @throws IllegalArgumentException for a negative dimension, too many of them, or too many
   *     elements
   */
  public static long elements(long... shape) {
    if (shape.length > MAX_DIMENSIONS) {
      throw new IllegalArgumentException(
          "A tensor has at most " + MAX_DIMENSIONS + " dimensions but this has " + shape.length);
    }
    long product = 1;
    for (long dimension : shape) {
      if (dimension < 0) {
        throw new IllegalArgumentException("A dimension is negative in " + Arrays.toString(shape));
      }
      try {
        product = Math.multiplyExact(product, dimension);
      } catch (ArithmeticException e) {
        throw new IllegalArgumentException("Too many elements in " + Arrays.toString(shape), e);
      }
    }
    return product;
  }

  /** The same tensor with the promise that nobody changes its elements any more. */
  public Tensor frozen() {
    return frozen ? this : new Tensor(dtype, shape, source, true);
  }

  /** Whether its elements were promised not to change. */
  public boolean isFrozen() {
    return frozen;
  }

  /** The same elements in another shape. */
  public Tensor reshape(long... newShape) {
    return new Tensor(dtype, newShape.clone(), source, frozen);
  }

  /** The elements' type. */
  public DType dtype() {
    return dtype;
  }

  /** The dimensions, a copy. */
  public long[] shape() {
    return shape.clone();
  }

  /** How many dimensions; 0 for a scalar. */
  public int dimensions() {
    return shape.length;
  }

  /** Size of one dimension. */
  public long dimension(int index) {
    return shape[index];
  }

  /** How many elements. */
  public long elements() {
    return elements;
  }

  /** Bytes of all elements. */
  public long bytes() {
    return elements * dtype.bytes();
  }

  /**
   * Copies little-endian elements, from a byte offset that is a multiple of the element's size,
   * until the target is full or the tensor ends. The target's position moves, its order is kept.
   */
  public void copyTo(long offset, ByteBuffer target) {
    Objects.checkIndex(offset, bytes() + 1);
    source.copyTo(offset, target, (int) Math.min(target.remaining(), bytes() - offset));
  }

  /**
   * All elements as little-endian bytes, a fresh copy.
   *
   * @throws IllegalArgumentException when they do not fit an array
   */
  public byte[] toBytes() {
    byte[] all = new byte[arrayLength(bytes(), "bytes")];
    copyTo(0, ByteBuffer.wrap(all));
    return all;
  }

  /** The elements of a {@link DType#FLOAT32} or, in pairs, of a {@link DType#COMPLEX64} tensor. */
  public float[] toFloats() {
    require(dtype == DType.FLOAT32 || dtype == DType.COMPLEX64, "float");
    float[] values = new float[arrayLength(bytes() / Float.BYTES, "floats")];
    bytesBuffer().asFloatBuffer().get(values);
    return values;
  }

  /** The elements of a {@link DType#FLOAT64} or, in pairs, of a {@link DType#COMPLEX128} tensor. */
  public double[] toDoubles() {
    require(dtype == DType.FLOAT64 || dtype == DType.COMPLEX128, "double");
    double[] values = new double[arrayLength(bytes() / Double.BYTES, "doubles")];
    bytesBuffer().asDoubleBuffer().get(values);
    return values;
  }

  /** The bits of elements of 8 bytes: {@link DType#INT64} or {@link DType#UINT64}. */
  public long[] toLongs() {
    require(dtype == DType.INT64 || dtype == DType.UINT64, "long");
    long[] values = new long[arrayLength(elements, "longs")];
    bytesBuffer().asLongBuffer().get(values);
    return values;
  }

  /** The bits of elements of 4 bytes: {@link DType#INT32} or {@link DType#UINT32}. */
  public int[] toInts() {
    require(dtype == DType.INT32 || dtype == DType.UINT32, "int");
    int[] values = new int[arrayLength(elements, "ints")];
    bytesBuffer().asIntBuffer().get(values);
    return values;
  }

  private ByteBuffer bytesBuffer() {
    return ByteBuffer.wrap(toBytes()).order(ByteOrder.LITTLE_ENDIAN);
  }

  private void require(boolean fits, String wanted) {
    if (!fits) {
      throw new IllegalArgumentException("A tensor of " + dtype + " has no " + wanted + " values");
    }
  }

  private int arrayLength(long length, String what) {
    if (length > Integer.MAX_VALUE - 8) {
      throw new IllegalArgumentException(
          "A tensor of "
              + dtype
              + Arrays.toString(shape)
              + " has too many "
              + what
              + " for an array");
    }
    return (int) length;
  }

  /** Whether type, shape and every byte are equal; NaNs are compared by their bits. */
  public boolean contentEquals(Tensor other) {
    return dtype == other.dtype
        && Arrays.equals(shape, other.shape)
        && source.sameBytes(other.source);
  }

  /** Type and shape, such as {@code FLOAT32[3, 4]}. */
  @Override
  public String toString() {
    return dtype + Arrays.toString(shape);
  }
}
