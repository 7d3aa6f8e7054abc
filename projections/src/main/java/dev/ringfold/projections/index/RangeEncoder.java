// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.projections.index;

import dev.ringfold.LogNames;
import dev.ringfold.event.StreamKey;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of a file {@code index-<20 digits>.rfi}, named by the first sequence of its range.
 * Little-endian; offsets count from the file's begin; a place is a sequence less the first one.
 *
 * <pre>
 * offset size field
 *      0    8 magic        "RFINDX1\n"
 *      8    4 version      of the projection, 1
 *     12    1 rangeShift   the range is 2^rangeShift sequences
 *     13    1 blockShift   a block is 2^blockShift sequences
 *     14    2 flags        bit 0: there were too many tags, none is listed
 *     16    8 first        sequence, a multiple of the range
 *     24    8 begin        first sequence that was seen; below it the file knows nothing
 *     32    8 last         last sequence that was seen: the projection's position
 *     40    4 frameCrc     CRC32C of the frame that holds it
 *     44    4 types        entries of the table of types
 *     48    4 streams      entries of the table of streams
 *     52    4 tags         entries of the table of tags
 *     56    4 unknown      runs of places from begin to last whose events are not known
 *     60    4 reserved     0
 *     64    . times        for each block: earliest and latest log time i64 (MAX and MIN: no event)
 *      .    . types        typeId u32, events u32, list u32: ascending
 *      .    . streams      streamId u32, events u32, list u32, key u32: ascending
 *      .    . tags         hash high i64, hash low i64, events u32, list u32: ascending by the high
 *                          half without its lowest 20 bits
 *      .    . unknown      first place u32, last place u32
 *      .    . lists, keys  where the tables say
 *    end-4  4 crc          CRC32C of all bytes before it
 * </pre>
 *
 * <p>A list of at most 2^blockShift events is a byte 0 and for each event a variable-length number
 * (7 bits a byte, lowest first, bit 7: more follow): the first place, then each difference. A
 * longer one is a byte 1 and a bit for each block that holds such an event, lowest bit first. A key
 * is name, space, actor and device of the stream, each a length u16 and UTF-8.
 *
 * <p>The bytes follow from the events alone. One thread.
 */
final class RangeEncoder {
  static final byte[] MAGIC = {'R', 'F', 'I', 'N', 'D', 'X', '1', '\n'};
  static final int VERSION = 1;
  static final int HEADER_LENGTH = 64;
  static final int TIME_LENGTH = 2 * Long.BYTES;
  static final int TYPE_LENGTH = 3 * Integer.BYTES;
  static final int STREAM_LENGTH = 4 * Integer.BYTES;
  static final int TAG_LENGTH = 2 * Long.BYTES + 2 * Integer.BYTES;
  static final int UNKNOWN_LENGTH = 2 * Integer.BYTES;
  static final int FLAG_NO_TAGS = 1;
  static final int LIST = 0;
  static final int BLOCKS = 1;

  /** Bits of a hash's high half by which tags are in order; the others number tags meanwhile. */
  static final int TAG_ORDER_BITS = 20;

  private final Bytes tables = new Bytes();
  private final Bytes bodies = new Bytes();
  private int bodiesAt;

  /** The file of a draft that holds at least one event. */
  byte[] encode(RangeDraft draft, LogNames names) {
    tables.clear();
    bodies.clear();
    Grouping types = draft.byType();
    Grouping streams = draft.byStream();
    TagEntries tags = draft.tags();
    int tagCount = tags.isOverflown() ? 0 : tags.count();
    int unknown = unknown(draft, null);
    bodiesAt =
        HEADER_LENGTH
            + draft.grain().blocks() * TIME_LENGTH
            + types.used() * TYPE_LENGTH
            + streams.used() * STREAM_LENGTH
            + tagCount * TAG_LENGTH
            + unknown * UNKNOWN_LENGTH;
    header(draft, tags.isOverflown());
    tables.putInt(types.used());
    tables.putInt(streams.used());
    tables.putInt(tagCount);
    tables.putInt(unknown);
    tables.putInt(0);
    times(draft);
    types(types, draft.grain());
    streams(streams, draft.grain(), names);
    if (tagCount > 0) {
      tags(tags, draft.grain());
    }
    unknown(draft, tables);
    return finished();
  }

