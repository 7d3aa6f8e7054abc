// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.internal.journal;

import dev.ringfold.internal.io.DurableFile;
import dev.ringfold.internal.io.FileFailure;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Set;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The index file of a sealed segment. Little-endian.
 *
 * <pre>
 * offset size field
 *      0    4 magic            "RFIX" (0x58494652 as a little-endian int)
 *      4    4 version          1
 *      8   16 storeId
 *     24    8 segment          number
 *     32    4 entryCount
 *     36    4 dictionaryCount
 *     40    . entries, 32 bytes each: firstSequence i64, logTime i64, frameNumber i64,
 *             fileOffset i64 (of the Chronicle document); ascending, about one per 64 KiB of frames
 *      .    . dictionary frames, 8 bytes each: fileOffset i64, ascending
 *      .    4 crc              CRC32C over everything before
 * </pre>
 *
 * The file can always be made again from the frames: whatever is wrong with it, {@link #read} says
 * null and the caller rebuilds.
 */
public final class SegmentIndexFile {
  /** "RFIX" read as a little-endian int. */
  public static final int MAGIC = 0x58494652;

  /** The only version so far. */
  public static final int VERSION = 1;

  /** Most entries of one kind; 64 GiB of frames. */
  public static final int MAX_ENTRIES = 1 << 20;

  private static final int HEADER_LENGTH = 40;
  private static final int ENTRY_LENGTH = SegmentIndex.ENTRY_LONGS * Long.BYTES;
  private static final int CRC_LENGTH = 4;
  private static final long MAX_LENGTH =
      HEADER_LENGTH + (long) MAX_ENTRIES * (ENTRY_LENGTH + Long.BYTES) + CRC_LENGTH;

  private SegmentIndexFile() {}

  /**
   * Writes the index beside, forces it, renames it into place and forces the folder.
   *
   * @param file the index file, see {@link SegmentFiles#indexFile}
   * @param temporaryDirectory the store's directory for unfinished files
   * @throws dev.ringfold.StoreAccessException when it cannot be written
   */
  public static void write(
      Path file, Path temporaryDirectory, byte[] storeId, long segment, SegmentIndex index) {
    DurableFile.write(file, temporaryDirectory, encode(storeId, segment, index), "index");
  }

  /** The bytes of the file. */
  static byte[] encode(byte[] storeId, long segment, SegmentIndex index) {
    int length =
        HEADER_LENGTH
            + index.size() * ENTRY_LENGTH
            + index.dictionaryCount() * Long.BYTES
            + CRC_LENGTH;
    byte[] file = new byte[length];
    ByteBuffer bytes = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putInt(MAGIC).putInt(VERSION).put(storeId, 0, 16).putLong(segment);
    bytes.putInt(index.size()).putInt(index.dictionaryCount());
    for (int i = 0; i < index.size(); i++) {
      bytes.putLong(index.firstSequenceAt(i)).putLong(index.logTimeAt(i));
      bytes.putLong(index.frameNumberAt(i)).putLong(index.offsetAt(i));
    }
    for (int i = 0; i < index.dictionaryCount(); i++) {
      bytes.putLong(index.dictionaryOffsetAt(i));
    }
    CRC32C crc = new CRC32C();
    crc.update(file, 0, bytes.position());
    bytes.putInt((int) crc.getValue());
    return file;
  }

  /**
   * Reads an index.
   *
   * @return null when it is missing, damaged, of another version, or of another segment or store
   * @throws dev.ringfold.StoreAccessException when the system refuses to read it
   */
  public static @Nullable SegmentIndex read(Path file, byte[] storeId, long segment) {
    try (FileChannel channel =
        FileChannel.open(file, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS))) {
      long length = channel.size();
      if (length < HEADER_LENGTH + CRC_LENGTH || length > MAX_LENGTH) {
        return null;
      }
      byte[] content = new byte[(int) length];
      ByteBuffer bytes = ByteBuffer.wrap(content);
      while (bytes.hasRemaining()) {
        if (channel.read(bytes) < 0) {
          return null;
        }
      }
      return decode(content, storeId, segment);
    } catch (NoSuchFileException absent) {
      return null;
    } catch (IOException e) {
      throw FileFailure.of("cannot read the index", file, e);
    }
  }

  /** Reads an index from its bytes; null when they are not the index of this segment. */
  static @Nullable SegmentIndex decode(byte[] file, byte[] storeId, long segment) {
    ByteBuffer bytes = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    int body = file.length - CRC_LENGTH;
    CRC32C crc = new CRC32C();
    crc.update(file, 0, body);
    if ((int) crc.getValue() != bytes.getInt(body)
        || bytes.getInt() != MAGIC
        || bytes.getInt() != VERSION) {
      return null;
    }
    byte[] store = new byte[16];
    bytes.get(store);
    if (!Arrays.equals(store, storeId) || bytes.getLong() != segment) {
      return null;
    }
    int entries = bytes.getInt();
    int dictionaries = bytes.getInt();
    long expected =
        HEADER_LENGTH + (long) entries * ENTRY_LENGTH + (long) dictionaries * Long.BYTES;
    if (entries < 0 || dictionaries < 0 || expected != body) {
      return null;
    }
    long[] entryLongs = longs(bytes, entries * SegmentIndex.ENTRY_LONGS);
    return new SegmentIndex(entryLongs, entries, longs(bytes, dictionaries), dictionaries);
  }

  private static long[] longs(ByteBuffer bytes, int count) {
    long[] values = new long[count];
    bytes.asLongBuffer().get(values);
    bytes.position(bytes.position() + count * Long.BYTES);
    return values;
  }

  /**
   * Reads the index of a sealed segment, or builds it from the frames when the file does not serve.
   * Writes nothing.
   *
   * @param storeId of the store that wrote the segment, see {@link Manifest#writerOf}
   */
  public static SegmentIndex readOrRebuild(Path store, byte[] storeId, SegmentEntry entry) {
    Path folder = SegmentFiles.folder(store, entry.number());
    SegmentIndex index = read(SegmentFiles.indexFile(folder), storeId, entry.number());
    if (index != null) {
      return index;
    }
    return SegmentIndex.rebuild(store, entry);
  }
}
