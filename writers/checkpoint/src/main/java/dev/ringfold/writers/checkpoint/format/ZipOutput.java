// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.format;

import dev.ringfold.writers.checkpoint.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

/**
 * Writes a zip archive of arrays, the same bytes for the same arrays: every entry is of 1980-01-01.
 * Entries that are not compressed have their sizes in front, compressed ones behind them (flag 3).
 * Long fields (zip64) are there only where a size, an offset or the number of entries needs them.
 */
final class ZipOutput {
  /** 1980-01-01 as MS-DOS counts. */
  private static final int DATE = 1 << 5 | 1;

  private static final int VERSION = 20;
  private static final int LONG_VERSION = 45;
  private static final int BUFFER_BYTES = 1 << 16;

  /** Deflate adds at most 5 bytes to 16 KiB. */
  private static final int WORST_GROWTH = 1_024;

  private final FormatOutput out;
  private final int level;
  private final List<ZipItem> items = new ArrayList<>();
  private byte[] buffer = {};

  /**
   * Begins an archive.
   *
   * @param level of compression, 1 to 9; 0 for none
   */
  ZipOutput(FormatOutput out, int level) {
    this.out = out;
    this.level = level;
  }

  /** Adds a header followed by all elements. */
  void add(String name, byte[] header, Tensor tensor) {
    long bytes = header.length + tensor.bytes();
    CRC32 crc = new CRC32();
    crc.update(header);
    if (level > 0) {
      deflate(name, header, tensor, bytes, crc);
      return;
    }
    buffer = FormatOutput.pieces(tensor, buffer, (piece, count) -> crc.update(piece, 0, count));
    long offset = out.position();
    ZipItem item = new ZipItem(name, false, (int) crc.getValue(), bytes, bytes, offset, 0);
    localHeader(item, bytes >= ZipItem.LONG_MARK, 0);
    out.write(header);
    out.write(tensor);
    items.add(item);
  }

  private void deflate(String name, byte[] header, Tensor tensor, long bytes, CRC32 crc) {
    final long offset = out.position();
    boolean isLong = bytes + bytes / WORST_GROWTH + WORST_GROWTH >= ZipItem.LONG_MARK;
    localHeader(new ZipItem(name, true, 0, 0, 0, offset, 0), isLong, ZipItem.FLAG_DESCRIPTOR);
    final long start = out.position();
    Deflater deflater = new Deflater(level, true);
    try {
      byte[] target = new byte[BUFFER_BYTES];
      deflater.setInput(header);
      drain(deflater, target);
      buffer =
          FormatOutput.pieces(
              tensor,
              buffer,
              (piece, count) -> {
                crc.update(piece, 0, count);
                deflater.setInput(piece, 0, count);
                drain(deflater, target);
              });
      deflater.finish();
      drain(deflater, target);
    } finally {
      deflater.end();
    }
    long stored = out.position() - start;
    ZipItem item = new ZipItem(name, true, (int) crc.getValue(), stored, bytes, offset, start);
    descriptor(item, isLong);
    items.add(item);
  }

  private void drain(Deflater deflater, byte[] target) {
    while (true) {
      int count = deflater.deflate(target);
      if (count == 0) {
        return;
      }
      out.write(target, 0, count);
    }
  }

