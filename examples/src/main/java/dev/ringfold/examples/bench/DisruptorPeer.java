// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.bench;

import com.lmax.disruptor.BatchEventProcessor;
import com.lmax.disruptor.BatchEventProcessorBuilder;
import com.lmax.disruptor.RingBuffer;
import com.lmax.disruptor.SleepingWaitStrategy;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;

/**
 * A raw LMAX Disruptor: the events reach another thread, which reads every field, and nothing is
 * stored. The upper bound of anything with a ring in front.
 */
final class DisruptorPeer implements Peer {
  private static final int RING_SLOTS = 1 << 16;
  private static final int SPINS = 200;
  private static final long PARK_NANOS = 100_000;

  @Override
  public String name() {
    return "disruptor";
  }

  @Override
  public Store create(Path directory, StoreOptions options) {
    return new RingStore(options);
  }

  @Override
  public long replay(Path directory, Checker checker) {
    throw new UnsupportedOperationException("a raw Disruptor stores nothing");
  }

  @Override
  public boolean stores() {
    return false;
  }

  private static final class Slot {
    final ByteBuffer bytes = ByteBuffer.allocate(BenchEvent.LENGTH).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static final class RingStore implements Store {
    private final RingBuffer<Slot> ring;
    private final BatchEventProcessor<Slot> processor;
    private final Thread thread;
    private final BenchEvent seen = new BenchEvent();
    private final Checker inFlight;

    RingStore(StoreOptions options) {
      inFlight = options.inFlight();
      SleepingWaitStrategy wait = new SleepingWaitStrategy(SPINS, PARK_NANOS);
      ring =
          options.producers() == 1
              ? RingBuffer.createSingleProducer(Slot::new, RING_SLOTS, wait)
              : RingBuffer.createMultiProducer(Slot::new, RING_SLOTS, wait);
      processor = new BatchEventProcessorBuilder().build(ring, ring.newBarrier(), this::consume);
      ring.addGatingSequences(processor.getSequence());
      thread = new Thread(processor, "bench-disruptor");
      thread.start();
    }

    private void consume(Slot slot, long sequence, boolean endOfBatch) {
      seen.decode(slot.bytes, 0);
      inFlight.accept(seen);
    }

    @Override
    public Publisher publisher(int producer) {
      return this::offer;
    }

    private boolean offer(BenchEvent event) {
      if (!ring.hasAvailableCapacity(1)) {
        return false;
      }
      long sequence = ring.next();
      try {
        event.encode(ring.get(sequence).bytes, 0);
      } finally {
        ring.publish(sequence);
      }
      return true;
    }

    @Override
    public void awaitStored(long events) {
      while (processor.getSequence().get() + 1 < events) {
        Thread.onSpinWait();
      }
    }

    @Override
    public void close() {
      processor.halt();
      Waiting.join(thread);
    }
  }
}
