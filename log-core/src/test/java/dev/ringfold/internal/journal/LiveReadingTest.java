// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.internal.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import dev.ringfold.CorruptJournalException;
import dev.ringfold.EventView;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Reading while the store is being written, in the writer's process and from another one. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
@Tag("smoke")
class LiveReadingTest {
  private static final int SEGMENTS = 5;
  private static final int FRAMES = 400;

  @TempDir private Path store;

  /** A writer that tells what is written, as the open log does. */
  private static final class LiveStore implements JournalSource {
    private final StoreFixture fixture;
    private final boolean tells;
    private volatile Manifest manifest;
    private volatile long segment = -1;
    private volatile long offset;

    /** Only the index that belongs to {@link #segment}. */
    private volatile SegmentIndex.Builder index = new SegmentIndex.Builder();

    LiveStore(Path store, boolean tells) {
      this.fixture = new StoreFixture(store, StoreFixture.SEED);
      this.tells = tells;
      this.manifest = fixture.manifest;
    }

    void write(boolean seal) {
      for (long number = 0; number < SEGMENTS; number++) {
        Path folder = SegmentFiles.folder(store(), number);
        try (ChronicleFile file = new ChronicleFile(folder);
            FrameReader end = FrameReader.create()) {
          List<byte[]> preamble = fixture.preamble(number);
          publish(fixture.manifest.withSegment(fixture.entry(number)));
          index = new SegmentIndex.Builder();
          offset = 0;
          segment = number;
          for (byte[] frame : preamble) {
            append(file, end, frame);
          }
          for (int i = 0; i < FRAMES; i++) {
            append(file, end, fixture.randomFrame());
          }
        }
        if (seal) {
          fixture.seal(number);
          manifest = fixture.manifest;
        }
      }
    }

    private void publish(Manifest changed) {
      fixture.manifest = changed;
      ManifestFile.write(store(), changed);
      manifest = changed;
    }

    private void append(ChronicleFile file, FrameReader end, byte[] frame) {
      file.append(frame);
      if (offset == 0) {
        end.reopen(SegmentFiles.queueFile(store(), segment), Long.MAX_VALUE);
      }
      while (end.next() == FrameStatus.FRAME) {
        index.add(end);
        offset = end.nextOffset();
      }
    }

    @Override
    public Path store() {
      return fixture.store;
    }

    @Override
    public Manifest manifest() {
      return manifest;
    }

    @Override
    public long writtenSequence() {
      return -1;
    }

    @Override
    public long writtenOffset(long number) {
      return tells && number == segment ? offset : UNKNOWN_OFFSET;
    }

    @Override
    public @Nullable SegmentIndex index(SegmentEntry entry) {
      SegmentIndex.Builder current = index;
      return entry.number() == segment ? current.view() : null;
    }
  }

  @Test
  void aReaderInTheWritersProcessSeesEverythingInOrder() throws Exception {
    LiveStore live = new LiveStore(store, true);
    followWhileWriting(live, true, () -> new JournalCursor(live, null));
  }

  @Test
  void aReaderInTheWritersProcessNeedsNoSealToGoOn() throws Exception {
    LiveStore live = new LiveStore(store, true);
    followWhileWriting(live, false, () -> new JournalCursor(live, null));
  }

  @Test
  void aReaderInAnotherProcessSeesEverythingInOrder() throws Exception {
    LiveStore live = new LiveStore(store, false);
    followWhileWriting(live, true, () -> new JournalCursor(StoreFileSource.open(store), null));
  }

  private void followWhileWriting(LiveStore live, boolean seal, Callable<JournalCursor> opener)
      throws Exception {
    ExecutorService executor = Executors.newFixedThreadPool(2);
    try {
      Future<Integer> first = executor.submit(() -> follow(live, opener));
      Future<Integer> second = executor.submit(() -> follow(live, opener));
      live.write(seal);
      done = true;
      assertThat(first.get()).isEqualTo(live.fixture.events.size());
      assertThat(second.get()).isEqualTo(live.fixture.events.size());
    } finally {
      done = true;
      executor.shutdownNow();
    }
  }

  private volatile boolean done;

  private int follow(LiveStore live, Callable<JournalCursor> opener) throws Exception {
    List<byte[]> read = new ArrayList<>();
    EventView view = new EventView();
    try (JournalCursor cursor = opener.call()) {
      boolean finished = false;
      while (!finished) {
        finished = done;
        while (cursor.next(view)) {
          assertThat(view.sequence()).isEqualTo(read.size());
          read.add(view.eventBytes());
          finished = false;
        }
      }
    }
    for (int i = 0; i < read.size(); i++) {
      assertThat(read.get(i)).isEqualTo(live.fixture.events.get(i));
    }
    return read.size();
  }

  @Test
  void seekIntoTheOpenSegmentUsesTheLiveIndex() {
    LiveStore live = new LiveStore(store, true);
    live.write(false);
    EventView view = new EventView();

    try (JournalCursor cursor = new JournalCursor(live, null)) {
      for (int i = live.fixture.events.size() - 1; i >= 0; i -= 101) {
        cursor.seekSequence(i);
        assertThat(cursor.next(view)).isTrue();
        assertThat(view.eventBytes()).isEqualTo(live.fixture.events.get(i));
      }
    }
  }

  @Test
  void damageBelowTheWrittenOffsetIsReportedAtOnce() throws IOException {
    LiveStore live = new LiveStore(store, true);
    live.write(false);
    Path file = SegmentFiles.queueFile(store, SEGMENTS - 1);
    try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
      bytes.seek(live.offset - 40);
      int old = bytes.read();
      bytes.seek(live.offset - 40);
      bytes.write(old ^ 1);
    }
    EventView view = new EventView();

    try (JournalCursor cursor = new JournalCursor(live, null)) {
      assertThatThrownBy(() -> drain(cursor, view))
          .isInstanceOf(CorruptJournalException.class)
          .hasMessageContaining("frame CRC")
          .hasMessageContaining("the writer reported bytes up to offset " + live.offset);
    }
  }

  @Test
  void readingOnAllocatesNothing() {
    StoreFixture fixture = StoreFixture.sealed(store, 1, 3000);
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    EventView view = new EventView();
    try (JournalCursor cursor = new JournalCursor(fixture.source(), null)) {
      for (int round = 0; round < 20; round++) {
        cursor.seekSequence(0);
        drain(cursor, view);
      }
      cursor.seekSequence(0);
      assertThat(cursor.next(view)).isTrue();
      long sum = 0;
      long before = threads.getCurrentThreadAllocatedBytes();
      for (int i = 1; i < fixture.events.size(); i++) {
        cursor.next(view);
        sum += view.eventTimeNanos() + view.typeId() + view.payloadLength();
      }
      long allocated = threads.getCurrentThreadAllocatedBytes() - before;

      assertThat(sum).isNotZero();
      assertThat(allocated)
          .as("bytes for %s events", fixture.events.size())
          .isLessThan(fixture.events.size() / 10);
    }
  }

  private static int drain(JournalCursor cursor, EventView view) {
    int count = 0;
    while (cursor.next(view)) {
      count++;
    }
    return count;
  }
}
