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
 * All idempotency keys (or all condition pairs) of one sealed segment, in a file that is written once
 * and searched without loading it: a Bloom filter answers most look-ups for absent keys, a binary
 * search the rest. The layout is that of {@code KeyFileFormat}.
 *
 * <p>Opening checks the header and the length; every look-up checks the CRC of each block that it
 * reads; {@link #verify()} checks every byte. Thread-safe. The operating system's file is opened on
 * demand and may be let go of with {@link #release()} at any time.
 */
public final class KeyFile implements AutoCloseable {
  /*
   * RandomAccessFile and not FileChannel: look-ups run on users' threads, and an interrupt would
   * close the channel under all of them.
   */

  /** What the entries are. */
  public enum Content {
    /** Idempotency keys, each with its first sequence. */
    KEYS(1),
    /** Pairs of event type and tag, each with its newest sequence. */
    CONDITIONS(2);

    private final int code;

    Content(int code) {
      this.code = code;
    }

    int code() {
      return code;
    }

    static Content of(int code) {
      for (Content content : values()) {
        if (content.code == code) {
          return content;
        }
      }
      throw new IllegalArgumentException("expected content 1 or 2, found " + code);
    }
  }

  private final Path path;
  private final KeyFileHeader header;
  private final int headerCrc;
  private volatile @Nullable ByteBuffer filter;
  private @Nullable RandomAccessFile open;
  private boolean closed;

  private KeyFile(Path path, KeyFileHeader header, RandomAccessFile open) {
    this.path = path;
    this.header = header;
    this.headerCrc = header.crc();
    this.open = open;
  }

  /**
   * Writes a key file durably: temporary file, force, rename, force of the directory. Of entries
   * with the same key the first is kept, of the same pair the last.
   *
   * @param file where it shall be; replaced if it exists
   * @param tmpDirectory an existing directory on the same file system
   * @param storeId 16 bytes
   * @param firstSequence first sequence of the segment
   * @param endSequence the sequence after the segment's last; equal to the first when it is empty
   * @throws StoreAccessException when a file cannot be written
   */
  public static void write(
      Path file,
      Path tmpDirectory,
      Content content,
      byte[] storeId,
      long segment,
      long firstSequence,
      long endSequence,
      KeyEntries entries) {
    KeyFileWriter.write(
        file, tmpDirectory, content, storeId, segment, firstSequence, endSequence, entries);
  }

  /**
   * Opens a key file.
   *
   * @throws CorruptJournalException when the header or the length is wrong; names file and offset
   * @throws dev.ringfold.StoreTooNewException when a newer release wrote it
   * @throws StoreAccessException when it cannot be read
   */
  public static KeyFile open(Path path) {
    RandomAccessFile file = null;
    try {
      file = new RandomAccessFile(path.toFile(), "r");
      KeyFile keys = new KeyFile(path, readHeader(path, file), file);
      file = null;
      return keys;
    } catch (IOException e) {
      throw cannotRead(path, e);
    } finally {
      closeQuietly(file);
    }
  }

  /** What the entries are. */
  public Content content() {
    return header.content();
  }

  /** The segment whose keys these are. */
  public long segment() {
    return header.segment();
  }

  /** The store that wrote the file, as 32 hex digits. */
  public String storeIdHex() {
    return header.storeIdHex();
  }

  /** Every key of the sequences from this one up to {@link #endSequence()} is in the file. */
  public long firstSequence() {
    return header.firstSequence();
  }

  /** The sequence after the last one of the segment. */
  public long endSequence() {
    return header.endSequence();
  }

  /** Entries in the file. */
  public int count() {
    return header.count();
  }

  /** Where the file is. */
  public Path path() {
    return path;
  }

  /** The entry of an idempotency key, or null. */
  public @Nullable KeyEntry find(long hi, long lo) {
    return find(hi, lo, 0);
  }

  /**
   * The entry of a key or pair, or null when there is none.
   *
   * @param type 0 for an idempotency key, the event type for a condition pair
   * @throws CorruptJournalException when a block that had to be read is damaged
   * @throws StoreAccessException when the file cannot be read
   * @throws IllegalStateException after close
   */
  public @Nullable KeyEntry find(long hi, long lo, int type) {
    return mayHold(hi, lo, type) ? search(hi, lo, type) : null;
  }

  /** Reads every byte and checks it. */
  public void verify() {
    readAll();
  }

  /** Reads and checks the whole file and returns its entries. */
  public KeyEntries readAll() {
    readFilter();
    KeyEntries entries = new KeyEntries();
    KeyEntry last = null;
    for (int page = 0; page < KeyFileFormat.pages(count()); page++) {
      ByteBuffer bytes = readPage(page);
      for (int i = 0; i < entriesIn(page); i++) {
        KeyEntry entry = KeyFileFormat.entry(bytes, i * KeyFileFormat.ENTRY_LENGTH);
        if (last != null && KeyFileFormat.ORDER.compare(last, entry) >= 0) {
          throw KeyFileHeader.damaged(
              path, pageOffset(page), "entry " + i + " of page " + page + " is out of order");
        }
        entries.add(entry);
        last = entry;
      }
    }
    return entries;
  }

  /** Lets go of the operating system's file until the next look-up needs it. */
  public synchronized void release() {
    closeQuietly(open);
    open = null;
  }

  /** Closes the file; look-ups fail from now on. */
  @Override
  public synchronized void close() {
    closed = true;
    filter = null;
    release();
  }

  /** Whether the filter lets the key through: false means that it is certainly not here. */
  boolean mayHold(long hi, long lo, int type) {
    if (count() == 0) {
      return false;
    }
    long hash = KeyFileFormat.filterHash(hi, lo, type);
    int block = KeyFileFormat.filterBlock(hash, header.filterBlocks());
    ByteBuffer loaded = filter;
    if (loaded != null) {
      return KeyFileFormat.hasFilterBits(loaded, block * KeyFileFormat.BLOCK_LENGTH, hash);
    }
    ByteBuffer bytes = read(filterOffset(block), KeyFileFormat.BLOCK_LENGTH);
    check(bytes, 0, KeyFileFormat.BLOCK_LENGTH, block, filterOffset(block));
    return KeyFileFormat.hasFilterBits(bytes, 0, hash);
  }

  /** Keeps the filter in memory, so that most look-ups read nothing. */
  void loadFilter() {
    ByteBuffer bytes = readFilter();
    filter =
        ByteBuffer.allocateDirect(bytes.capacity()).order(ByteOrder.LITTLE_ENDIAN).put(bytes);
  }

  void dropFilter() {
    filter = null;
  }

  boolean filterLoaded() {
    return filter != null;
  }

  /** Bytes of the filter, loaded or not. */
  long filterBytes() {
    return (long) header.filterBlocks() * KeyFileFormat.BLOCK_LENGTH;
  }

  /** Binary search, first over pages, then within one. */
  @Nullable KeyEntry search(long hi, long lo, int type) {
    int low = 0;
    int high = KeyFileFormat.pages(count()) - 1;
    while (low <= high) {
      int page = (low + high) >>> 1;
      ByteBuffer bytes = readPage(page);
      int last = entriesIn(page) - 1;
      if (compare(bytes, 0, hi, lo, type) > 0) {
        high = page - 1;
      } else if (compare(bytes, last, hi, lo, type) < 0) {
        low = page + 1;
      } else {
        return searchPage(bytes, last, hi, lo, type);
      }
    }
    return null;
  }

  private static @Nullable KeyEntry searchPage(
      ByteBuffer page, int last, long hi, long lo, int type) {
    int low = 0;
    int high = last;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      int order = compare(page, middle, hi, lo, type);
      if (order == 0) {
        return KeyFileFormat.entry(page, middle * KeyFileFormat.ENTRY_LENGTH);
      }
      if (order < 0) {
        low = middle + 1;
      } else {
        high = middle - 1;
      }
    }
    return null;
  }

  private static int compare(ByteBuffer page, int number, long hi, long lo, int type) {
    int offset = number * KeyFileFormat.ENTRY_LENGTH;
    return KeyFileFormat.compare(
        page.getLong(offset), page.getLong(offset + 8), page.getInt(offset + 44), hi, lo, type);
  }

  private ByteBuffer readFilter() {
    ByteBuffer bytes = read(filterOffset(0), (int) filterBytes());
    for (int block = 0; block < header.filterBlocks(); block++) {
      int offset = block * KeyFileFormat.BLOCK_LENGTH;
      check(bytes, offset, KeyFileFormat.BLOCK_LENGTH, block, filterOffset(block));
    }
    return bytes;
  }

  private ByteBuffer readPage(int page) {
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
          firstSequence(),
          KeyFileHeader.hex("expected CRC of " + length + " bytes", expected, found),
          KeyFileHeader.REMEDY);
    }
  }

  private int entriesIn(int page) {
    return Math.min(KeyFileFormat.PAGE_ENTRIES, count() - page * KeyFileFormat.PAGE_ENTRIES);
  }

  private static long filterOffset(int block) {
    return KeyFileFormat.HEADER_LENGTH + (long) block * KeyFileFormat.BLOCK_LENGTH;
  }

  private long pageOffset(int page) {
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
        "Cannot read key file " + path + ": " + cause + ". Check that it exists, is readable, and"
            + " that the disk reports no errors.",
        cause);
  }

  private static void closeQuietly(@Nullable RandomAccessFile file) {
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
