// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.blob;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;

/**
 * One blob, open for ranged reads. Holds a file open, so close it; the blob stays readable here
 * even when it is collected or repacked meanwhile. Thread-safe: reads carry their own offset. An
 * interrupt of a reading thread closes the reader.
 */
public final class BlobReader implements AutoCloseable {
  private static final int SLICE_BYTES = 1 << 20;

  private final BlobRef ref;
  private final BlobPlace place;
  private final FileChannel channel;
  private final LongAdder bytesRead;
  private final Runnable onClose;
  private final AtomicBoolean closed = new AtomicBoolean();

  private BlobReader(
      BlobRef ref, BlobPlace place, FileChannel channel, LongAdder bytesRead, Runnable onClose) {
    this.ref = ref;
    this.place = place;
    this.channel = channel;
    this.bytesRead = bytesRead;
    this.onClose = onClose;
  }

  static BlobReader open(BlobRef ref, BlobPlace place, LongAdder bytesRead, Runnable onClose)
      throws IOException {
    if (ref.length() != place.length()) {
      throw wrongLength(ref, place, place.length());
    }
    if (BlobFiles.file(place.path()) == null) {
      throw new NoSuchFileException(place.path().toString());
    }
    FileChannel channel = BlobFiles.openForReading(place.path());
    boolean good = false;
    try {
      long size = channel.size();
      if (place.packed() ? size < place.offset() + place.length() : size != place.length()) {
        throw wrongLength(ref, place, Math.max(0, size - place.offset()));
      }
      good = true;
      return new BlobReader(ref, place, channel, bytesRead, onClose);
    } finally {
      if (!good) {
        channel.close();
      }
    }
  }

  private static CorruptBlobException wrongLength(BlobRef ref, BlobPlace place, long found) {
    return new CorruptBlobException(
        place.path(),
        "length of blob " + ref.id() + " at offset " + place.offset(),
        ref.length() + " bytes",
        found + " bytes");
  }

  /** The blob's id and length. */
  public BlobRef ref() {
    return ref;
  }

  /** The file that holds it: one of its own, or a pack. */
  public Path file() {
    return place.path();
  }

  /** The blob's length in bytes. */
  public long length() {
    return ref.length();
  }

  /**
   * Reads from an offset until the buffer is full or the blob ends. The bytes are not compared with
   * the blob's hash, which needs all of them: see {@link #verify}.
   *
   * @param offset in the blob, 0 or more
   * @param target receives the bytes; its position moves
   * @return how many bytes, or -1 when the offset is at or past the end
   */
  public int read(long offset, ByteBuffer target) {
    if (offset < 0) {
      throw new IllegalArgumentException("offset must be >= 0 but was " + offset);
    }
    if (offset >= ref.length()) {
      return -1;
    }
    int wanted = (int) Math.min(target.remaining(), ref.length() - offset);
    int limit = target.limit();
    int start = target.position();
    try {
      while (target.position() < start + wanted) {
        int done = target.position() - start;
        target.limit(Math.min(start + wanted, target.position() + SLICE_BYTES));
        int count = channel.read(target, place.offset() + offset + done);
        if (count < 0) {
          throw wrongLength(ref, place, offset + done);
        }
        bytesRead.add(count);
      }
      return wanted;
    } catch (IOException e) {
      throw failure(e);
    } finally {
      target.limit(limit);
    }
  }

  /**
   * Reads the whole blob in bounded memory and compares it with its id.
   *
   * @throws CorruptBlobException when they differ
   */
  public void verify() {
    try {
      requireHash(hash(channel, place.path(), place.offset(), place.length()));
    } catch (IOException e) {
      throw failure(e);
    }
  }

  /** All bytes, compared with the id. */
  byte[] readWhole() {
    byte[] bytes = new byte[Math.toIntExact(ref.length())];
    read(0, ByteBuffer.wrap(bytes));
    requireHash(BlobId.of(TempFile.sha256().digest(bytes)));
    return bytes;
  }

  private void requireHash(BlobId found) {
    if (!found.equals(ref.id())) {
      throw new CorruptBlobException(
          place.path(),
          "SHA-256 of " + ref.length() + " bytes at offset " + place.offset(),
          ref.id().hex(),
          found.hex());
    }
  }

  private RuntimeException failure(IOException cause) {
    if (cause instanceof ClosedChannelException && closed.get()) {
      return new IllegalStateException(
          "The reader of blob " + ref.id() + " is closed; open another", cause);
    }
    return BlobFiles.failure("read", place.path(), cause);
  }

  /** The hash of a part of a file that must be there. */
  static BlobId hash(FileChannel channel, Path path, long offset, long length) throws IOException {
    MessageDigest digest = TempFile.sha256();
    ByteBuffer buffer = ByteBuffer.allocate((int) Math.min(length, SLICE_BYTES));
    long position = offset;
    long end = offset + length;
    while (position < end) {
      buffer.clear().limit((int) Math.min(buffer.capacity(), end - position));
      int count = channel.read(buffer, position);
      if (count < 0) {
        throw new CorruptBlobException(
            path, "length", "at least " + end + " bytes", position + " bytes");
      }
      digest.update(buffer.flip());
      position += count;
    }
    return BlobId.of(digest.digest());
  }

  /** Closes the file; a second call does nothing. */
  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      onClose.run();
      try {
        channel.close();
      } catch (IOException e) {
        throw failure(e);
      }
    }
  }
}
