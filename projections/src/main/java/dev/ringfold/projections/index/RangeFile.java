// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.projections.index;

import dev.ringfold.CorruptJournalException;
import dev.ringfold.projections.Position;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.zip.CRC32C;

/** One file of the index in memory, checked. Immutable; any thread. */
final class RangeFile {
  /** Most bytes of a file: the tags of a range are bounded, and so are all other tables. */
  private static final long MAX_BYTES = 256L << 20;

  private static final String REMEDY =
      "Delete it: the log is read instead, and the projection writes it again";

  private final ByteBuffer content;
  private final Grain grain;
  private final long first;
  private final long begin;
  private final Position position;
  private final int timesAt;
  private final int typesAt;
  private final int streamsAt;
  private final int tagsAt;
  private final int unknownAt;

  private RangeFile(ByteBuffer content) {
    this.content = content;
    this.grain = new Grain(content.get(12), content.get(13));
    this.first = content.getLong(16);
    this.begin = content.getLong(24);
    this.position = new Position(content.getLong(32), content.getInt(40));
    this.timesAt = RangeEncoder.HEADER_LENGTH;
    this.typesAt = timesAt + grain.blocks() * RangeEncoder.TIME_LENGTH;
    this.streamsAt = typesAt + types() * RangeEncoder.TYPE_LENGTH;
    this.tagsAt = streamsAt + streams() * RangeEncoder.STREAM_LENGTH;
    this.unknownAt = tagsAt + tags() * RangeEncoder.TAG_LENGTH;
  }

