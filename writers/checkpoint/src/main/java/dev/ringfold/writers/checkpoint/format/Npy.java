// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.format;

import dev.ringfold.writers.checkpoint.tensor.DType;
import dev.ringfold.writers.checkpoint.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * NumPy's format of one array, {@code .npy}.
 *
 * <pre>
 * offset size
 *      0    6 magic    0x93 'N' 'U' 'M' 'P' 'Y'
 *      6    2 version  1.0, 2.0 or 3.0; 1.0 is written
 *      8    2 length   u16 little-endian, of the header; u32 from version 2.0
 *     10    . header   see {@link NpyHeader}; blanks and a line feed up to a multiple of 64
 *      .    . elements
 * </pre>
 *
 * <p>Written is what {@code numpy.save} writes, byte for byte: little-endian, in C order. Read are
 * both byte orders and both orders of axes. Arrays of pickled objects are refused, and so is
 * everything else that is not a number. Stateless and thread-safe.
 */
public final class Npy {
  private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
  private static final int PREFIX_BYTES = 8;
  private static final int ALIGNMENT = 64;

  /** What the dictionary of an array of numbers never needs. */
  private static final int MAX_HEADER_BYTES = 65_535;

  private Npy() {}

  /** As {@link #read(Path, FormatLimits)}, with {@link FormatLimits#DEFAULT}. */
  public static Tensor read(Path file) {
    return read(file, FormatLimits.DEFAULT);
  }

  /**
   * Reads an array.
   *
   * @return the array, frozen
   * @throws FormatException when the file is not an array of numbers, or over a limit
   * @throws dev.ringfold.StoreAccessException when it cannot be read
   */
  public static Tensor read(Path file, FormatLimits limits) {
    try (FormatFile in = FormatFile.open(file, limits);
        ByteInput bytes = ByteInput.of(in)) {
      return read(bytes, limits);
    }
  }

  /** Reads an array that takes all of the input. */
  static Tensor read(ByteInput in, FormatLimits limits) {
    NpyHeader header = header(in, limits);
    DType dtype = header.type().dtype();
    long[] shape = header.shape();
    long bytes = Elements.bytes(dtype, shape, limits, in.where());
    if (bytes != in.remaining()) {
      throw in.refusal(
          "an array of "
              + dtype
              + Arrays.toString(shape)
              + " has "
              + bytes
              + " bytes of elements but "
              + in.remaining()
              + " follow the header; the file is cut off, or holds more than one array");
    }
    List<ByteBuffer> buffers = Elements.allocate(bytes, in.where());
    for (ByteBuffer buffer : buffers) {
      in.read(buffer, "the elements");
      buffer.flip();
    }
    in.end();
    if (header.type().bigEndian()) {
      Elements.swap(buffers, dtype.wordBytes());
    }
    Elements.requireBooleans(dtype, buffers, in.where());
    if (Elements.isTurned(header.fortranOrder(), shape)) {
      buffers = Elements.toRowMajor(buffers, shape, dtype.bytes(), in.where());
    }
    return Tensor.of(dtype, buffers, shape).frozen();
  }

  private static NpyHeader header(ByteInput in, FormatLimits limits) {
    ByteBuffer prefix = in.read(PREFIX_BYTES, "the array's magic number and version");
    for (byte expected : MAGIC) {
      if (prefix.get() != expected) {
        throw in.refusal("it does not begin with NumPy's magic number, so it is no .npy array");
      }
    }
    int major = prefix.get() & 0xff;
    int minor = prefix.get() & 0xff;
    if (major < 1 || major > 3 || minor != 0) {
      throw in.refusal(
          "expected version 1.0, 2.0 or 3.0 of the .npy format, found " + major + "." + minor);
    }
    long length =
        major == 1
            ? Short.toUnsignedLong(in.read(2, "the header's length").getShort())
            : Integer.toUnsignedLong(in.read(4, "the header's length").getInt());
    int most = Math.min(MAX_HEADER_BYTES, limits.maxHeaderBytes());
    if (length > most) {
      throw in.refusal("the header should have " + length + " bytes, more than " + most);
    }
    // Version 3 allows UTF-8, but no name of ours needs it: the grammar refuses it either way.
    String text =
        StandardCharsets.ISO_8859_1.decode(in.read((int) length, "the header")).toString();
    return NpyHeader.parse(text, in.where());
  }

  /**
   * Writes an array; the file appears complete and forced, or not at all, and replaces another.
   *
   * @throws FormatException when NumPy has no such type of elements
   * @throws dev.ringfold.StoreAccessException when it cannot be written
   */
  public static void write(Path file, Tensor tensor) {
    byte[] header = header(tensor);
    try (FormatOutput out = FormatOutput.create(file)) {
      out.write(header);
      out.write(tensor);
      out.finish();
    }
  }

  /** Everything before the elements. */
  static byte[] header(Tensor tensor) {
    byte[] text =
        NpyHeader.format(tensor.dtype(), tensor.shape()).getBytes(StandardCharsets.US_ASCII);
    int used = PREFIX_BYTES + 2 + text.length + 1;
    int length = used + ALIGNMENT - used % ALIGNMENT; // NumPy: 64 blanks where none are needed.
    byte[] header = Arrays.copyOf(MAGIC, length);
    header[6] = 1;
    int textLength = length - PREFIX_BYTES - 2;
    header[8] = (byte) textLength;
    header[9] = (byte) (textLength >> 8);
    Arrays.fill(header, PREFIX_BYTES + 2, length - 1, (byte) ' ');
    System.arraycopy(text, 0, header, PREFIX_BYTES + 2, text.length);
    header[length - 1] = '\n';
    return header;
  }
}
