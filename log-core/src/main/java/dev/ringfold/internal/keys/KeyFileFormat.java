// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.internal.keys;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Comparator;
import java.util.zip.CRC32C;

/**
 * Byte layout of a key file. Little-endian.
 *
 * <pre>
 * header, 64 bytes
 *      0    4 magic         "RFKY" (0x594B4652 as a little-endian int)
 *      4    4 version       1
 *      8    4 content       1 idempotency keys, 2 condition pairs
 *     12    4 count         entries
 *     16   16 storeId
 *     32    8 segment
 *     40    8 firstSequence every key of the sequences [firstSequence, endSequence) is in the file
 *     48    8 endSequence
 *     56    4 filterBlocks  0 when there are no entries
 *     60    4 crc           CRC32C of bytes [0, 60)
 *
 * filterBlocks filter blocks, 64 bytes each: a Bloom filter, all bits of a key in one block
 *      0   60 bits          bit b is bit b % 8 of byte b / 8
 *     60    4 crc
 *
 * entry pages, 4096 bytes each; the last one is filled up with zeros
 *      0 4080 85 entries, sorted: hi unsigned, then lo unsigned, then type
 *   4080   12 zero
 *   4092    4 crc
 *
 * entry, 48 bytes: hi i64, lo i64, payloadHash i64, sequence i64, logTime i64, count i32, type i32
 * </pre>
 *
 * The CRC of a block is CRC32C over the header's CRC, the block's number (filter blocks and pages
 * counted together from 0) and the block's bytes before the CRC: every byte of the file is covered,
 * a block read from another place or file does not pass, and a look-up checks exactly what it
 * reads.
 *
 * <p>The filter: {@code h = mix(hi + mix(lo + mix(type)))}; block {@code (h >>> 32) * filterBlocks
 * >>> 32}; seven bits, the i-th {@code (mix(h) >>> 9 * i & 511) * 480 >>> 9}. {@code mix} is the
 * finalizer of SplittableRandom ("Stafford variant 13").
 */
final class KeyFileFormat {
  static final int MAGIC = 0x594B4652;
  static final int VERSION = 1;
  static final int HEADER_LENGTH = 64;
  static final int BLOCK_LENGTH = 64;
  static final int PAGE_LENGTH = 4096;
  static final int ENTRY_LENGTH = 48;
  static final int PAGE_ENTRIES = 85;
  static final int STORE_ID_LENGTH = 16;

  static final int VERSION_OFFSET = 4;
  static final int CONTENT_OFFSET = 8;
  static final int COUNT_OFFSET = 12;
  static final int STORE_ID_OFFSET = 16;
  static final int SEGMENT_OFFSET = 32;
  static final int FIRST_SEQUENCE_OFFSET = 40;
  static final int END_SEQUENCE_OFFSET = 48;
  static final int FILTER_BLOCKS_OFFSET = 56;
  static final int CRC_OFFSET = 60;

  /** The order of entries in the file. */
  static final Comparator<KeyEntry> ORDER =
      (a, b) -> compare(a.hi(), a.lo(), a.type(), b.hi(), b.lo(), b.type());

  private static final int BLOCK_BITS = (BLOCK_LENGTH - Integer.BYTES) * Byte.SIZE;

  /** Lets about one absent key in a thousand through; each costs a search in the file. */
  private static final int BITS_PER_KEY = 16;

  private static final int PROBES = 7;
  private static final int PROBE_BITS = 9;
  private static final int PROBE_MASK = (1 << PROBE_BITS) - 1;

  private KeyFileFormat() {}

  static int compare(long hiA, long loA, int typeA, long hiB, long loB, int typeB) {
    int order = Long.compareUnsigned(hiA, hiB);
    if (order == 0) {
      order = Long.compareUnsigned(loA, loB);
    }
    return order == 0 ? Integer.compare(typeA, typeB) : order;
  }

  static int filterBlocks(int count) {
    return (int) (((long) count * BITS_PER_KEY + BLOCK_BITS - 1) / BLOCK_BITS);
  }

  static int pages(int count) {
    return (count + PAGE_ENTRIES - 1) / PAGE_ENTRIES;
  }

  static long fileLength(int count, int filterBlocks) {
    return HEADER_LENGTH + (long) filterBlocks * BLOCK_LENGTH + (long) pages(count) * PAGE_LENGTH;
  }

  static long filterHash(long hi, long lo, int type) {
    return mix(hi + mix(lo + mix(type)));
  }

  static int filterBlock(long filterHash, int filterBlocks) {
    return (int) (((filterHash >>> 32) * filterBlocks) >>> 32);
  }

  /** Sets the bits of a key in the filter block that begins at the offset. */
  static void setFilterBits(ByteBuffer filter, int offset, long filterHash) {
    long probes = mix(filterHash);
    for (int i = 0; i < PROBES; i++) {
      int bit = bit(probes, i);
      int at = offset + (bit >>> 3);
      filter.put(at, (byte) (filter.get(at) | (1 << (bit & 7))));
    }
  }

  /** Whether all bits of a key are set in the filter block that begins at the offset. */
  static boolean hasFilterBits(ByteBuffer filter, int offset, long filterHash) {
    long probes = mix(filterHash);
    for (int i = 0; i < PROBES; i++) {
      int bit = bit(probes, i);
      if ((filter.get(offset + (bit >>> 3)) & (1 << (bit & 7))) == 0) {
        return false;
      }
    }
    return true;
  }

  static void putEntry(ByteBuffer page, int offset, KeyEntry entry) {
    page.putLong(offset, entry.hi());
    page.putLong(offset + 8, entry.lo());
    page.putLong(offset + 16, entry.payloadHash());
    page.putLong(offset + 24, entry.sequence());
    page.putLong(offset + 32, entry.logTime());
    page.putInt(offset + 40, entry.count());
    page.putInt(offset + 44, entry.type());
  }

  static KeyEntry entry(ByteBuffer page, int offset) {
    return new KeyEntry(
        page.getLong(offset),
        page.getLong(offset + 8),
        page.getInt(offset + 44),
        page.getLong(offset + 16),
        page.getLong(offset + 24),
        page.getInt(offset + 40),
        page.getLong(offset + 32));
  }

  /** CRC of a header: its first 60 bytes. */
  static int headerCrc(ByteBuffer header) {
    CRC32C crc = new CRC32C();
    crc.update(header.slice(0, CRC_OFFSET));
    return (int) crc.getValue();
  }

  /** CRC of a block or page: everything before its last four bytes. */
  static int blockCrc(int headerCrc, int number, ByteBuffer block, int offset, int length) {
    CRC32C crc = new CRC32C();
    ByteBuffer place =
        ByteBuffer.allocate(2 * Integer.BYTES)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putInt(headerCrc)
            .putInt(number);
    crc.update(place.flip());
    crc.update(block.slice(offset, length - Integer.BYTES));
    return (int) crc.getValue();
  }

  private static int bit(long probes, int i) {
    long probe = (probes >>> (PROBE_BITS * i)) & PROBE_MASK;
    return (int) ((probe * BLOCK_BITS) >>> PROBE_BITS);
  }

  private static long mix(long value) {
    long z = (value ^ (value >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
