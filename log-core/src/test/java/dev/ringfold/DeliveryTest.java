// SPDX-License-Identifier: Apache-2.0
package dev.ringfold;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringfold.event.BuiltinTypes;
import dev.ringfold.event.LedgerMark;
import dev.ringfold.event.MetricLayout;
import dev.ringfold.event.MetricsLogged;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DeliveryTest {
  private static final MetricLayout LAYOUT = MetricLayout.builder().doubles("loss").build();
  private static final long MILLISECOND = 1_000_000L;

  @TempDir Path directory;

  private Path store() {
    return directory.resolve("store");
  }

  @Test
  void aMillionOffersReturnAtOnceWhileTheJournalStandsStillAndDropsAreExact() {
    int offers = 1_000_000;
    int accepted = 0;
    long[] durations = new long[offers];
    int worked = 0;
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    try (EventLog log = LogFixture.builder(store()).build();
        Producer producer = log.producer("trainer");
        StalledJournal stalled = StalledJournal.stopped()) {
      MetricsRow row = producer.metrics(log.stream("run"), LAYOUT);
      for (int i = 0; i < offers / 10; i++) {
        row.begin(0, i).set(0, 0.5).offer();
      }
      stalled.awaitReached();
      long warm = producer.offered();
      long warmAccepted = warm - producer.dropped();
      ThreadInfo before = threads.getThreadInfo(Thread.currentThread().getId());
      for (int i = 0; i < offers; i++) {
        long cpu = threads.getCurrentThreadCpuTime();
        long start = System.nanoTime();
        if (row.begin(0, i).set(0, 0.5).offer()) {
          accepted++;
        }
        durations[i] = System.nanoTime() - start;
        if (durations[i] > MILLISECOND && threads.getCurrentThreadCpuTime() - cpu > MILLISECOND) {
          worked++; // A virtual machine counts what its host took away, too.
        }
      }
      ThreadInfo after = threads.getThreadInfo(Thread.currentThread().getId());
      long dropped = producer.dropped();

      assertThat(after.getBlockedCount()).as("never blocked").isEqualTo(before.getBlockedCount());
      assertThat(after.getWaitedCount()).as("never waited").isEqualTo(before.getWaitedCount());
      assertThat(worked).as("offers that worked for a millisecond").isLessThan(offers / 100_000);
      assertThat(percentile(durations, 0.9999)).isLessThan(MILLISECOND);
      assertThat(producer.offered()).isEqualTo(warm + offers);
      assertThat(dropped).isEqualTo(warm - warmAccepted + offers - accepted);
      stalled.release();
    }
    LedgerMark mark = LedgerReading.closingMarks(store()).get(0);
    int stored = LedgerReading.steps(store(), "run").size();
    assertThat(mark.offered()).isEqualTo(offers + offers / 10);
    assertThat(mark.stored()).isEqualTo(stored);
    assertThat(mark.dropped()).isEqualTo(mark.offered() - stored);
  }

  private static long percentile(long[] durations, double part) {
    long[] sorted = durations.clone();
    Arrays.sort(sorted);
    return sorted[(int) (sorted.length * part)];
  }

  @Test
  void requiredEventsAreNeverDroppedInARunThatDropsLossyOnes() throws Exception {
    int required = 400;
    try (EventLog log = LogFixture.builder(store()).build();
        StalledJournal slow = StalledJournal.slowed(MILLISECOND)) {
      AtomicLong lossyDropped = new AtomicLong();
      Thread flood = new Thread(() -> lossyDropped.set(flood(log)), "flood");
      flood.start();
      List<CompletableFuture<AppendOutcome>> futures = new ArrayList<>();
      try (Producer producer = log.producer("agent")) {
        for (int step = 0; step < required; step++) {
          futures.add(
              producer.append(log.stream("memory"), LogFixture.event(step), AckLevel.JOURNAL));
        }
        for (CompletableFuture<AppendOutcome> future : futures) {
          assertThat(future.get(60, TimeUnit.SECONDS)).isInstanceOf(AppendOutcome.Appended.class);
        }
      }
      flood.join();
      assertThat(slow).isNotNull();
      assertThat(lossyDropped.get()).isPositive();
    }
    assertThat(LedgerReading.steps(store(), "memory"))
        .containsExactlyElementsOf(LongStream.range(0, required).boxed().toList());
    assertThat(LedgerReading.closingMarks(store()))
        .allSatisfy(mark -> assertThat(mark.stored() + mark.dropped()).isEqualTo(mark.offered()));
  }

  private static long flood(EventLog log) {
    try (Producer producer = log.producer("flood")) {
      MetricsRow row = producer.metrics(log.stream("run"), LAYOUT);
      for (int i = 0; i < 300_000; i++) {
        row.begin(0, i).set(0, 1.0).offer();
      }
      return producer.dropped();
    }
  }

  @Test
  void eightProducersEachKeepTheirOrder() throws Exception {
    int producers = 8;
    int each = 20_000;
    try (EventLog log = LogFixture.builder(store()).build()) {
      List<Thread> threads = new ArrayList<>();
      for (int p = 0; p < producers; p++) {
        String name = "producer-" + p;
        Thread thread = new Thread(() -> publish(log, name, each), name);
        threads.add(thread);
        thread.start();
      }
      for (Thread thread : threads) {
        thread.join();
      }
    }

    Map<Integer, Long> lastStep = new HashMap<>();
    Map<Integer, Integer> counts = new HashMap<>();
    long[] next = {-1};
    try (EventLogReader reader = EventLog.openReadOnly(store());
        Tailer tailer = reader.tailer().open()) {
      tailer.poll(
          event -> {
            assertThat(event.sequence()).isEqualTo(next[0] + 1);
            next[0] = event.sequence();
            if (event.typeId() == BuiltinTypes.METRICS_LOGGED.id()) {
              long step = ((MetricsLogged) tailer.decode(event)).step();
              int producer = event.producer();
              assertThat(step).isGreaterThan(lastStep.getOrDefault(producer, -1L));
              lastStep.put(producer, step);
              counts.merge(producer, 1, Integer::sum);
            }
          },
          Integer.MAX_VALUE);
    }
    List<LedgerMark> marks = LedgerReading.closingMarks(store());
    assertThat(marks).hasSize(producers);
    for (LedgerMark mark : marks) {
      assertThat(mark.offered()).isEqualTo(each);
      assertThat(mark.stored()).isEqualTo(counts.getOrDefault(mark.producer(), 0).longValue());
      assertThat(mark.stored() + mark.dropped()).isEqualTo(each);
    }
  }

  private static void publish(EventLog log, String name, int count) {
    try (Producer producer = log.producer(name)) {
      MetricsRow row = producer.metrics(log.stream(name), LAYOUT);
      for (int i = 0; i < count; i++) {
        row.begin(0, i).set(0, i).offer();
      }
    }
  }

  @Test
  void futuresCompleteInTheAckThread() throws ExecutionException, InterruptedException {
    try (EventLog log = LogFixture.builder(store()).build();
        Producer producer = log.producer("agent");
        StalledJournal stalled = StalledJournal.stopped()) {
      List<CompletableFuture<String>> names = new ArrayList<>();
      for (AckLevel level : List.of(AckLevel.JOURNAL, AckLevel.DISK)) {
        names.add(
            producer
                .append(log.stream("s"), LogFixture.event(1), level)
                .thenApply(outcome -> Thread.currentThread().getName()));
      }
      stalled.release();

      for (CompletableFuture<String> name : names) {
        assertThat(name.get()).isEqualTo("ringfold-ack");
      }
    }
  }
}
