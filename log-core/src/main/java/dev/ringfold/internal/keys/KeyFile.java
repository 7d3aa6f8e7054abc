// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.internal.keys;

import dev.ringfold.CorruptJournalException;
import dev.ringfold.StoreAccessException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * All idempotency keys (or all condition pairs) of one sealed segment, in a file that is written
 * once and searched without loading it: a Bloom filter answers most look-ups for absent keys, a
 * binary search the rest. The layout is that of {@code KeyFileFormat}.
 *
 * <p>Opening checks the header and the length; every look-up checks the CRC of each block that it
 * reads; {@link #verify()} checks every byte. Thread-safe. The operating system's file is opened on
 * demand and may be let go of with {@link #release()} at any time.
 */
public final class KeyFile implements AutoCloseable {
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

  /** Pages guessed from the key's value before plain binary search. */
  private static final int GUESSES = 4;

  /** 2^64, the end of the upper halves. */
  private static final double HI_END = 0x1p64;

  private final KeyFileBlocks blocks;
  private final KeyFileHeader header;
  private volatile @Nullable ByteBuffer filter;

  private KeyFile(KeyFileBlocks blocks) {
    this.blocks = blocks;
    this.header = blocks.header();
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
    return new KeyFile(KeyFileBlocks.open(path));
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
    return blocks.path();
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

  /**
   * Reads every byte, checks it, and compares the file with the entries of its segment.
   *
   * @return what differs, or null
   * @throws CorruptJournalException when a block is damaged
   */
  public @Nullable String difference(KeyEntries expected) {
    KeyEntries found = readAll();
    int[] order;
    try {
      order = KeyFileWriter.distinct(content(), firstSequence(), endSequence(), expected);
    } catch (IllegalArgumentException e) {
      return e.getMessage();
    }
    if (order.length != found.count()) {
      return "it has " + found.count() + " entries, the events of its segment " + order.length;
    }
    for (int i = 0; i < order.length; i++) {
      KeyEntry wanted = expected.entry(order[i]);
      if (!wanted.equals(found.entry(i))) {
        return "the entry of sequence " + wanted.sequence() + " is not that of the event";
      }
    }
    return null;
  }

  /** Reads and checks the whole file and returns its entries. */
  public KeyEntries readAll() {
    blocks.filter();
    KeyEntries entries = new KeyEntries();
    KeyEntry last = null;
    for (int page = 0; page < KeyFileFormat.pages(count()); page++) {
      ByteBuffer bytes = blocks.page(page);
      for (int i = 0; i < blocks.entriesIn(page); i++) {
        KeyEntry entry = KeyFileFormat.entry(bytes, i * KeyFileFormat.ENTRY_LENGTH);
        if (last != null && KeyFileFormat.ORDER.compare(last, entry) >= 0) {
          throw KeyFileHeader.damaged(
              blocks.path(),
              blocks.pageOffset(page),
              "entry " + i + " of page " + page + " is out of order");
        }
        entries.add(entry);
        last = entry;
      }
    }
    return entries;
  }

  /** Lets go of the operating system's file until the next look-up needs it. */
  public void release() {
    blocks.release();
  }

  /** Closes the file; look-ups fail from now on. */
  @Override
  public void close() {
    blocks.close();
    filter = null;
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
    ByteBuffer bytes = blocks.filterBlock(block);
    return KeyFileFormat.hasFilterBits(bytes, 0, hash);
  }

  /** Keeps the filter in memory, so that most look-ups read nothing. */
  void loadFilter() {
    ByteBuffer bytes = blocks.filter();
    filter = ByteBuffer.allocateDirect(bytes.capacity()).order(ByteOrder.LITTLE_ENDIAN).put(bytes);
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

  /**
   * Searches for the page, then within it. Keys are hashes, so the first pages are guessed from the
   * key's value; should they be distributed badly, binary search goes on.
   */
  @Nullable KeyEntry search(long hi, long lo, int type) {
    int low = 0;
    int high = KeyFileFormat.pages(count()) - 1;
    double lowHi = 0;
    double highHi = HI_END;
    double target = unsigned(hi);
    for (int probe = 0; low <= high; probe++) {
      int page = (low + high) >>> 1;
      if (probe < GUESSES && lowHi < highHi) {
        double share = (target - lowHi) / (highHi - lowHi);
        page = low + (int) Math.min((double) high - low, share * (high - low + 1));
      }
      ByteBuffer bytes = blocks.page(page);
      int last = blocks.entriesIn(page) - 1;
      if (compare(bytes, 0, hi, lo, type) > 0) {
        high = page - 1;
        highHi = unsigned(bytes.getLong(0));
      } else if (compare(bytes, last, hi, lo, type) < 0) {
        low = page + 1;
        lowHi = unsigned(bytes.getLong(last * KeyFileFormat.ENTRY_LENGTH));
      } else {
        return searchPage(bytes, last, hi, lo, type);
      }
    }
    return null;
  }

  private static double unsigned(long value) {
    return (value >>> 1) * 2.0;
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
}