  /**
   * Reads a file.
   *
   * @throws CorruptJournalException when it is not what was written
   * @throws IOException when it cannot be read
   */
  static RangeFile read(Path file) throws IOException {
    if (Files.size(file) > MAX_BYTES) {
      throw damaged(file, "it has " + Files.size(file) + " bytes");
    }
    byte[] bytes = Files.readAllBytes(file);
    if (bytes.length < RangeEncoder.HEADER_LENGTH + Integer.BYTES
        || !Arrays.equals(
            bytes, 0, RangeEncoder.MAGIC.length, RangeEncoder.MAGIC, 0, RangeEncoder.MAGIC.length)) {
      throw damaged(file, "it does not begin as an index");
    }
    ByteBuffer content = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, bytes.length - Integer.BYTES);
    int stored = content.getInt(bytes.length - Integer.BYTES);
    if (stored != (int) crc.getValue()) {
      throw damaged(
          file,
          String.format(
              Locale.ROOT, "expected CRC32C %08x but found %08x", stored, crc.getValue()));
    }
    int version = content.getInt(8);
    if (version != RangeEncoder.VERSION) {
      throw damaged(file, "expected version " + RangeEncoder.VERSION + " but found " + version);
    }
    try {
      return new RangeFile(content);
    } catch (IllegalArgumentException e) {
      throw damaged(file, "its header is out of range: " + e.getMessage());
    }
  }

  private static CorruptJournalException damaged(Path file, String problem) {
    return new CorruptJournalException(file, -1, -1, problem, REMEDY);
  }

  Grain grain() {
    return grain;
  }

  /** First sequence of the range. */
  long first() {
    return first;
  }

  /** Where the projection stood when it was written. */
  Position position() {
    return position;
  }

  /**
   * Marks the places whose events may pass.
   *
   * @param bits a bit for each sequence of the range, all clear
   * @param other as many bits to work with
   */
  void mark(IndexQuery query, long[] bits, long[] other) {
    PlaceBits.set(bits, place(begin), place(position.sequence()));
    if (query.hasTimes()) {
      clearOtherTimes(query, bits);
    }
    if (!query.types().isEmpty()) {
      Arrays.fill(other, 0);
      for (int type : query.types()) {
        markType(type, other);
      }
      PlaceBits.and(bits, other);
    }
    if (query.hasStreams()) {
      Arrays.fill(other, 0);
      markStreams(query, other);
      PlaceBits.and(bits, other);
    }
    if ((content.getShort(14) & RangeEncoder.FLAG_NO_TAGS) == 0) {
      for (IndexQuery.TagHash tag : query.tags()) {
        Arrays.fill(other, 0);
        markTag(tag, other);
        PlaceBits.and(bits, other);
      }
    }
    markUnknown(bits);
  }

  private int place(long sequence) {
    return (int) (sequence - first);
  }

  private void clearOtherTimes(IndexQuery query, long[] bits) {
    for (int block = 0; block < grain.blocks(); block++) {
      int at = timesAt + block * RangeEncoder.TIME_LENGTH;
      if (content.getLong(at) > query.toTimeNanos()
          || content.getLong(at + Long.BYTES) < query.fromTimeNanos()) {
        PlaceBits.clear(bits, block << grain.blockShift(), lastOf(block));
      }
    }
  }

  private int lastOf(int block) {
    return ((block + 1) << grain.blockShift()) - 1;
  }

  private void markType(int type, long[] bits) {
    int low = 0;
    int high = types() - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      int at = typesAt + middle * RangeEncoder.TYPE_LENGTH;
      int found = content.getInt(at);
      if (found == type) {
        markList(at + Integer.BYTES, bits);
        return;
      }
      if (found < type) {
        low = middle + 1;
      } else {
        high = middle - 1;
      }
    }
  }

  private void markStreams(IndexQuery query, long[] bits) {
    for (int i = 0; i < streams(); i++) {
      int at = streamsAt + i * RangeEncoder.STREAM_LENGTH;
      int key = content.getInt(at + 3 * Integer.BYTES);
      int space = key + Short.BYTES + (content.getShort(key) & 0xFFFF);
      if (query.passesStream(textAt(key), textAt(space))) {
        markList(at + Integer.BYTES, bits);
      }
    }
  }

  private String textAt(int at) {
    byte[] utf8 = new byte[content.getShort(at) & 0xFFFF];
    content.get(at + Short.BYTES, utf8);
    return new String(utf8, StandardCharsets.UTF_8);
  }

  private void markTag(IndexQuery.TagHash tag, long[] bits) {
    int count = tags();
    long wanted = tag.high() >>> RangeEncoder.TAG_ORDER_BITS << RangeEncoder.TAG_ORDER_BITS;
    int low = 0;
    int high = count;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (orderAt(middle) < wanted) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    for (int i = low; i < count && orderAt(i) == wanted; i++) {
      int at = tagsAt + i * RangeEncoder.TAG_LENGTH;
      if (content.getLong(at) == tag.high() && content.getLong(at + Long.BYTES) == tag.low()) {
        markList(at + 2 * Long.BYTES, bits);
      }
    }
  }

  private long orderAt(int tag) {
    long high = content.getLong(tagsAt + tag * RangeEncoder.TAG_LENGTH);
    return high >>> RangeEncoder.TAG_ORDER_BITS << RangeEncoder.TAG_ORDER_BITS;
  }

  /** Marks a list, of which the table has number and offset here. */
  private void markList(int at, long[] bits) {
    int events = content.getInt(at);
    int list = content.getInt(at + Integer.BYTES);
    if (content.get(list++) == RangeEncoder.BLOCKS) {
      for (int block = 0; block < grain.blocks(); block++) {
        if ((content.get(list + (block >>> 3)) & (1 << (block & 7))) != 0) {
          PlaceBits.set(bits, block << grain.blockShift(), lastOf(block));
        }
      }
      return;
    }
    int place = 0;
    for (int i = 0; i < events; i++) {
      int difference = 0;
      int shift = 0;
      byte part;
      do {
        part = content.get(list++);
        difference |= (part & 0x7F) << shift;
        shift += 7;
      } while (part < 0);
      place += difference;
      PlaceBits.set(bits, place, place);
    }
  }

  /** What was not seen, or left out, may be anything. */
  private void markUnknown(long[] bits) {
    PlaceBits.set(bits, 0, place(begin) - 1);
    PlaceBits.set(bits, place(position.sequence()) + 1, grain.range() - 1);
    for (int i = 0; i < content.getInt(56); i++) {
      int at = unknownAt + i * RangeEncoder.UNKNOWN_LENGTH;
      PlaceBits.set(bits, content.getInt(at), content.getInt(at + Integer.BYTES));
    }
  }

  private int types() {
    return content.getInt(44);
  }

  private int streams() {
    return content.getInt(48);
  }

  private int tags() {
    return content.getInt(52);
  }
}
