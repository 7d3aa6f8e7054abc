// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.internal.keys;

import dev.ringfold.CorruptJournalException;
import dev.ringfold.StoreAccessException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Reads the blocks of one key file and checks the CRC of each. Thread-safe; opens the operating
 * system's file on demand.
 */
final class KeyFileBlocks implements AutoCloseable {
  /*
   * RandomAccessFile and not FileChannel: look-ups run on users' threads, and an interrupt would
   * close the channel under all of them.
   */

  private final Path path;
  private final KeyFileHeader header;
  private final int headerCrc;
  private @Nullable RandomAccessFile open;
  private boolean closed;

  private KeyFileBlocks(Path path, KeyFileHeader header, RandomAccessFile open) {
    this.path = path;
    this.header = header;
    this.headerCrc = header.crc();
    this.open = open;
  }

  /** Opens a file and checks its header and length; see {@link KeyFile#open}. */
  static KeyFileBlocks open(Path path) {
    RandomAccessFile file = null;
    try {
      file = new RandomAccessFile(path.toFile(), "r");
      KeyFileBlocks blocks = new KeyFileBlocks(path, readHeader(path, file), file);
      file = null;
      return blocks;
    } catch (IOException e) {
      throw cannotRead(path, e);
    } finally {
      close(file);
    }
  }

  Path path() {
    return path;
  }

  KeyFileHeader header() {
    return header;
  }

  /** Lets go of the operating system's file until the next read. */
  synchronized void release() {
    close(open);
    open = null;
  }

  /** Closes the file; reads fail from now on. */
  @Override
  public synchronized void close() {
    closed = true;
    release();
  }

  /** All filter blocks, checked. */
  ByteBuffer filter() {
    ByteBuffer bytes = read(filterOffset(0), header.filterBlocks() * KeyFileFormat.BLOCK_LENGTH);
    for (int block = 0; block < header.filterBlocks(); block++) {
      int offset = block * KeyFileFormat.BLOCK_LENGTH;
      check(bytes, offset, KeyFileFormat.BLOCK_LENGTH, block, filterOffset(block));
    }
    return bytes;
  }

  /** One filter block, checked. */
  ByteBuffer filterBlock(int block) {
    ByteBuffer bytes = read(filterOffset(block), KeyFileFormat.BLOCK_LENGTH);
    check(bytes, 0, KeyFileFormat.BLOCK_LENGTH, block, filterOffset(block));
    return bytes;
  }

  /** One page of entries, checked. */
  ByteBuffer page(int page) {
    ByteBuffer bytes = read(pageOffset(page), KeyFileFormat.PAGE_LENGTH);
    int number = header.filterBlocks() + page;
    check(bytes, 0, KeyFileFormat.PAGE_LENGTH, number, pageOffset(page));
    return bytes;
  }

  private void check(ByteBuffer bytes, int offset, int length, int number, long fileOffset) {
    int expected = KeyFileFormat.blockCrc(headerCrc, number, bytes, offset, length);
    int found = bytes.getInt(offset + length - Integer.BYTES);
    if (expected != found) {
      throw new CorruptJournalException(
          path,
          fileOffset,
          header.firstSequence(),
          KeyFileHeader.hex("expected CRC of " + length + " bytes", expected, found),
          KeyFileHeader.REMEDY);
    }
  }

  /** Entries in a page: the last one may hold fewer than the others. */
  int entriesIn(int page) {
    return Math.min(KeyFileFormat.PAGE_ENTRIES, header.count() - page * KeyFileFormat.PAGE_ENTRIES);
  }

  private static long filterOffset(int block) {
    return KeyFileFormat.HEADER_LENGTH + (long) block * KeyFileFormat.BLOCK_LENGTH;
  }

  /** Where a page begins in the file. */
  long pageOffset(int page) {
    return filterOffset(header.filterBlocks()) + (long) page * KeyFileFormat.PAGE_LENGTH;
  }

  private synchronized ByteBuffer read(long offset, int length) {
    if (closed) {
      throw new IllegalStateException("key file " + path + " is closed");
    }
    try {
      RandomAccessFile file = open;
      if (file == null) {
        file = reopen();
      }
      byte[] bytes = new byte[length];
      file.seek(offset);
      file.readFully(bytes);
      return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    } catch (IOException e) {
      throw cannotRead(path, e);
    }
  }

  private RandomAccessFile reopen() throws IOException {
    RandomAccessFile file = new RandomAccessFile(path.toFile(), "r");
    open = file;
    int found = readHeader(path, file).crc();
    if (found != headerCrc) {
      throw KeyFileHeader.damaged(
          path,
          KeyFileFormat.CRC_OFFSET,
          KeyFileHeader.hex("replaced while in use: expected header CRC", headerCrc, found));
    }
    return file;
  }

  private static KeyFileHeader readHeader(Path path, RandomAccessFile file) throws IOException {
    long length = file.length();
    if (length < KeyFileFormat.HEADER_LENGTH) {
      throw KeyFileHeader.damaged(
          path,
          length,
          "expected at least " + KeyFileFormat.HEADER_LENGTH + " bytes, found " + length);
    }
    byte[] bytes = new byte[KeyFileFormat.HEADER_LENGTH];
    file.seek(0);
    file.readFully(bytes);
    return KeyFileHeader.decode(
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN), path, length);
  }

  private static StoreAccessException cannotRead(Path path, IOException cause) {
    return new StoreAccessException(
        "Cannot read key file "
            + path
            + ": "
            + cause
            + ". Check that it exists, is readable, and"
            + " that the disk reports no errors.",
        cause);
  }

  private static void close(@Nullable RandomAccessFile file) {
    if (file == null) {
      return;
    }
    try {
      file.close();
    } catch (IOException e) {
      // Only read from: there is nothing that closing could lose.
      throw new StoreAccessException("Cannot close a key file: " + e.getMessage(), e);
    }
  }
}
