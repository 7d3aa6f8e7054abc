// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.format;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Reads the directory of a zip archive and distrusts all of it: entries may not lie one in another,
 * not outside the archive and not twice under one name, and the whole may not grow beyond the
 * limits, before a single byte is decompressed.
 */
final class ZipDirectory {
  private static final int END_BYTES = 22;
  private static final int LONG_END_BYTES = 56;
  private static final int LOCATOR_BYTES = 20;
  private static final int HEADER_BYTES = 46;
  private static final int MAX_COMMENT_BYTES = 0xFFFF;

  private final FormatFile file;
  private final FormatLimits limits;
  private long directoryOffset;
  private long directoryBytes;
  private long entries;
  private long endOffset;

  private ZipDirectory(FormatFile file, FormatLimits limits) {
    this.file = file;
    this.limits = limits;
  }

  /**
   * The entries, in the directory's order.
   *
   * @throws FormatException when it is no archive, a damaged or hostile one, or over a limit
   */
  static List<ZipItem> read(FormatFile file, FormatLimits limits) {
    ZipDirectory directory = new ZipDirectory(file, limits);
    directory.findEnd();
    List<ZipItem> items = directory.items();
    directory.checkPlaces(items);
    directory.checkSizes(items);
    return items;
  }

  private void findEnd() {
    int tail = (int) Math.min(file.size(), END_BYTES + MAX_COMMENT_BYTES);
    long tailOffset = file.size() - tail;
    ByteBuffer bytes = file.read(tailOffset, tail);
    for (int at = tail - END_BYTES; at >= 0; at--) {
      if (bytes.getInt(at) == ZipItem.END
          && Short.toUnsignedInt(bytes.getShort(at + 20)) == tail - END_BYTES - at) {
        end(tailOffset + at, bytes.slice(at, END_BYTES).order(bytes.order()));
        return;
      }
    }
    throw file.refusal(
        file.size(), "no end of a zip archive was found; it is cut off, or something else");
  }

  private void end(long offset, ByteBuffer end) {
    int disk = end.getShort(4) | end.getShort(6);
    entries = Short.toUnsignedInt(end.getShort(10));
    directoryBytes = Integer.toUnsignedLong(end.getInt(12));
    directoryOffset = Integer.toUnsignedLong(end.getInt(16));
    endOffset = offset;
    if (entries == ZipItem.COUNT_MARK
        || directoryBytes == ZipItem.LONG_MARK
        || directoryOffset == ZipItem.LONG_MARK) {
      longEnd(offset);
    } else if (disk != 0 || end.getShort(8) != end.getShort(10)) {
      throw file.refusal(offset, "the archive is in several parts");
    }
    if (entries > limits.maxEntries()) {
      throw file.refusal(
          offset,
          "the archive has "
              + entries
              + " entries, more than the "
              + limits.maxEntries()
              + " allowed (maxEntries)");
    }
    if (directoryBytes > limits.maxHeaderBytes()) {
      throw file.refusal(
          offset,
          "the archive's directory has "
              + directoryBytes
              + " bytes, more than the "
              + limits.maxHeaderBytes()
              + " allowed (maxHeaderBytes)");
    }
    if (directoryOffset < 0
        || directoryBytes < entries * HEADER_BYTES
        || directoryOffset != endOffset - directoryBytes) {
      throw file.refusal(
          offset,
          "the archive's directory should be "
              + directoryBytes
              + " bytes at offset "
              + directoryOffset
              + " with "
              + entries
              + " entries, which does not fit an end at "
              + endOffset);
    }
  }

  private void longEnd(long offset) {
    if (offset < LOCATOR_BYTES + LONG_END_BYTES) {
      throw file.refusal(offset, "the archive has no room for its long fields");
    }
    ByteBuffer locator = file.read(offset - LOCATOR_BYTES, LOCATOR_BYTES);
    long at = locator.getLong(8);
    if (locator.getInt(0) != ZipItem.LONG_END_LOCATOR
        || locator.getInt(4) != 0
        || locator.getInt(16) != 1
        || at < 0
        || at > offset - LOCATOR_BYTES - LONG_END_BYTES) {
      throw file.refusal(offset - LOCATOR_BYTES, "the archive's long fields are not found");
    }
    ByteBuffer end = file.read(at, LONG_END_BYTES);
    if (end.getInt(0) != ZipItem.LONG_END
        || end.getLong(4) != offset - LOCATOR_BYTES - at - 12
        || (end.getInt(16) | end.getInt(20)) != 0
        || end.getLong(24) != end.getLong(32)
        || end.getLong(32) < 0
        || end.getLong(40) < 0) {
      throw file.refusal(at, "the archive's long fields are damaged");
    }
    entries = end.getLong(32);
    directoryBytes = end.getLong(40);
    directoryOffset = end.getLong(48);
    endOffset = at;
  }

  private List<ZipItem> items() {
    ByteBuffer directory = file.read(directoryOffset, (int) directoryBytes);
    List<ZipItem> items = new ArrayList<>((int) entries);
    Set<String> names = new HashSet<>();
    for (int i = 0; i < entries; i++) {
      ZipItem item = item(directory);
      if (!names.add(item.name())) {
        throw file.refusal(
            directoryOffset + directory.position(), "two entries are called " + item.name());
      }
      items.add(item);
    }
    if (directory.hasRemaining()) {
      throw file.refusal(
          directoryOffset + directory.position(),
          directory.remaining() + " bytes of the archive's directory are left over");
    }
    return items;
  }

