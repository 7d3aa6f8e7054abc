// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.blob;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Byte layout of a pack: many small blobs in one file, which is named by the SHA-256 of all its
 * bytes. Little-endian. Written front to back, never changed.
 *
 * <pre>
 * header, 32 bytes
 *      0    4 magic        "RFBP" (0x50424652 as a little-endian int)
 *      4    4 version      1
 *      8    8 logTime      nanoseconds since 1970 when the pack was begun
 *     16   12 reserved     0
 *     28    4 crc          CRC32C over [0, 28)
 *
 * entries
 *      the bytes of each blob, in the order they were put, each at the next multiple of 8; gaps 0
 *
 * index, at the next multiple of 8; count times 48 bytes, strictly ascending by id (unsigned)
 *      0   32 id           SHA-256 of the entry's bytes
 *     32    8 offset       of the entry's first byte, from the start of the file
 *     40    8 length       of the entry
 *
 * footer, the last 32 bytes of the file
 *      0    8 indexOffset
 *      8    8 entryBytes   sum of the lengths
 *     16    4 count
 *     20    4 indexCrc     CRC32C over the index
 *     24    4 crc          CRC32C over footer [0, 24)
 *     28    4 magic        "PBFR" (0x52464250 as a little-endian int)
 * </pre>
 *
 * <p>The checksums find damage in what locates an entry; its id finds damage in the entry; the
 * file's name finds damage anywhere, gaps included.
 */
final class PackFormat {
  static final int MAGIC = 0x50424652;
  static final int END_MAGIC = 0x52464250;
  static final int VERSION = 1;
  static final int HEADER_LENGTH = 32;
  static final int FOOTER_LENGTH = 32;
  static final int INDEX_ENTRY_LENGTH = 48;
  static final int ALIGNMENT = 8;

  /** Most entries of a pack: its index stays at 3 MiB. */
  static final int MAX_ENTRIES = 1 << 16;

  private static final int HEADER_CRC_OFFSET = 28;
  private static final int FOOTER_CRC_OFFSET = 24;

  /**
   * One blob in a pack.
   *
   * @param id its SHA-256
   * @param offset from the start of the file
   * @param length in bytes
   */
  record Entry(BlobId id, long offset, long length) {}

  private PackFormat() {}

  static long align(long offset) {
    return (offset + ALIGNMENT - 1) & -ALIGNMENT;
  }

  static ByteBuffer header(long logTimeNanos) {
    ByteBuffer header = littleEndian(HEADER_LENGTH);
    header.putInt(MAGIC).putInt(VERSION).putLong(logTimeNanos);
    header.putInt(HEADER_CRC_OFFSET, crc(header, 0, HEADER_CRC_OFFSET));
    return header.clear();
  }

  /** The index and the footer, ready to write at {@code indexOffset}. */
  static ByteBuffer indexAndFooter(List<Entry> sorted, long indexOffset) {
    int indexLength = sorted.size() * INDEX_ENTRY_LENGTH;
    ByteBuffer out = littleEndian(indexLength + FOOTER_LENGTH);
    long entryBytes = 0;
    for (Entry entry : sorted) {
      entry.id().writeTo(out);
      out.putLong(entry.offset()).putLong(entry.length());
      entryBytes += entry.length();
    }
    out.putLong(indexOffset).putLong(entryBytes).putInt(sorted.size());
    out.putInt(crc(out, 0, indexLength));
    out.putInt(crc(out, indexLength, FOOTER_CRC_OFFSET)).putInt(END_MAGIC);
    return out.flip();
  }

  /** Reads and checks header, footer and index; the entries' bytes are not read. */
  static List<Entry> readIndex(FileChannel channel, Path path) throws IOException {
    long length = channel.size();
    if (length < HEADER_LENGTH + FOOTER_LENGTH) {
      throw damaged(path, "length", "at least " + (HEADER_LENGTH + FOOTER_LENGTH), length);
    }
    checkHeader(read(channel, path, 0, HEADER_LENGTH), path);
    ByteBuffer footer = read(channel, path, length - FOOTER_LENGTH, FOOTER_LENGTH);
    int crc = crc(footer, 0, FOOTER_CRC_OFFSET);
    requireEqual(path, "footer magic", END_MAGIC, footer.getInt(FOOTER_LENGTH - 4));
    requireEqual(path, "footer CRC32C", footer.getInt(FOOTER_CRC_OFFSET), crc);
    long indexOffset = footer.getLong(0);
    int count = footer.getInt(16);
    if (count < 0 || count > MAX_ENTRIES) {
      throw damaged(path, "entry count", "0 to " + MAX_ENTRIES, count);
    }
    int indexLength = count * INDEX_ENTRY_LENGTH;
    if (indexOffset < HEADER_LENGTH || indexOffset != length - FOOTER_LENGTH - indexLength) {
      throw damaged(path, "index offset", "" + (length - FOOTER_LENGTH - indexLength), indexOffset);
    }
    ByteBuffer index = read(channel, path, indexOffset, indexLength);
    requireEqual(path, "index CRC32C", footer.getInt(20), crc(index, 0, indexLength));
    return entries(index, count, indexOffset, path);
  }

  private static List<Entry> entries(ByteBuffer index, int count, long indexOffset, Path path) {
    List<Entry> entries = new ArrayList<>(count);
    @Nullable Entry previous = null;
    for (int i = 0; i < count; i++) {
      Entry entry = new Entry(BlobId.readFrom(index), index.getLong(), index.getLong());
      if (entry.offset < HEADER_LENGTH
          || entry.offset > indexOffset
          || entry.length < 0
          || entry.length > indexOffset - entry.offset) {
        throw damaged(
            path, "range of entry " + i, "within [32, " + indexOffset + ")", entry.offset);
      }
      if (previous != null && previous.id.compareTo(entry.id) >= 0) {
        throw new CorruptBlobException(
            path, "order of entry " + i, "an id above " + previous.id, entry.id.hex());
      }
      entries.add(entry);
      previous = entry;
    }
    return entries;
  }

  private static void checkHeader(ByteBuffer header, Path path) {
    requireEqual(path, "magic", MAGIC, header.getInt(0));
    int crc = crc(header, 0, HEADER_CRC_OFFSET);
    requireEqual(path, "header CRC32C", header.getInt(HEADER_CRC_OFFSET), crc);
    requireEqual(path, "version", VERSION, header.getInt(4));
  }

  private static ByteBuffer read(FileChannel channel, Path path, long offset, int count)
      throws IOException {
    ByteBuffer target = littleEndian(count);
    while (target.hasRemaining()) {
      if (channel.read(target, offset + target.position()) < 0) {
        throw damaged(path, "length", "at least " + (offset + count), channel.size());
      }
    }
    return target.flip();
  }

  private static int crc(ByteBuffer bytes, int from, int count) {
    CRC32C crc = new CRC32C();
    crc.update(bytes.array(), bytes.arrayOffset() + from, count);
    return (int) crc.getValue();
  }

  private static ByteBuffer littleEndian(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static void requireEqual(Path path, String what, int expected, int found) {
    if (expected != found) {
      throw new CorruptBlobException(
          path, what, Integer.toHexString(expected), Integer.toHexString(found));
    }
  }

  private static CorruptBlobException damaged(Path path, String what, String expected, long found) {
    return new CorruptBlobException(path, what, expected, Long.toString(found));
  }
}
