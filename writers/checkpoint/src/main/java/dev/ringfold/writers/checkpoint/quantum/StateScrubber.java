// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.quantum;

import dev.ringfold.AckLevel;
import dev.ringfold.RingfoldException;
import dev.ringfold.event.ScrubCompleted;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads everything again, when told to or in an interval, and says in the log what it found. */
final class StateScrubber {
  private static final Logger LOG = LoggerFactory.getLogger(StateScrubber.class);

  /** Most damaged versions that an event has a line for. */
  private static final int MAX_LINES = 100;

  /** Most characters of a line. */
  private static final int MAX_LINE_LENGTH = 500;

  private final StateRegistry registry;
  private final StateReader reader;
  private final StateFacts facts;
  private final CountDownLatch stop = new CountDownLatch(1);
  private final @Nullable Thread thread;
  private volatile boolean closed;

  StateScrubber(
      StateRegistry registry, StateReader reader, StateFacts facts, @Nullable Duration interval) {
    this.registry = registry;
    this.reader = reader;
    this.facts = facts;
    if (interval == null) {
      this.thread = null;
      return;
    }
    this.thread = new Thread(() -> scrubEvery(interval), "ringfold-quantum-scrub");
    thread.setDaemon(true);
    thread.start();
  }

  private void scrubEvery(Duration interval) {
    try {
      while (!stop.await(interval.toNanos(), TimeUnit.NANOSECONDS)) {
        scheduled();
      }
    } catch (InterruptedException e) {
      LOG.warn("Scheduled scrubs have ended: the thread was interrupted");
    }
  }

  private void scheduled() {
    try {
      run();
    } catch (RuntimeException e) {
      // The next one is tried all the same: a store that cannot be scrubbed must not go unseen.
      LOG.error("A scheduled scrub has failed", e);
    }
  }

  synchronized ScrubReport run() {
    long bytes = 0;
    int checked = 0;
    List<String> damaged = new ArrayList<>();
    for (SavedState version : registry.refresh().all()) {
      if (closed) {
        break;
      }
      try {
        bytes += reader.scrub(version);
      } catch (RingfoldException e) {
        if (!registry.refresh().has(version.sequence())) {
          continue; // It was removed meanwhile, and its blobs with it.
        }
        damaged.add(line(version, e));
        LOG.error("Scrub of {}@{}: {}", version.id(), version.sequence(), e.getMessage());
      }
      checked++;
    }
    String details = String.join("\n", damaged.subList(0, Math.min(damaged.size(), MAX_LINES)));
    long sequence =
        facts
            .append(new ScrubCompleted(bytes, checked, damaged.size(), details), AckLevel.DISK)
            .firstSequence();
    return new ScrubReport(sequence, checked, bytes, damaged);
  }

  private static String line(SavedState version, RingfoldException e) {
    String line =
        version.id()
            + "@"
            + version.sequence()
            + ": "
            + String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    return line.length() <= MAX_LINE_LENGTH ? line : line.substring(0, MAX_LINE_LENGTH) + "…";
  }

  void close() {
    closed = true;
    stop.countDown();
    boolean interrupted = false;
    while (thread != null && thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
