// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.internal.keys;

import dev.ringfold.StoreAccessException;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;

/** Writes one key file in the layout of {@link KeyFileFormat}: complete under its name, or not. */
final class KeyFileWriter {
  private final KeyFileHeader header;
  private final KeyEntries entries;
  private final int[] order;
  private final int headerCrc;
  private int nextBlock;

  private KeyFileWriter(KeyFileHeader header, KeyEntries entries, int[] order) {
    this.header = header;
    this.entries = entries;
    this.order = order;
    this.headerCrc = KeyFileFormat.headerCrc(header.encode());
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
    int[] order = distinct(content, entries);
    KeyFileHeader header =
        new KeyFileHeader(
            content,
            order.length,
            storeId,
            segment,
            firstSequence,
            endSequence,
            KeyFileFormat.filterBlocks(order.length));
    KeyFileWriter writer = new KeyFileWriter(header, entries, order);
    Path temporary = tmpDirectory.resolve("keys-" + content.code() + "-" + segment + ".tmp");
    try {
      Files.deleteIfExists(temporary);
      Files.createFile(
          temporary,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      try (FileOutputStream out = new FileOutputStream(temporary.toFile())) {
        writer.writeTo(out);
        out.getFD().sync();
      }
      Files.move(
          temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      forceDirectory(file);
    } catch (IOException e) {
      throw new StoreAccessException(
          "Cannot write the keys of segment " + segment + " to " + file + ": " + e.getMessage(), e);
    }
  }

  private void writeTo(FileOutputStream out) throws IOException {
    out.write(header.encode().array());
    ByteBuffer filter = filter();
    for (int offset = 0; offset < filter.capacity(); offset += KeyFileFormat.BLOCK_LENGTH) {
      seal(filter, offset, KeyFileFormat.BLOCK_LENGTH);
    }
    out.write(filter.array());
    for (int first = 0; first < order.length; first += KeyFileFormat.PAGE_ENTRIES) {
      out.write(page(first).array());
    }
  }

  private ByteBuffer filter() {
    ByteBuffer filter =
        ByteBuffer.allocate(header.filterBlocks() * KeyFileFormat.BLOCK_LENGTH)
            .order(ByteOrder.LITTLE_ENDIAN);
    for (int number : order) {
      KeyEntry entry = entries.entry(number);
      long hash = KeyFileFormat.filterHash(entry.hi(), entry.lo(), entry.type());
      int block = KeyFileFormat.filterBlock(hash, header.filterBlocks());
      KeyFileFormat.setFilterBits(filter, block * KeyFileFormat.BLOCK_LENGTH, hash);
    }
    return filter;
  }

  private ByteBuffer page(int first) {
    ByteBuffer page =
        ByteBuffer.allocate(KeyFileFormat.PAGE_LENGTH).order(ByteOrder.LITTLE_ENDIAN);
    int end = Math.min(order.length, first + KeyFileFormat.PAGE_ENTRIES);
    for (int i = first; i < end; i++) {
      KeyFileFormat.putEntry(
          page, (i - first) * KeyFileFormat.ENTRY_LENGTH, entries.entry(order[i]));
    }
    seal(page, 0, KeyFileFormat.PAGE_LENGTH);
    return page;
  }

  private void seal(ByteBuffer buffer, int offset, int length) {
    int crc = KeyFileFormat.blockCrc(headerCrc, nextBlock, buffer, offset, length);
    buffer.putInt(offset + length - Integer.BYTES, crc);
    nextBlock++;
  }

  /** Sorted entry numbers without repeats: the first event of a key, the last one of a pair. */
  private static int[] distinct(KeyFile.Content content, KeyEntries entries) {
    int[] order = entries.byKey();
    int[] kept = new int[order.length];
    int count = 0;
    for (int number : order) {
      boolean repeat =
          count > 0
              && KeyFileFormat.ORDER.compare(
                      entries.entry(kept[count - 1]), entries.entry(number))
                  == 0;
      if (!repeat) {
        kept[count++] = number;
      } else if (content == KeyFile.Content.CONDITIONS) {
        kept[count - 1] = number;
      }
    }
    return Arrays.copyOf(kept, count);
  }

  private static void forceDirectory(Path file) throws IOException {
    Path directory = file.toAbsolutePath().getParent();
    if (directory != null) {
      try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
        channel.force(true);
      }
    }
  }
}
