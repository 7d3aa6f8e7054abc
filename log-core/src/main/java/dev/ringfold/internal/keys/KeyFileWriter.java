// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.internal.keys;

import dev.ringfold.internal.io.DurableFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;

/** Writes one key file in the layout of {@link KeyFileFormat}: complete under its name, or not. */
final class KeyFileWriter {
  /** Fault points {@code keys.tmpWritten} and {@code keys.renamed}. */
  private static final String FAULT_PREFIX = "keys";

  private final KeyFileHeader header;
  private final KeyEntries entries;
  private final int[] order;
  private final int headerCrc;
  private int nextBlock;

  private KeyFileWriter(KeyFileHeader header, KeyEntries entries, int[] order) {
    this.header = header;
    this.entries = entries;
    this.order = order;
    this.headerCrc = header.crc();
  }

  static void write(
      Path file,
      Path tmpDirectory,
      KeyFile.Content content,
      byte[] storeId,
      long segment,
      long firstSequence,
      long endSequence,
      KeyEntries entries) {
    int[] order = distinct(content, firstSequence, endSequence, entries);
    KeyFileHeader header =
        new KeyFileHeader(
            content,
            order.length,
            storeIdHex(storeId),
            segment,
            firstSequence,
            endSequence,
            KeyFileFormat.filterBlocks(order.length));
    KeyFileWriter writer = new KeyFileWriter(header, entries, order);
    try (DurableFile durable = DurableFile.create(file, tmpDirectory, FAULT_PREFIX)) {
      writer.writeTo(durable);
      durable.freeze();
    }
  }

  private void writeTo(DurableFile out) {
    out.append(header.encode());
    out.append(filter());
    for (int first = 0; first < order.length; first += KeyFileFormat.PAGE_ENTRIES) {
      out.append(page(first));
    }
  }

  private byte[] filter() {
    byte[] bytes = new byte[header.filterBlocks() * KeyFileFormat.BLOCK_LENGTH];
    ByteBuffer filter = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    for (int number : order) {
      KeyEntry entry = entries.entry(number);
      long hash = KeyFileFormat.filterHash(entry.hi(), entry.lo(), entry.type());
      int block = KeyFileFormat.filterBlock(hash, header.filterBlocks());
      KeyFileFormat.setFilterBits(filter, block * KeyFileFormat.BLOCK_LENGTH, hash);
    }
    for (int offset = 0; offset < bytes.length; offset += KeyFileFormat.BLOCK_LENGTH) {
      seal(filter, offset, KeyFileFormat.BLOCK_LENGTH);
    }
    return bytes;
  }

  private byte[] page(int first) {
    byte[] bytes = new byte[KeyFileFormat.PAGE_LENGTH];
    ByteBuffer page = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    int end = Math.min(order.length, first + KeyFileFormat.PAGE_ENTRIES);
    for (int i = first; i < end; i++) {
      KeyFileFormat.putEntry(
          page, (i - first) * KeyFileFormat.ENTRY_LENGTH, entries.entry(order[i]));
    }
    seal(page, 0, KeyFileFormat.PAGE_LENGTH);
    return bytes;
  }

  private void seal(ByteBuffer buffer, int offset, int length) {
    int crc = KeyFileFormat.blockCrc(headerCrc, nextBlock, buffer, offset, length);
    buffer.putInt(offset + length - Integer.BYTES, crc);
    nextBlock++;
  }

  /** Sorted entry numbers without repeats: the first event of a key, the last one of a pair. */
  static int[] distinct(
      KeyFile.Content content, long firstSequence, long endSequence, KeyEntries entries) {
    int[] order = entries.byKey();
    int[] kept = new int[order.length];
    int count = 0;
    for (int number : order) {
      requireInside(entries.entry(number), firstSequence, endSequence);
      boolean repeat =
          count > 0
              && KeyFileFormat.ORDER.compare(entries.entry(kept[count - 1]), entries.entry(number))
                  == 0;
      if (!repeat) {
        kept[count++] = number;
      } else if (content == KeyFile.Content.CONDITIONS) {
        kept[count - 1] = number;
      }
    }
    return Arrays.copyOf(kept, count);
  }

  private static void requireInside(KeyEntry entry, long firstSequence, long endSequence) {
    if (entry.sequence() < firstSequence || entry.sequence() >= endSequence) {
      throw new IllegalArgumentException(
          "key of sequence "
              + entry.sequence()
              + " is not of this segment: expected "
              + firstSequence
              + " up to, not including, "
              + endSequence);
    }
  }

  private static String storeIdHex(byte[] storeId) {
    if (storeId.length != KeyFileFormat.STORE_ID_LENGTH) {
      throw new IllegalArgumentException(
          "store id must be " + KeyFileFormat.STORE_ID_LENGTH + " bytes but was " + storeId.length);
    }
    return HexFormat.of().formatHex(storeId);
  }
}
