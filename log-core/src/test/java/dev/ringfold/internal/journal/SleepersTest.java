// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.internal.journal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringfold.AckLevel;
import dev.ringfold.EventLog;
import dev.ringfold.Producer;
import dev.ringfold.Tailer;
import dev.ringfold.event.RunClosed;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

final class SleepersTest {
  private static final long LONG_NANOS = TimeUnit.MINUTES.toNanos(5);

  @TempDir private Path directory;

  @Test
  @Timeout(60)
  void whoeverWritesWakesASleeperHoweverTheyMeet() throws InterruptedException {
    Sleepers sleepers = new Sleepers();
    AtomicLong written = new AtomicLong();
    int rounds = 20_000;
    Thread reader =
        new Thread(
            () -> {
              for (long seen = 0; seen < rounds; seen = written.get()) {
                sleepers.await(written::get, seen, LONG_NANOS);
              }
            });
    reader.start();

    while (written.get() < rounds) {
      written.incrementAndGet();
      sleepers.wake();
      Thread.onSpinWait();
    }

    reader.join();
    assertThat(written.get()).isEqualTo(rounds);
  }

  @Test
  @Timeout(60)
  void aTailerThatHasSleptForLongGetsTheNextEventAtOnce() throws InterruptedException {
    try (EventLog log = EventLog.open(directory.resolve("store"));
        Producer producer = log.producer("test")) {
      int type = log.types().typeOf(new RunClosed(0)).id();
      AtomicLong seenAfterNanos = new AtomicLong();
      AtomicLong publishedNanos = new AtomicLong();
      Tailer waiting = log.tailer().types(type).open();
      Thread reader =
          new Thread(
              () -> {
                int count = 0;
                while (count == 0) {
                  count =
                      waiting.poll(
                          event -> seenAfterNanos.set(System.nanoTime() - publishedNanos.get()),
                          1,
                          Duration.ofMinutes(5));
                }
              });
      reader.start();
      while (reader.getState() != Thread.State.TIMED_WAITING || !sleeps(reader)) {
        Thread.onSpinWait();
      }

      publishedNanos.set(System.nanoTime());
      producer.appendAndAwait(log.stream("run"), new RunClosed(0), AckLevel.JOURNAL);

      reader.join();
      waiting.close();
      // Without being woken it would have slept for a second.
      assertThat(seenAfterNanos.get()).isBetween(1L, TimeUnit.MILLISECONDS.toNanos(900));
    }
  }

  private static boolean sleeps(Thread thread) {
    Object blocker = java.util.concurrent.locks.LockSupport.getBlocker(thread);
    return blocker instanceof Sleepers;
  }
}
