// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.format;

/**
 * A file in a zip archive.
 *
 * @param name as the archive has it
 * @param deflated whether it is compressed
 * @param crc CRC-32 of its bytes
 * @param storedBytes in the archive
 * @param bytes when it is not compressed
 * @param offset of its local header in the archive
 * @param dataOffset of its stored bytes in the archive
 */
record ZipItem(
    String name,
    boolean deflated,
    int crc,
    long storedBytes,
    long bytes,
    long offset,
    long dataOffset) {
  /** Bytes of the fixed part of a local header. */
  static final int LOCAL_HEADER_BYTES = 30;

  /** Signature of a local header. */
  static final int LOCAL_HEADER = 0x04034b50;

  /** Signature of a header in the directory. */
  static final int DIRECTORY_HEADER = 0x02014b50;

  /** Signature of what may follow stored bytes. */
  static final int DESCRIPTOR = 0x08074b50;

  /** Signature of the end of the archive. */
  static final int END = 0x06054b50;

  /** Signature of the end of an archive with long fields. */
  static final int LONG_END = 0x06064b50;

  /** Signature of what says where {@link #LONG_END} is. */
  static final int LONG_END_LOCATOR = 0x07064b50;

  /** The field that has what does not fit 32 bits. */
  static final int LONG_FIELD = 1;

  /** The value of a 32-bit field whose value is in {@link #LONG_FIELD}. */
  static final long LONG_MARK = 0xFFFF_FFFFL;

  /** The value of a 16-bit field whose value is in {@link #LONG_END}. */
  static final int COUNT_MARK = 0xFFFF;

  /** Bit of the flags: sizes follow the stored bytes. */
  static final int FLAG_DESCRIPTOR = 1 << 3;

  /** Bits of the flags: encrypted in one way or another. */
  static final int FLAGS_ENCRYPTED = 1 | 1 << 6 | 1 << 13;

  /** Method of what is not compressed. */
  static final int STORED = 0;

  /** Method of what is compressed. */
  static final int DEFLATED = 8;
}
