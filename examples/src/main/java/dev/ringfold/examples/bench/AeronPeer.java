// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.bench;

import io.aeron.ExclusivePublication;
import io.aeron.Subscription;
import io.aeron.archive.Archive;
import io.aeron.archive.ArchiveThreadingMode;
import io.aeron.archive.ArchivingMediaDriver;
import io.aeron.archive.client.AeronArchive;
import io.aeron.archive.status.RecordingPos;
import io.aeron.driver.MediaDriver;
import io.aeron.driver.ThreadingMode;
import io.aeron.logbuffer.BufferClaim;
import io.aeron.logbuffer.FragmentHandler;
import io.aeron.logbuffer.Header;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Locale;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.status.CountersReader;

/**
 * Aeron Archive over IPC with an embedded driver: one message per event, claimed in place, recorded
 * by the archive's thread. The threads of driver and archive are shared or dedicated as {@code
 * -Dringfold.bench.aeron=shared|dedicated} says. File sync level 1 where the disk is awaited, else
 * 0.
 */
final class AeronPeer implements Peer.Forcing {
  /** System property, passed on to the child JVM: whether driver and archive share threads. */
  static final String MODE_PROPERTY = "ringfold.bench.aeron";

  private static final int STREAM = 1001;
  private static final int REPLAY_STREAM = 1002;
  private static final int TERM_LENGTH = 64 << 20;
  private static final String CHANNEL = "aeron:ipc?term-length=" + TERM_LENGTH;
  private static final String CONTROL = "aeron:ipc?term-length=65536";
  private static final long FIRST_RECORDING = 0;
  private static final int FRAGMENT_LIMIT = 256;
  private static final long AWAIT_NANOS = 60_000_000_000L;

  @Override
  public String name() {
    return "aeron-archive";
  }

  @Override
  public Store create(Path directory, StoreOptions options) throws IOException {
    return new ArchiveStore(new Node(directory, 0));
  }

  @Override
  public ForcedStore createForced(Path directory, long events) throws IOException {
    return new ArchiveForcedStore(new ArchiveStore(new Node(directory, 1)));
  }

  @Override
  public long replay(Path directory, Checker checker) throws IOException {
    try (Node node = new Node(directory, 0)) {
      long length = node.archive.getStopPosition(FIRST_RECORDING);
      Reader reader = new Reader(checker);
      long deadline = System.nanoTime() + AWAIT_NANOS;
      long start = System.nanoTime();
      try (Subscription replay =
          node.archive.replay(FIRST_RECORDING, 0, length, CHANNEL, REPLAY_STREAM)) {
        while (!checker.isComplete()) {
          if (replay.poll(reader, FRAGMENT_LIMIT) > 0) {
            continue;
          }
          if (System.nanoTime() > deadline) {
            throw new IOException("replay stopped after " + checker.count() + " events");
          }
          Waiting.yieldCore();
        }
      }
      return System.nanoTime() - start;
    }
  }

  /** An embedded driver and archive, and a client of it. */
  private static final class Node implements AutoCloseable {
    private final ArchivingMediaDriver driver;
    final AeronArchive archive;

    Node(Path directory, int fileSyncLevel) throws IOException {
      boolean dedicated = "dedicated".equals(System.getProperty(MODE_PROPERTY, "dedicated"));
      String name = SharedMemory.unused("aeron").toString();
      MediaDriver.Context driverContext =
          new MediaDriver.Context()
              .aeronDirectoryName(name)
              .dirDeleteOnStart(true)
              .dirDeleteOnShutdown(true)
              .termBufferSparseFile(false)
              .threadingMode(dedicated ? ThreadingMode.DEDICATED : ThreadingMode.SHARED);
      Archive.Context archiveContext =
          new Archive.Context()
              .aeronDirectoryName(name)
              .archiveDir(directory.resolve("archive").toFile())
              .controlChannelEnabled(false)
              .localControlChannel(CONTROL)
              .archiveClientContext(new AeronArchive.Context().controlResponseChannel(CONTROL))
              .replicationChannel("aeron:udp?endpoint=localhost:0")
              .recordingEventsEnabled(false)
              .fileSyncLevel(fileSyncLevel)
              .catalogFileSyncLevel(fileSyncLevel)
              .threadingMode(
                  dedicated ? ArchiveThreadingMode.DEDICATED : ArchiveThreadingMode.SHARED);
      driver = ArchivingMediaDriver.launch(driverContext, archiveContext);
      try {
        archive =
            AeronArchive.connect(
                new AeronArchive.Context()
                    .aeronDirectoryName(name)
                    .controlRequestChannel(CONTROL)
                    .controlResponseChannel(CONTROL));
      } catch (RuntimeException e) {
        driver.close();
        throw e;
      }
    }

    @Override
    public void close() {
      archive.close();
      driver.close();
    }
  }

  private static final class ArchiveStore implements Store {
    private final Node node;
    private final ExclusivePublication publication;
    private final CountersReader counters;
    private final int recordedCounter;
    private final BufferClaim claim = new BufferClaim();

