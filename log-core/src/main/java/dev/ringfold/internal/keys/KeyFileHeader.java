// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.internal.keys;

import dev.ringfold.CorruptJournalException;
import dev.ringfold.StoreTooNewException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.HexFormat;

/** The header of a key file; its layout is in {@link KeyFileFormat}. */
record KeyFileHeader(
    KeyFile.Content content,
    int count,
    String storeIdHex,
    long segment,
    long firstSequence,
    long endSequence,
    int filterBlocks) {

  static final String REMEDY =
      "The segment itself is not affected; run 'ringfold repair', which rebuilds this file from it";

  KeyFileHeader {
    if (firstSequence < 0 || endSequence < firstSequence) {
      throw new IllegalArgumentException(
          "sequences must ascend but were " + firstSequence + " to " + endSequence);
    }
  }

  byte[] encode() {
    byte[] encoded = new byte[KeyFileFormat.HEADER_LENGTH];
    ByteBuffer bytes = ByteBuffer.wrap(encoded).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putInt(KeyFileFormat.MAGIC);
    bytes.putInt(KeyFileFormat.VERSION);
    bytes.putInt(content.code());
    bytes.putInt(count);
    bytes.put(HexFormat.of().parseHex(storeIdHex));
    bytes.putLong(segment);
    bytes.putLong(firstSequence);
    bytes.putLong(endSequence);
    bytes.putInt(filterBlocks);
    bytes.putInt(KeyFileFormat.headerCrc(bytes));
    return encoded;
  }

  /** The CRC of the encoded header; it tells this file's blocks from those of any other. */
  int crc() {
    return KeyFileFormat.headerCrc(ByteBuffer.wrap(encode()));
  }

  /** Decodes and checks a header; {@code file} and its length are for the checks and messages. */
  static KeyFileHeader decode(ByteBuffer bytes, Path file, long fileLength) {
    int magic = bytes.getInt(0);
    if (magic != KeyFileFormat.MAGIC) {
      throw damaged(file, 0, hex("expected magic number", KeyFileFormat.MAGIC, magic));
    }
    int crc = KeyFileFormat.headerCrc(bytes);
    if (crc != bytes.getInt(KeyFileFormat.CRC_OFFSET)) {
      throw damaged(
          file,
          KeyFileFormat.CRC_OFFSET,
          hex("expected header CRC", crc, bytes.getInt(KeyFileFormat.CRC_OFFSET)));
    }
    int version = bytes.getInt(KeyFileFormat.VERSION_OFFSET);
    if (version != KeyFileFormat.VERSION) {
      throw new StoreTooNewException(
          "Key file "
              + file
              + " has version "
              + version
              + ", this release reads version "
              + KeyFileFormat.VERSION
              + ". Open the store with the release that wrote it, or a newer one.");
    }
    return decodeFields(bytes, file, fileLength);
  }

  private static KeyFileHeader decodeFields(ByteBuffer bytes, Path file, long fileLength) {
    int count = bytes.getInt(KeyFileFormat.COUNT_OFFSET);
    int blocks = bytes.getInt(KeyFileFormat.FILTER_BLOCKS_OFFSET);
    if (count < 0 || count > KeyEntries.MAX_COUNT || blocks != KeyFileFormat.filterBlocks(count)) {
      throw damaged(
          file,
          KeyFileFormat.COUNT_OFFSET,
          count + " entries and " + blocks + " filter blocks cannot have been written");
    }
    long expectedLength = KeyFileFormat.fileLength(count, blocks);
    if (fileLength != expectedLength) {
      throw damaged(
          file,
          Math.min(fileLength, expectedLength),
          "expected " + expectedLength + " bytes, found " + fileLength);
    }
    byte[] storeId = new byte[KeyFileFormat.STORE_ID_LENGTH];
    bytes.get(KeyFileFormat.STORE_ID_OFFSET, storeId);
    try {
      return new KeyFileHeader(
          KeyFile.Content.of(bytes.getInt(KeyFileFormat.CONTENT_OFFSET)),
          count,
          HexFormat.of().formatHex(storeId),
          bytes.getLong(KeyFileFormat.SEGMENT_OFFSET),
          bytes.getLong(KeyFileFormat.FIRST_SEQUENCE_OFFSET),
          bytes.getLong(KeyFileFormat.END_SEQUENCE_OFFSET),
          blocks);
    } catch (IllegalArgumentException e) {
      throw new CorruptJournalException(
          file, KeyFileFormat.CONTENT_OFFSET, -1, String.valueOf(e.getMessage()), REMEDY, e);
    }
  }

  static CorruptJournalException damaged(Path file, long offset, String problem) {
    return new CorruptJournalException(file, offset, -1, problem, REMEDY);
  }

  static String hex(String what, int expected, int found) {
    return what + " " + Integer.toHexString(expected) + ", found " + Integer.toHexString(found);
  }
}
