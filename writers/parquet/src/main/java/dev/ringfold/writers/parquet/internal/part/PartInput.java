// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.parquet.internal.part;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import org.apache.parquet.io.InputFile;
import org.apache.parquet.io.SeekableInputStream;

/**
 * One open file for Parquet's reader. All of its streams read the same file even when another one
 * is renamed over it in the meantime. Belongs to one thread.
 */
final class PartInput implements InputFile {
  private final FileChannel channel;
  private final long length;

  PartInput(FileChannel channel) throws IOException {
    this.channel = channel;
    this.length = channel.size();
  }

  @Override
  public long getLength() {
    return length;
  }

  /** Fills the buffer from this place of the file. */
  void readFully(ByteBuffer target, long offset) throws IOException {
    long position = offset;
    while (target.hasRemaining()) {
      int count = channel.read(target, position);
      if (count < 0) {
        throw new EOFException(
            "the file ends at " + position + ", " + target.remaining() + " bytes too early");
      }
      position += count;
    }
  }

  @Override
  public SeekableInputStream newStream() {
    return new Stream();
  }

  private final class Stream extends SeekableInputStream {
    private long position;

    @Override
    public long getPos() {
      return position;
    }

    @Override
    public void seek(long newPosition) {
      position = newPosition;
    }

    @Override
    public int read() throws IOException {
      ByteBuffer one = ByteBuffer.allocate(1);
      return read(one) < 0 ? -1 : one.get(0) & 0xFF;
    }

    @Override
    public int read(byte[] target, int offset, int count) throws IOException {
      return read(ByteBuffer.wrap(target, offset, count));
    }

    @Override
    public int read(ByteBuffer target) throws IOException {
      int count = channel.read(target, position);
      position += Math.max(count, 0);
      return count;
    }

    @Override
    public void readFully(byte[] target) throws IOException {
      readFully(ByteBuffer.wrap(target));
    }

    @Override
    public void readFully(byte[] target, int offset, int count) throws IOException {
      readFully(ByteBuffer.wrap(target, offset, count));
    }

    @Override
    public void readFully(ByteBuffer target) throws IOException {
      int count = target.remaining();
      PartInput.this.readFully(target, position);
      position += count;
    }
  }
}