    ArchiveStore(Node node) throws IOException {
      this.node = node;
      publication = node.archive.addRecordedExclusivePublication(CHANNEL, STREAM);
      counters = node.archive.context().aeron().countersReader();
      recordedCounter = awaitCounter();
    }

    private int awaitCounter() throws IOException {
      long deadline = System.nanoTime() + AWAIT_NANOS;
      while (System.nanoTime() < deadline) {
        int id =
            RecordingPos.findCounterIdBySession(
                counters, publication.sessionId(), node.archive.archiveId());
        if (id != CountersReader.NULL_COUNTER_ID) {
          return id;
        }
        Waiting.yieldCore();
      }
      throw new IOException("the archive did not begin to record");
    }

    @Override
    public Publisher publisher(int producer) {
      if (producer > 0) {
        throw new UnsupportedOperationException("one exclusive publication is measured");
      }
      return this::offer;
    }

    private boolean offer(BenchEvent event) {
      long position = publication.tryClaim(BenchEvent.LENGTH, claim);
      if (position < 0) {
        refuseUnlessBusy(position);
        return false;
      }
      encode(event, claim.buffer(), claim.offset());
      claim.commit();
      return true;
    }

    private static void refuseUnlessBusy(long result) {
      if (result == ExclusivePublication.CLOSED
          || result == ExclusivePublication.MAX_POSITION_EXCEEDED) {
        throw new IllegalStateException(
            String.format(Locale.ROOT, "Aeron refused an event for good: result %d", result));
      }
    }

    long publishedPosition() {
      return publication.position();
    }

    long recordedPosition() {
      return counters.getCounterValue(recordedCounter);
    }

    @Override
    public void awaitStored(long events) {
      long end = publication.position();
      while (recordedPosition() < end) {
        Waiting.yieldCore();
      }
    }

    @Override
    public void close() {
      publication.close();
      node.close();
    }
  }

  private static final class ArchiveForcedStore implements ForcedStore {
    private final ArchiveStore store;
    private final BenchEvent event = new BenchEvent();

    ArchiveForcedStore(ArchiveStore store) {
      this.store = store;
    }

    @Override
    public void acknowledge(long seed, long from, long to, int outstanding) {
      long[] positions = new long[outstanding];
      long acknowledged = from;
      for (long next = from; acknowledged < to; ) {
        if (next < to && next - acknowledged < outstanding) {
          event.fill(seed, next);
          if (store.offer(event)) {
            positions[(int) (next % outstanding)] = store.publishedPosition();
            next++;
            continue;
          }
        }
        long recorded = store.recordedPosition();
        long before = acknowledged;
        while (acknowledged < next && positions[(int) (acknowledged % outstanding)] <= recorded) {
          acknowledged++;
        }
        if (acknowledged == before) {
          Waiting.yieldCore();
        }
      }
    }

    @Override
    public void close() {
      store.close();
    }
  }

  private static final class Reader implements FragmentHandler {
    private final Checker checker;
    private final BenchEvent event = new BenchEvent();

    Reader(Checker checker) {
      this.checker = checker;
    }

    @Override
    public void onFragment(DirectBuffer buffer, int offset, int length, Header header) {
      decode(buffer, offset, event);
      checker.accept(event);
    }
  }

  private static void encode(BenchEvent event, MutableDirectBuffer buffer, int offset) {
    buffer.putBytes(offset, BenchEvent.runBytes(event.run));
    buffer.putBytes(offset + BenchEvent.NAME_OFFSET, BenchEvent.nameBytes(event.name));
    buffer.putLong(offset + BenchEvent.STEP_OFFSET, event.step, ByteOrder.LITTLE_ENDIAN);
    buffer.putLong(
        offset + BenchEvent.WALL_TIME_OFFSET, event.wallTimeNanos, ByteOrder.LITTLE_ENDIAN);
    for (int k = 0; k < BenchEvent.VALUES; k++) {
      int at = offset + BenchEvent.VALUES_OFFSET + k * Double.BYTES;
      buffer.putDouble(at, event.values[k], ByteOrder.LITTLE_ENDIAN);
    }
  }

  private static void decode(DirectBuffer buffer, int offset, BenchEvent event) {
    ByteOrder order = ByteOrder.LITTLE_ENDIAN;
    event.runHash =
        BenchEvent.runHash(
            buffer.getByte(offset), buffer.getLong(offset + 1, order), buffer.getByte(offset + 9));
    int name = offset + BenchEvent.NAME_OFFSET;
    event.nameHash =
        BenchEvent.nameHash(
            buffer.getByte(name),
            buffer.getLong(name + 1, order),
            buffer.getShort(name + 9, order));
    event.step = buffer.getLong(offset + BenchEvent.STEP_OFFSET, order);
    event.wallTimeNanos = buffer.getLong(offset + BenchEvent.WALL_TIME_OFFSET, order);
    for (int k = 0; k < BenchEvent.VALUES; k++) {
      event.values[k] =
          buffer.getDouble(offset + BenchEvent.VALUES_OFFSET + k * Double.BYTES, order);
    }
  }
}
