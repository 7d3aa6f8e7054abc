// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.internal.hdf5;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.NonWritableChannelException;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A file that is too large for one buffer, as jHDF sees it: piece by piece, each read to where it
 * is needed and never mapped, and only pieces that are there as a whole. Thread-safe for reading.
 */
final class LargeFile extends FileChannel {
  private final FileChannel file;
  private final long length;

  private LargeFile(FileChannel file, long length) {
    this.file = file;
    this.length = length;
  }

  static LargeFile open(Path path) throws IOException {
    FileChannel file = FileChannel.open(path, StandardOpenOption.READ);
    try {
      return new LargeFile(file, file.size());
    } catch (IOException | RuntimeException e) {
      file.close();
      throw e;
    }
  }

  /** Fills the buffer: jHDF would go on at the same place after a short read. */
  @Override
  public int read(ByteBuffer target, long position) throws IOException {
    int count = target.remaining();
    if (position < 0 || position > length - count) {
      throw new EOFException(
          count + " bytes at " + Long.toUnsignedString(position) + " of a file of " + length);
    }
    long at = position;
    while (target.hasRemaining()) {
      int read = file.read(target, at);
      if (read < 0) {
        throw new EOFException("the file was cut off at byte " + at + " while it was read");
      }
      at += read;
    }
    return count;
  }

  /** Makes jHDF read instead: a map of each chunk would soon be more than a process may have. */
  @Override
  public MappedByteBuffer map(MapMode mode, long position, long size) {
    throw new UnsupportedOperationException("is read, not mapped");
  }

  @Override
  public long size() {
    return length;
  }

  @Override
  protected void implCloseChannel() throws IOException {
    file.close();
  }

  // ---- nobody calls these

  @Override
  public int read(ByteBuffer target) {
    throw new UnsupportedOperationException("has no position");
  }

  @Override
  public long read(ByteBuffer[] targets, int offset, int count) {
    throw new UnsupportedOperationException("has no position");
  }

  @Override
  public long position() {
    throw new UnsupportedOperationException("has no position");
  }

  @Override
  public FileChannel position(long newPosition) {
    throw new UnsupportedOperationException("has no position");
  }

  @Override
  public long transferTo(long position, long count, WritableByteChannel target) {
    throw new UnsupportedOperationException("is read piece by piece");
  }

  @Override
  public int write(ByteBuffer source) {
    throw new NonWritableChannelException();
  }

  @Override
  public long write(ByteBuffer[] sources, int offset, int count) {
    throw new NonWritableChannelException();
  }

  @Override
  public int write(ByteBuffer source, long position) {
    throw new NonWritableChannelException();
  }

  @Override
  public FileChannel truncate(long size) {
    throw new NonWritableChannelException();
  }

  @Override
  public void force(boolean metaData) {
    throw new NonWritableChannelException();
  }

  @Override
  public long transferFrom(ReadableByteChannel source, long position, long count) {
    throw new NonWritableChannelException();
  }

  @Override
  public FileLock lock(long position, long size, boolean shared) {
    throw new UnsupportedOperationException("is never locked");
  }

  @Override
  public FileLock tryLock(long position, long size, boolean shared) {
    throw new UnsupportedOperationException("is never locked");
  }
}
