// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A plain {@link FileChannel} behind a 64 KiB buffer: no checksum, no index, and the buffer is lost
 * when the process dies. Either growing or preallocated, that is written full of zeros and forced
 * beforehand, which is what makes a later force cheapest.
 */
final class FilePeer implements Peer.Forcing {
  private static final String FILE = "events.bin";
  private static final int BUFFER_LENGTH = 64 << 10;
  private static final int ZEROS_LENGTH = 1 << 20;

  private final boolean preallocated;

  FilePeer(boolean preallocated) {
    this.preallocated = preallocated;
  }

  @Override
  public String name() {
    return preallocated ? "file-preallocated" : "file-buffered";
  }

  @Override
  public Store create(Path directory, StoreOptions options) throws IOException {
    return new FileStore(open(directory, options.events()));
  }

  @Override
  public ForcedStore createForced(Path directory, long events) throws IOException {
    return new FileForcedStore(open(directory, events));
  }

  private FileChannel open(Path directory, long events) throws IOException {
    FileChannel channel =
        FileChannel.open(
            directory.resolve(FILE), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    if (preallocated) {
      ByteBuffer zeros = ByteBuffer.allocateDirect(ZEROS_LENGTH);
      long length = events * BenchEvent.LENGTH;
      for (long at = 0; at < length; at += zeros.limit()) {
        zeros.clear().limit((int) Math.min(ZEROS_LENGTH, length - at));
        writeFully(channel, zeros, at);
      }
      channel.force(true);
    }
    return channel;
  }

  @Override
  public long replay(Path directory, Checker checker) throws IOException {
    try (FileChannel channel = FileChannel.open(directory.resolve(FILE), StandardOpenOption.READ)) {
      ByteBuffer buffer = buffer();
      BenchEvent event = new BenchEvent();
      long start = System.nanoTime();
      buffer.limit(0);
      while (!checker.isComplete()) {
        buffer.compact();
        if (channel.read(buffer) < 0) {
          break;
        }
        buffer.flip();
        int at = 0;
        int end = Math.min(buffer.limit(), bytesLeft(checker));
        for (; at + BenchEvent.LENGTH <= end; at += BenchEvent.LENGTH) {
          event.decode(buffer, at);
          checker.accept(event);
        }
        buffer.position(at);
      }
      return System.nanoTime() - start;
    }
  }

  /** What is still expected, at most a buffer full: a preallocated file goes on with zeros. */
  private static int bytesLeft(Checker checker) {
    return (int) Math.min(BUFFER_LENGTH, (checker.events() - checker.count()) * BenchEvent.LENGTH);
  }

  private static ByteBuffer buffer() {
    return ByteBuffer.allocateDirect(BUFFER_LENGTH).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static void writeFully(FileChannel channel, ByteBuffer bytes, long position)
      throws IOException {
    long at = position;
    while (bytes.hasRemaining()) {
      at += channel.write(bytes, at);
    }
  }

  private static final class FileStore implements Store {
    private final FileChannel channel;
    private final ByteBuffer buffer = buffer();
    private long position;

    FileStore(FileChannel channel) {
      this.channel = channel;
    }

    @Override
    public Publisher publisher(int producer) {
      if (producer > 0) {
        throw new UnsupportedOperationException("a file has one writer");
      }
      return this::offer;
    }

    private boolean offer(BenchEvent event) throws IOException {
      if (buffer.remaining() < BenchEvent.LENGTH) {
        flush();
      }
      event.encode(buffer, buffer.position());
      buffer.position(buffer.position() + BenchEvent.LENGTH);
      return true;
    }

    private void flush() throws IOException {
      buffer.flip();
      long length = buffer.remaining();
      writeFully(channel, buffer, position);
      position += length;
      buffer.clear();
    }

    @Override
    public void awaitStored(long events) throws IOException {
      flush();
    }

    @Override
    public void close() throws IOException {
      flush();
      channel.close();
    }
  }

  private static final class FileForcedStore implements ForcedStore {
    private final FileChannel channel;
    private final ByteBuffer buffer = buffer();
    private final BenchEvent event = new BenchEvent();

    FileForcedStore(FileChannel channel) {
      this.channel = channel;
    }

    @Override
    public void acknowledge(long seed, long from, long to, int outstanding) throws IOException {
      for (long i = from; i < to; ) {
        long batch = i;
        buffer.clear();
        for (; i < to && i - batch < outstanding; i++) {
          event.fill(seed, i);
          event.encode(buffer, buffer.position());
          buffer.position(buffer.position() + BenchEvent.LENGTH);
        }
        buffer.flip();
        writeFully(channel, buffer, batch * BenchEvent.LENGTH);
        channel.force(false);
      }
    }

    @Override
    public void close() throws IOException {
      channel.close();
    }
  }
}