  private byte[] finished() {
    if (tables.length() != bodiesAt) {
      throw new AssertionError("tables of " + bodiesAt + " bytes have " + tables.length());
    }
    tables.put(bodies);
    byte[] content = tables.toArray();
    CRC32C crc = new CRC32C();
    crc.update(content);
    tables.putInt((int) crc.getValue());
    return tables.toArray();
  }

  private void header(RangeDraft draft, boolean noTags) {
    tables.put(MAGIC);
    tables.putInt(VERSION);
    tables.putByte(draft.grain().rangeShift());
    tables.putByte(draft.grain().blockShift());
    tables.putShort(noTags ? FLAG_NO_TAGS : 0);
    tables.putLong(draft.first());
    tables.putLong(draft.first() + draft.begin());
    tables.putLong(draft.first() + draft.lastSeen());
    tables.putInt(draft.lastCrc());
  }

  private void times(RangeDraft draft) {
    for (int block = 0; block < draft.grain().blocks(); block++) {
      tables.putLong(draft.blockBegin(block));
      tables.putLong(draft.blockEnd(block));
    }
  }

  private void types(Grouping types, Grain grain) {
    for (int type = 0; type < types.groups(); type++) {
      if (types.size(type) > 0) {
        tables.putInt(type);
        list(types, type, grain);
      }
    }
  }

  private void streams(Grouping streams, Grain grain, LogNames names) {
    for (int stream = 0; stream < streams.groups(); stream++) {
      if (streams.size(stream) > 0) {
        tables.putInt(stream);
        list(streams, stream, grain);
        tables.putInt(bodiesAt + bodies.length());
        key(names.stream(stream).key());
      }
    }
  }

  private void key(StreamKey key) {
    text(key.name());
    text(key.space());
    text(key.actor());
    text(key.device());
  }

  private void text(String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    bodies.putShort(utf8.length);
    bodies.put(utf8);
  }

  private void tags(TagEntries tags, Grain grain) {
    Grouping places = tags.group();
    long low = (1L << TAG_ORDER_BITS) - 1;
    long[] order = new long[tags.count()];
    for (int tag = 0; tag < order.length; tag++) {
      order[tag] = (tags.high(tag) & ~low) | tag;
    }
    Arrays.sort(order);
    for (long ordered : order) {
      int tag = (int) (ordered & low);
      tables.putLong(tags.high(tag));
      tables.putLong(tags.low(tag));
      list(places, tag, grain);
    }
  }

  /** Puts the number of events and the list's offset into the table, and the list elsewhere. */
  private void list(Grouping places, int group, Grain grain) {
    int from = places.starts()[group];
    int to = places.starts()[group + 1];
    tables.putInt(to - from);
    tables.putInt(bodiesAt + bodies.length());
    if (to - from <= grain.listed()) {
      bodies.putByte(LIST);
      int previous = 0;
      for (int i = from; i < to; i++) {
        bodies.putVarint(places.places()[i] - previous);
        previous = places.places()[i];
      }
      return;
    }
    bodies.putByte(BLOCKS);
    byte[] bits = new byte[(grain.blocks() + Byte.SIZE - 1) / Byte.SIZE];
    for (int i = from; i < to; i++) {
      int block = places.places()[i] >>> grain.blockShift();
      bits[block >>> 3] |= (byte) (1 << (block & 7));
    }
    bodies.put(bits);
  }

  /** Runs of places without a known event; written when there is a target. */
  private static int unknown(RangeDraft draft, @Nullable Bytes target) {
    int runs = 0;
    int[] types = draft.types();
    for (int place = draft.begin(); place <= draft.lastSeen(); place++) {
      if (types[place] == RangeDraft.NOTHING) {
        int last = place;
        while (last < draft.lastSeen() && types[last + 1] == RangeDraft.NOTHING) {
          last++;
        }
        runs++;
        if (target != null) {
          target.putInt(place);
          target.putInt(last);
        }
        place = last;
      }
    }
    return runs;
  }
}
