// SPDX-License-Identifier: Apache-2.0
package dev.ringfold;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringfold.event.MetricLayout;
import dev.ringfold.internal.io.ChildJvm;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Memory: none per event, little in all; and nothing outside the store. */
class FootprintTest {
  private static final MetricLayout LAYOUT =
      MetricLayout.builder().doubles("a", "b", "c", "d", "e", "f", "g", "h").build();

  @TempDir Path directory;

  private static com.sun.management.ThreadMXBean threads() {
    return (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
  }

  private static long idOf(String threadName) {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().equals(threadName))
        .findFirst()
        .orElseThrow()
        .getId();
  }

  private static void offerAll(EventLog log, MetricsRow row, int count) {
    for (int i = 0; i < count; i++) {
      row.begin(0, i);
      for (int column = 0; column < 8; column++) {
        row.set(column, i * 0.5);
      }
      row.offer();
    }
    LogFixture.await(() -> log.stats().ringBacklog() == 0);
  }

  @Test
  void theHotPathAllocatesNothingPerEvent() {
    int events = 300_000;
    try (EventLog log =
            LogFixture.builder(directory.resolve("store"))
                .set(LogOption.SEGMENT_BYTES, 1L << 30)
                .set(LogOption.LEDGER_INTERVAL, Duration.ofHours(1))
                .build();
        Producer producer = log.producer("trainer")) {
      MetricsRow row = producer.metrics(log.stream("run"), LAYOUT);
      offerAll(log, row, 100_000);
      long journal = idOf("ringfold-journal");
      long me = Thread.currentThread().getId();
      long journalBefore = threads().getThreadAllocatedBytes(journal);
      long written = log.stats().events();
      long meBefore = threads().getThreadAllocatedBytes(me);
      for (int i = 0; i < events; i++) {
        row.begin(0, i).set(0, i).offer();
      }
      long mine = threads().getThreadAllocatedBytes(me) - meBefore;
      LogFixture.await(() -> log.stats().ringBacklog() == 0);
      long journals = threads().getThreadAllocatedBytes(journal) - journalBefore;
      written = log.stats().events() - written;

      assertThat(mine).as("bytes by %d offers", events).isLessThan(4_096);
      assertThat(written).isPositive();
      assertThat(journals)
          .as("bytes by the journal thread for %d events", written)
          .isLessThan(Math.max(64 << 10, written / 10));
    }
  }

  /** Ingests bytes of events without losing one, and prints how many there were. */
  static final class Ingesting {
    private Ingesting() {}

    public static void main(String[] args) {
      long bytes = Long.parseLong(args[1]);
      try (EventLog log =
              LogFixture.builder(Path.of(args[0])).set(LogOption.SEGMENT_BYTES, 64 << 20).build();
          Producer producer = log.producer("trainer")) {
        MetricsRow row = producer.metrics(log.stream("run"), LAYOUT);
        long events = 0;
        while (events % 1024 != 0 || log.stats().frameBytes() < bytes) {
          row.begin(0, events);
          for (int column = 0; column < 8; column++) {
            row.set(column, events * 0.5);
          }
          if (row.offer()) {
            events++;
          } else {
            Thread.onSpinWait();
          }
        }
        System.out.println("stored " + events);
      }
    }
  }

  private void ingestTenTimesTheHeap(int heapMegabytes) {
    List<String> arguments = new ArrayList<>(ChildJvm.FLAGS);
    arguments.add("-Xmx" + heapMegabytes + "m");
    Path store = directory.resolve("store");
    String line;
    try (ChildJvm child =
        ChildJvm.start(Ingesting.class, arguments, store, 10L * heapMegabytes << 20)) {
      line = child.readLine();
      assertThat(child.exitCode()).as(child.errors()).isZero();
    }
    long[] events = {0};
    try (EventLogReader reader = EventLog.openReadOnly(store);
        Tailer tailer = reader.tailer().streams("run").open()) {
      tailer.poll(event -> events[0]++, Integer.MAX_VALUE);
    }
    assertThat(line).isEqualTo("stored " + events[0]);
    assertThat(events[0]).isPositive();
  }

  @Test
  void tenTimesTheHeapIsIngestedWithASmallHeap() {
    ingestTenTimesTheHeap(48);
  }

  @Tag("soak")
  @Test
  void tenTimesTheHeapIsIngestedWith256Megabytes() {
    ingestTenTimesTheHeap(256);
  }

  /** Opens, publishes, reads and closes. */
  static final class Using {
    private Using() {}

    public static void main(String[] args) {
      Path store = Path.of(args[0]);
      try (EventLog log = LogFixture.builder(store).build();
          Producer producer = log.producer("p")) {
        LogFixture.append(producer, log.stream("s"), 1);
        LogFixture.endSegment(log, producer, log.stream("s"));
        LogFixture.readAll(log.tailer(), 0);
      }
    }
  }

  @Test
  void noFileAppearsInTheHomeOrTheWorkingDirectory() throws IOException {
    Path home = Files.createDirectory(directory.resolve("home"));
    Path store = directory.resolve("store");
    Path work = Path.of("").toAbsolutePath();
    List<Path> before = list(work);
    List<String> arguments = new ArrayList<>(ChildJvm.FLAGS);
    arguments.add("-Duser.home=" + home);
    try (ChildJvm child = ChildJvm.start(Using.class, arguments, store)) {
      assertThat(child.exitCode()).as(child.errors()).isZero();
    }

    assertThat(list(home)).isEmpty();
    assertThat(list(work)).isEqualTo(before);
  }

  private static List<Path> list(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.sorted().toList();
    }
  }
}