  private ZipItem item(ByteBuffer directory) {
    int at = directory.position();
    long place = directoryOffset + at;
    if (directory.remaining() < HEADER_BYTES || directory.getInt(at) != ZipItem.DIRECTORY_HEADER) {
      throw file.refusal(place, "expected an entry of the archive's directory");
    }
    int nameLength = Short.toUnsignedInt(directory.getShort(at + 28));
    int extraLength = Short.toUnsignedInt(directory.getShort(at + 30));
    int length =
        HEADER_BYTES + nameLength + extraLength + Short.toUnsignedInt(directory.getShort(at + 32));
    if (length > directory.remaining()) {
      throw file.refusal(place, "an entry of the archive's directory is longer than the directory");
    }
    ByteBuffer extra =
        directory.slice(at + HEADER_BYTES + nameLength, extraLength).order(directory.order());
    long bytes = Integer.toUnsignedLong(directory.getInt(at + 24));
    long stored = Integer.toUnsignedLong(directory.getInt(at + 20));
    long offset = Integer.toUnsignedLong(directory.getInt(at + 42));
    if (bytes == ZipItem.LONG_MARK || stored == ZipItem.LONG_MARK || offset == ZipItem.LONG_MARK) {
      ByteBuffer field = longField(extra, place);
      bytes = bytes == ZipItem.LONG_MARK ? longValue(field, place) : bytes;
      stored = stored == ZipItem.LONG_MARK ? longValue(field, place) : stored;
      offset = offset == ZipItem.LONG_MARK ? longValue(field, place) : offset;
    }
    byte[] name = new byte[nameLength];
    directory.get(at + HEADER_BYTES, name);
    int flags = directory.getShort(at + 8);
    int method = Short.toUnsignedInt(directory.getShort(at + 10));
    checkKind(flags, method, stored, bytes, place);
    directory.position(at + length);
    long data = dataOffset(offset, name, method, stored);
    return new ZipItem(
        new String(name, StandardCharsets.UTF_8),
        method == ZipItem.DEFLATED,
        directory.getInt(at + 16),
        stored,
        bytes,
        offset,
        data);
  }

  private void checkKind(int flags, int method, long stored, long bytes, long place) {
    if ((flags & ZipItem.FLAGS_ENCRYPTED) != 0) {
      throw file.refusal(place, "the entry is encrypted");
    }
    if (method != ZipItem.STORED && method != ZipItem.DEFLATED) {
      throw file.refusal(
          place, "the entry is compressed by method " + method + ", expected 0 or 8 (deflate)");
    }
    if (method == ZipItem.STORED && stored != bytes) {
      throw file.refusal(
          place,
          "the entry is not compressed but has " + bytes + " bytes, and " + stored + " stored");
    }
  }

  private ByteBuffer longField(ByteBuffer extra, long place) {
    while (extra.remaining() >= 4) {
      int id = Short.toUnsignedInt(extra.getShort());
      int length = Short.toUnsignedInt(extra.getShort());
      if (length > extra.remaining()) {
        break;
      }
      if (id == ZipItem.LONG_FIELD) {
        return extra.slice(extra.position(), length).order(extra.order());
      }
      extra.position(extra.position() + length);
    }
    throw file.refusal(place, "the entry's long sizes are missing");
  }

  private long longValue(ByteBuffer field, long place) {
    long value = field.remaining() < 8 ? -1 : field.getLong();
    if (value < 0) {
      throw file.refusal(place, "the entry's long sizes are damaged");
    }
    return value;
  }

  /** Where the bytes are, after the entry's other header, which has to say the same. */
  private long dataOffset(long offset, byte[] name, int method, long stored) {
    long most = directoryOffset - ZipItem.LOCAL_HEADER_BYTES - name.length;
    if (offset < 0 || offset > most) {
      throw file.refusal(offset, "an entry should begin here, outside the archive");
    }
    ByteBuffer local = file.read(offset, ZipItem.LOCAL_HEADER_BYTES + name.length);
    byte[] localName = new byte[name.length];
    local.get(ZipItem.LOCAL_HEADER_BYTES, localName);
    if (local.getInt(0) != ZipItem.LOCAL_HEADER
        || Short.toUnsignedInt(local.getShort(26)) != name.length
        || !java.util.Arrays.equals(name, localName)
        || Short.toUnsignedInt(local.getShort(8)) != method) {
      throw file.refusal(offset, "the entry's header does not agree with the archive's directory");
    }
    long data =
        offset + ZipItem.LOCAL_HEADER_BYTES + name.length + Short.toUnsignedInt(local.getShort(28));
    if (data > directoryOffset || stored > directoryOffset - data) {
      throw file.refusal(offset, "the entry's " + stored + " bytes end outside the archive");
    }
    return data;
  }

  private void checkPlaces(List<ZipItem> items) {
    List<ZipItem> sorted = new ArrayList<>(items);
    sorted.sort(Comparator.comparingLong(ZipItem::offset));
    long end = 0;
    for (ZipItem item : sorted) {
      if (item.offset() < end) {
        throw file.refusal(item.offset(), "the entry " + item.name() + " lies in another one");
      }
      end = item.dataOffset() + item.storedBytes();
    }
  }

  private void checkSizes(List<ZipItem> items) {
    long bytes = 0;
    long stored = 0;
    for (ZipItem item : items) {
      stored += item.storedBytes(); // They do not overlap, so no more than the file.
      if (item.bytes() > limits.maxTotalBytes() - bytes) {
        throw Elements.tooLarge(bytes + item.bytes(), limits, file.path().toString());
      }
      bytes += item.bytes();
    }
    if (bytes > FormatLimits.FREE_BYTES && bytes / limits.maxRatio() > stored) {
      throw file.refusal(
          directoryOffset,
          stored
              + " stored bytes should become "
              + bytes
              + ", more than "
              + limits.maxRatio()
              + " times as many (maxRatio)");
    }
  }
}
