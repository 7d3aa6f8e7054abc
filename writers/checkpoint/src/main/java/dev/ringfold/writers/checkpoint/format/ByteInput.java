// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.format;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Bytes of a file, or of what is packed in one, front to back; their number is known. */
abstract class ByteInput implements AutoCloseable {
  private final String where;
  private long remaining;

  ByteInput(String where, long length) {
    this.where = where;
    this.remaining = length;
  }

  /** A whole file. */
  static ByteInput of(FormatFile file) {
    return new ByteInput(file.path().toString(), file.size()) {
      @Override
      void fill(ByteBuffer target) {
        file.read(file.size() - remaining(), target);
      }
    };
  }

  /** The file, and what in it, for messages. */
  final String where() {
    return where;
  }

  /** Bytes that are left. */
  final long remaining() {
    return remaining;
  }

  /** Fills the buffer, for which enough bytes are left. */
  abstract void fill(ByteBuffer target);

  /** Checks at the end what can only be checked there. */
  void end() {}

  @Override
  public void close() {}

  final FormatException refusal(String what) {
    return new FormatException(where + ": " + what);
  }

  /**
   * Reads until the buffer is full.
   *
   * @param what is read, for the message
   * @throws FormatException when there are not enough bytes
   */
  final void read(ByteBuffer target, String what) {
    int count = target.remaining();
    if (count > remaining) {
      throw refusal(what + " should have " + count + " bytes but " + remaining + " are left");
    }
    fill(target);
    remaining -= count;
  }

  /** As {@link #read(ByteBuffer, String)}, into a fresh little-endian buffer. */
  final ByteBuffer read(int count, String what) {
    if (count > remaining) {
      throw refusal(what + " should have " + count + " bytes but " + remaining + " are left");
    }
    ByteBuffer bytes = ByteBuffer.allocate(count).order(ByteOrder.LITTLE_ENDIAN);
    read(bytes, what);
    return bytes.flip();
  }
}
