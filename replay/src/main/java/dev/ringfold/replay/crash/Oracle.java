// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.crash;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * What was acknowledged, written by the child before anybody else hears of it, on another file
 * system than the store. Thread-safe.
 *
 * <pre>
 * offset size record, little-endian
 *      0    8 sequence
 *      8    4 crc       CRC32C of the event's payload
 *     12    4 item      low bits of the item's number
 * </pre>
 *
 * <p>A record of the sequence -1 says that the log is open and nothing more.
 */
final class Oracle implements AutoCloseable, AckSink {
  static final int RECORD_LENGTH = 16;

  /** One acknowledged event. */
  record Ack(long sequence, int crc, int item) {}

  private final FileChannel channel;
  private final ByteBuffer record =
      ByteBuffer.allocateDirect(RECORD_LENGTH).order(ByteOrder.LITTLE_ENDIAN);

  Oracle(Path file) {
    try {
      channel =
          FileChannel.open(
              file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot open the oracle " + file, e);
    }
  }

  /** Notes that the log is open. */
  void opened() {
    acknowledged(-1, 0, 0);
  }

  @Override
  public synchronized void acknowledged(long sequence, int crc, int item) {
    record.clear();
    record.putLong(sequence).putInt(crc).putInt(item).flip();
    try {
      channel.write(record);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write to the oracle", e);
    }
  }

  /** Every acknowledgement in a file; a torn last record is left out. */
  static List<Ack> read(Path file) {
    List<Ack> acks = new ArrayList<>();
    if (!Files.exists(file)) {
      return acks;
    }
    try {
      ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
      while (bytes.remaining() >= RECORD_LENGTH) {
        Ack ack = new Ack(bytes.getLong(), bytes.getInt(), bytes.getInt());
        if (ack.sequence >= 0) {
          acks.add(ack);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the oracle " + file, e);
    }
    return acks;
  }

  /** Bytes of a file, 0 when there is none. */
  static long length(Path file) {
    try {
      return Files.exists(file) ? Files.size(file) : 0;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the oracle " + file, e);
    }
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot close the oracle", e);
    }
  }
}
