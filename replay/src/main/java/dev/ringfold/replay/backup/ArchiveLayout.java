// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.backup;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * The bytes of an archive besides its files: a ZIP of stored (not compressed) files, of which every
 * byte follows from the names, lengths and CRC-32s, so that a changed one is seen. Always with
 * ZIP's 64-bit fields and without times. Little-endian.
 *
 * <pre>
 * for each file    local header, 50 bytes + name:
 *                    0x04034b50, 45 u16, 0 u16, 0 u16 (stored), 0 u16, 0x21 u16 (1980-01-01),
 *                    CRC-32 u32, -1 u32, -1 u32, name length u16, 20 u16, name,
 *                    1 u16, 16 u16, length u64, length u64
 *                  the file's bytes
 * for each file    central header, 74 bytes + name:
 *                    0x02014b50, 45 u16, 45 u16, 0 u16, 0 u16, 0 u16, 0x21 u16, CRC-32 u32,
 *                    -1 u32, -1 u32, name length u16, 28 u16, 0 u16, 0 u16, 0 u16, 0 u32, -1 u32,
 *                    name, 1 u16, 24 u16, length u64, length u64, offset of the local header u64
 * end              0x06064b50, 44 u64, 45 u16, 45 u16, 0 u32, 0 u32, files u64, files u64,
 *                    bytes of the central headers u64, offset of the first u64
 *                  0x07064b50, 0 u32, offset of the end u64, 1 u32
 *                  0x06054b50, 0 u16, 0 u16, -1 u16, -1 u16, -1 u32, -1 u32, 0 u16
 * </pre>
 */
final class ArchiveLayout {
  /** Bytes behind the central headers. */
  static final int END_LENGTH = 56 + 20 + 22;

  /** Most bytes of a name. */
  static final int MAX_NAME = 100;

  static final int CENTRAL_LENGTH = 74;
  private static final int LOCAL_LENGTH = 50;
  private static final int VERSION = 45;
  private static final int DATE = 0x21;

  /**
   * A file in the archive.
   *
   * @param offset of its local header
   */
  record Entry(String name, long bytes, int crc, long offset) {
    long dataOffset() {
      return offset + LOCAL_LENGTH + name.length();
    }

    long end() {
      return dataOffset() + bytes;
    }
  }

  private ArchiveLayout() {}

  static int localLength(String name) {
    return LOCAL_LENGTH + name.length();
  }

  static byte[] local(Entry entry) {
    byte[] bytes = new byte[localLength(entry.name())];
    ByteBuffer out = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    out.putInt(0x04034b50).putShort((short) VERSION).putShort((short) 0).putShort((short) 0);
    out.putShort((short) 0).putShort((short) DATE).putInt(entry.crc()).putInt(-1).putInt(-1);
    out.putShort((short) entry.name().length()).putShort((short) 20).put(ascii(entry.name()));
    out.putShort((short) 1).putShort((short) 16).putLong(entry.bytes()).putLong(entry.bytes());
    return bytes;
  }

  /** Everything behind the last file. */
  static byte[] tail(List<Entry> entries) {
    int central = entries.stream().mapToInt(e -> CENTRAL_LENGTH + e.name().length()).sum();
    long offset = entries.isEmpty() ? 0 : entries.get(entries.size() - 1).end();
    byte[] bytes = new byte[central + END_LENGTH];
    ByteBuffer out = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    for (Entry entry : entries) {
      out.putInt(0x02014b50).putShort((short) VERSION).putShort((short) VERSION);
      out.putShort((short) 0).putShort((short) 0).putShort((short) 0).putShort((short) DATE);
      out.putInt(entry.crc()).putInt(-1).putInt(-1).putShort((short) entry.name().length());
      out.putShort((short) 28).putShort((short) 0).putShort((short) 0).putShort((short) 0);
      out.putInt(0).putInt(-1).put(ascii(entry.name())).putShort((short) 1).putShort((short) 24);
      out.putLong(entry.bytes()).putLong(entry.bytes()).putLong(entry.offset());
    }
    out.putInt(0x06064b50).putLong(44).putShort((short) VERSION).putShort((short) VERSION);
    out.putInt(0).putInt(0).putLong(entries.size()).putLong(entries.size());
    out.putLong(central).putLong(offset);
    out.putInt(0x07064b50).putInt(0).putLong(offset + central).putInt(1);
    out.putInt(0x06054b50).putShort((short) 0).putShort((short) 0).putShort((short) -1);
    out.putShort((short) -1).putInt(-1).putInt(-1).putShort((short) 0);
    return bytes;
  }

  /** Reads a central header at the buffer's position; its other bytes are compared afterwards. */
  static Entry central(ByteBuffer in) {
    int at = in.position();
    int crc = in.getInt(at + 16);
    int nameLength = in.getShort(at + 28) & 0xFFFF;
    if (nameLength == 0 || nameLength > MAX_NAME) {
      throw new IllegalArgumentException("a name of " + nameLength + " bytes");
    }
    byte[] name = new byte[nameLength];
    in.get(at + 46, name);
    int extra = at + 46 + nameLength + 4;
    long bytes = in.getLong(extra);
    long offset = in.getLong(extra + 16);
    in.position(at + CENTRAL_LENGTH + nameLength);
    if (bytes < 0 || offset < 0 || bytes > Long.MAX_VALUE - offset - nameLength - 1_000) {
      throw new IllegalArgumentException("a length of " + bytes + " at " + offset);
    }
    return new Entry(new String(name, StandardCharsets.US_ASCII), bytes, crc, offset);
  }

  private static byte[] ascii(String name) {
    return name.getBytes(StandardCharsets.US_ASCII);
  }
}