  private static ByteBuffer record(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private void localHeader(ZipItem item, boolean isLong, int flags) {
    byte[] name = item.name().getBytes(StandardCharsets.US_ASCII);
    ByteBuffer header = record(ZipItem.LOCAL_HEADER_BYTES + name.length + (isLong ? 20 : 0));
    header.putInt(ZipItem.LOCAL_HEADER);
    putKind(header, item, isLong, flags);
    header.putInt(isLong ? -1 : (int) item.storedBytes());
    header.putInt(isLong ? -1 : (int) item.bytes());
    header.putShort((short) name.length).putShort((short) (isLong ? 20 : 0)).put(name);
    if (isLong) {
      header.putShort((short) ZipItem.LONG_FIELD).putShort((short) 16);
      header.putLong(item.bytes()).putLong(item.storedBytes());
    }
    out.write(header.flip());
  }

  /** Version, flags, method, time and CRC. */
  private static void putKind(ByteBuffer header, ZipItem item, boolean isLong, int flags) {
    header.putShort((short) (isLong ? LONG_VERSION : VERSION)).putShort((short) flags);
    header.putShort((short) (item.deflated() ? ZipItem.DEFLATED : ZipItem.STORED));
    header.putShort((short) 0).putShort((short) DATE).putInt(item.crc());
  }

  private void descriptor(ZipItem item, boolean isLong) {
    ByteBuffer descriptor = record(isLong ? 24 : 16);
    descriptor.putInt(ZipItem.DESCRIPTOR).putInt(item.crc());
    if (isLong) {
      descriptor.putLong(item.storedBytes()).putLong(item.bytes());
    } else {
      descriptor.putInt((int) item.storedBytes()).putInt((int) item.bytes());
    }
    out.write(descriptor.flip());
  }

  /** Writes the directory and the end. */
  void finish() {
    long offset = out.position();
    for (ZipItem item : items) {
      directoryHeader(item);
    }
    long bytes = out.position() - offset;
    boolean isLong =
        items.size() >= ZipItem.COUNT_MARK
            || bytes >= ZipItem.LONG_MARK
            || offset >= ZipItem.LONG_MARK;
    if (isLong) {
      longEnd(offset, bytes);
    }
    int count = isLong ? ZipItem.COUNT_MARK : items.size();
    ByteBuffer end = record(22);
    end.putInt(ZipItem.END).putInt(0).putShort((short) count).putShort((short) count);
    end.putInt(isLong ? -1 : (int) bytes).putInt(isLong ? -1 : (int) offset);
    end.putShort((short) 0); // No comment.
    out.write(end.flip());
  }

  private void directoryHeader(ZipItem item) {
    byte[] name = item.name().getBytes(StandardCharsets.US_ASCII);
    boolean isLong = item.bytes() >= ZipItem.LONG_MARK || item.storedBytes() >= ZipItem.LONG_MARK;
    boolean isFar = item.offset() >= ZipItem.LONG_MARK;
    int extra = isLong || isFar ? 4 + (isLong ? 16 : 0) + (isFar ? 8 : 0) : 0;
    ByteBuffer header = record(46 + name.length + extra);
    header.putInt(ZipItem.DIRECTORY_HEADER);
    header.putShort((short) (extra > 0 ? LONG_VERSION : VERSION));
    putKind(header, item, extra > 0, item.deflated() ? ZipItem.FLAG_DESCRIPTOR : 0);
    header.putInt(isLong ? -1 : (int) item.storedBytes());
    header.putInt(isLong ? -1 : (int) item.bytes());
    header.putShort((short) name.length).putShort((short) extra);
    header.position(header.position() + 10); // No comment, disk 0, no attributes.
    header.putInt(isFar ? -1 : (int) item.offset()).put(name);
    if (extra > 0) {
      header.putShort((short) ZipItem.LONG_FIELD).putShort((short) (extra - 4));
      if (isLong) {
        header.putLong(item.bytes()).putLong(item.storedBytes());
      }
      if (isFar) {
        header.putLong(item.offset());
      }
    }
    out.write(header.flip());
  }

  private void longEnd(long offset, long bytes) {
    long place = out.position();
    ByteBuffer end = record(56);
    end.putInt(ZipItem.LONG_END).putLong(44);
    end.putShort((short) LONG_VERSION).putShort((short) LONG_VERSION).putLong(0);
    end.putLong(items.size()).putLong(items.size()).putLong(bytes).putLong(offset);
    out.write(end.flip());
    ByteBuffer locator = record(20);
    locator.putInt(ZipItem.LONG_END_LOCATOR).putInt(0).putLong(place).putInt(1);
    out.write(locator.flip());
  }
}
