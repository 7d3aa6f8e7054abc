// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.blob;

/**
 * The bounds of a blob store. Immutable; start from {@link #defaults()}.
 *
 * @param maxBlobBytes the largest blob, in bytes
 * @param maxOpenReaders how many {@link BlobReader}s may be open at once
 * @param putBufferBytes memory a set uses to stream; must exceed {@code packBelowBytes}
 * @param packBelowBytes blobs shorter than this share a pack file; 0 gives every blob its own file
 * @param maxPackBytes a pack that reaches this many bytes is closed and the set begins another
 * @param diskReserveBytes a put is refused when it would leave less free space than this, because
 *     the journal needs the rest
 */
public record BlobLimits(
    long maxBlobBytes,
    int maxOpenReaders,
    int putBufferBytes,
    int packBelowBytes,
    long maxPackBytes,
    long diskReserveBytes) {
  /** 1 TiB: more is a mistake in a length field. */
  public static final long DEFAULT_MAX_BLOB_BYTES = 1L << 40;

  /** A quarter of the usual limit of 1,024 open files. */
  public static final int DEFAULT_MAX_OPEN_READERS = 256;

  /** 1 MiB: large enough to write at disk speed. */
  public static final int DEFAULT_PUT_BUFFER_BYTES = 1 << 20;

  /** 64 KiB: below it, one file and one force each would cost more than the bytes. */
  public static final int DEFAULT_PACK_BELOW_BYTES = 64 << 10;

  /** 64 MiB: what one repack may have to copy at most. */
  public static final long DEFAULT_MAX_PACK_BYTES = 64L << 20;

  /** 16 MiB: twice what the log keeps for its own facts. */
  public static final long DEFAULT_DISK_RESERVE_BYTES = 16L << 20;

  private static final int MIN_PUT_BUFFER_BYTES = 512;
  private static final int MAX_PUT_BUFFER_BYTES = 1 << 28;

  /** Checks the ranges. */
  public BlobLimits {
    require("maxBlobBytes", maxBlobBytes, 1, Long.MAX_VALUE);
    require("maxOpenReaders", maxOpenReaders, 1, 1 << 20);
    require("putBufferBytes", putBufferBytes, MIN_PUT_BUFFER_BYTES, MAX_PUT_BUFFER_BYTES);
    require("packBelowBytes", packBelowBytes, 0, putBufferBytes - 1L);
    require("maxPackBytes", maxPackBytes, 1, 1L << 40);
    require("diskReserveBytes", diskReserveBytes, 0, Long.MAX_VALUE);
  }

  /** The limits a store has when nothing else is said. */
  public static BlobLimits defaults() {
    return new BlobLimits(
        DEFAULT_MAX_BLOB_BYTES,
        DEFAULT_MAX_OPEN_READERS,
        DEFAULT_PUT_BUFFER_BYTES,
        DEFAULT_PACK_BELOW_BYTES,
        DEFAULT_MAX_PACK_BYTES,
        DEFAULT_DISK_RESERVE_BYTES);
  }

  /** These limits with another largest blob, in bytes. */
  public BlobLimits withMaxBlobBytes(long bytes) {
    return new BlobLimits(
        bytes, maxOpenReaders, putBufferBytes, packBelowBytes, maxPackBytes, diskReserveBytes);
  }

  /** These limits with another number of open readers. */
  public BlobLimits withMaxOpenReaders(int readers) {
    return new BlobLimits(
        maxBlobBytes, readers, putBufferBytes, packBelowBytes, maxPackBytes, diskReserveBytes);
  }

  /** These limits with another streaming buffer, in bytes. */
  public BlobLimits withPutBufferBytes(int bytes) {
    return new BlobLimits(
        maxBlobBytes, maxOpenReaders, bytes, packBelowBytes, maxPackBytes, diskReserveBytes);
  }

  /** These limits with another border between packed and single blobs, in bytes. */
  public BlobLimits withPackBelowBytes(int bytes) {
    return new BlobLimits(
        maxBlobBytes, maxOpenReaders, putBufferBytes, bytes, maxPackBytes, diskReserveBytes);
  }

  /** These limits with another largest pack, in bytes. */
  public BlobLimits withMaxPackBytes(long bytes) {
    return new BlobLimits(
        maxBlobBytes, maxOpenReaders, putBufferBytes, packBelowBytes, bytes, diskReserveBytes);
  }

  /** These limits with another free space to leave, in bytes. */
  public BlobLimits withDiskReserveBytes(long bytes) {
    return new BlobLimits(
        maxBlobBytes, maxOpenReaders, putBufferBytes, packBelowBytes, maxPackBytes, bytes);
  }

  private static void require(String name, long value, long least, long most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          name + " must be between " + least + " and " + most + " but was " + value);
    }
  }
}
