// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.format;

import dev.ringfold.internal.io.DurableFile;
import dev.ringfold.writers.checkpoint.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Objects;

/**
 * A file that appears under its name complete and on disk, or not at all. Its bytes go to a
 * temporary file beside it.
 */
final class FormatOutput implements AutoCloseable {
  private static final int BUFFER_BYTES = 1 << 18;

  private final DurableFile file;
  private byte[] buffer = {};

  private FormatOutput(DurableFile file) {
    this.file = file;
  }

  static FormatOutput create(Path target) {
    Path absolute = target.toAbsolutePath();
    Path folder = absolute.getParent();
    if (folder == null || absolute.getFileName() == null) {
      throw new IllegalArgumentException(target + " is not the path of a file");
    }
    return new FormatOutput(DurableFile.create(absolute, folder));
  }

  /** Bytes written so far. */
  long position() {
    return file.length();
  }

  void write(byte[] bytes) {
    file.append(bytes);
  }

  void write(byte[] bytes, int offset, int count) {
    file.append(bytes, offset, count);
  }

  /** Writes the remaining bytes of a buffer with an array. */
  void write(ByteBuffer bytes) {
    file.append(bytes.array(), bytes.arrayOffset() + bytes.position(), bytes.remaining());
  }

  /** Takes pieces of a tensor's bytes. */
  interface Sink {
    void accept(byte[] bytes, int count);
  }

  /** Writes all elements. */
  void write(Tensor tensor) {
    buffer = pieces(tensor, buffer, (bytes, count) -> file.append(bytes, 0, count));
  }

  /**
   * Gives all elements, little-endian, piece by piece.
   *
   * @param reused the buffer that an earlier call returned, or an empty one
   * @return the buffer that was used
   */
  static byte[] pieces(Tensor tensor, byte[] reused, Sink sink) {
    Objects.requireNonNull(tensor, "tensor");
    byte[] bytes = reused.length == 0 ? new byte[BUFFER_BYTES] : reused;
    ByteBuffer piece = ByteBuffer.wrap(bytes);
    for (long offset = 0; offset < tensor.bytes(); offset += piece.position()) {
      piece.clear();
      tensor.copyTo(offset, piece);
      sink.accept(bytes, piece.position());
    }
    return bytes;
  }

  /** Makes the file durable under its name. */
  void finish() {
    file.freeze();
  }

  @Override
  public void close() {
    file.close();
  }
}
