// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import net.openhft.chronicle.bytes.Bytes;
import net.openhft.chronicle.bytes.SyncMode;
import net.openhft.chronicle.queue.ChronicleQueue;
import net.openhft.chronicle.queue.ExcerptAppender;
import net.openhft.chronicle.queue.ExcerptTailer;
import net.openhft.chronicle.queue.impl.single.SingleChronicleQueueBuilder;
import net.openhft.chronicle.wire.DocumentContext;

/**
 * A raw Chronicle Queue: one document of raw bytes per event, default settings. Where the disk is
 * awaited, {@code SyncMode.SYNC} and one {@code sync()} per batch.
 */
final class ChroniclePeer implements Peer.Forcing, Peer.Seeking, Peer.Recovering, Peer.Skimming {
  @Override
  public String name() {
    return "chronicle";
  }

  @Override
  public Store create(Path directory, StoreOptions options) {
    return new QueueStore(SingleChronicleQueueBuilder.binary(directory).build());
  }

  @Override
  public ForcedStore createForced(Path directory, long events) {
    return new QueueForcedStore(
        SingleChronicleQueueBuilder.binary(directory).syncMode(SyncMode.SYNC).build());
  }

  @Override
  public long replay(Path directory, Checker checker) {
    try (ChronicleQueue queue = SingleChronicleQueueBuilder.binary(directory).build()) {
      BenchEvent event = new BenchEvent();
      long start = System.nanoTime();
      try (ExcerptTailer tailer = queue.createTailer()) {
        while (true) {
          try (DocumentContext document = tailer.readingDocument()) {
            if (!document.isPresent()) {
              break;
            }
            decode(wireBytes(document), event);
          }
          checker.accept(event);
        }
      }
      return System.nanoTime() - start;
    }
  }

  @Override
  public long skim(Path directory) {
    try (ChronicleQueue queue = SingleChronicleQueueBuilder.binary(directory).build();
        ExcerptTailer tailer = queue.createTailer()) {
      long events = 0;
      while (true) {
        try (DocumentContext document = tailer.readingDocument()) {
          if (!document.isPresent()) {
            return events;
          }
          events++;
        }
      }
    }
  }

  @Override
  public Seeker seeker(Path directory) {
    return new QueueSeeker(SingleChronicleQueueBuilder.binary(directory).build());
  }

  @Override
  public Reopened reopen(Path directory, BenchEvent event) {
    long start = System.nanoTime();
    try (QueueStore store = new QueueStore(SingleChronicleQueueBuilder.binary(directory).build())) {
      long opened = System.nanoTime();
      store.offer(event);
      return new Reopened(opened - start, System.nanoTime() - start);
    }
  }

  private static Bytes<?> wireBytes(DocumentContext document) {
    var wire = document.wire();
    if (wire == null) {
      throw new IllegalStateException("a present document without a wire");
    }
    return wire.bytes();
  }

  private static void decode(Bytes<?> bytes, BenchEvent event) {
    byte length = bytes.readByte();
    long first = bytes.readLong();
    event.runHash = BenchEvent.runHash(length, first, bytes.readByte());
    length = bytes.readByte();
    first = bytes.readLong();
    event.nameHash = BenchEvent.nameHash(length, first, bytes.readShort());
    event.step = bytes.readLong();
    event.wallTimeNanos = bytes.readLong();
    for (int k = 0; k < BenchEvent.VALUES; k++) {
      event.values[k] = bytes.readDouble();
    }
  }

  /** Encodes into one reused native buffer, which is the cheapest way into a document. */
  private static final class Encoder {
    private final ByteBuffer buffer =
        ByteBuffer.allocateDirect(BenchEvent.LENGTH).order(ByteOrder.LITTLE_ENDIAN);
    private final Bytes<ByteBuffer> bytes = Bytes.wrapForRead(buffer);

    Bytes<ByteBuffer> encode(BenchEvent event) {
      event.encode(buffer, 0);
      bytes.readPositionRemaining(0, BenchEvent.LENGTH);
      return bytes;
    }
  }

  private static final class QueueStore implements Store {
    private final ChronicleQueue queue;
    private final ExcerptAppender appender;
    private final Encoder encoder = new Encoder();

    QueueStore(ChronicleQueue queue) {
      this.queue = queue;
      this.appender = queue.createAppender();
    }

    @Override
    public Publisher publisher(int producer) {
      if (producer > 0) {
        throw new UnsupportedOperationException("one appender is measured");
      }
      return this::offer;
    }

    private boolean offer(BenchEvent event) {
      appender.writeBytes(encoder.encode(event));
      return true;
    }

    @Override
    public void awaitStored(long events) {
      // A document is in the page cache when writeBytes returns.
    }

    @Override
    public void close() {
      appender.close();
      queue.close();
    }
  }

  private static final class QueueForcedStore implements ForcedStore {
    private final ChronicleQueue queue;
    private final ExcerptAppender appender;
    private final Encoder encoder = new Encoder();
    private final BenchEvent event = new BenchEvent();

    QueueForcedStore(ChronicleQueue queue) {
      this.queue = queue;
      this.appender = queue.createAppender();
    }

    @Override
    public void acknowledge(long seed, long from, long to, int outstanding) {
      for (long i = from; i < to; ) {
        for (long batch = i; i < to && i - batch < outstanding; i++) {
          event.fill(seed, i);
          appender.writeBytes(encoder.encode(event));
        }
        appender.sync();
      }
    }

    @Override
    public void close() {
      appender.close();
      queue.close();
    }
  }

  private static final class QueueSeeker implements Seeker {
    private final ChronicleQueue queue;
    private final ExcerptTailer tailer;
    private final long firstIndex;

    QueueSeeker(ChronicleQueue queue) {
      this.queue = queue;
      this.tailer = queue.createTailer();
      this.firstIndex = queue.firstIndex();
    }

    @Override
    public boolean read(long sequence, BenchEvent event) throws IOException {
      if (!tailer.moveToIndex(firstIndex + sequence)) {
        throw new IOException("Chronicle does not find document " + sequence);
      }
      try (DocumentContext document = tailer.readingDocument()) {
        decode(wireBytes(document), event);
      }
      return event.step == sequence;
    }

    @Override
    public void close() {
      tailer.close();
      queue.close();
    }
  }
}
