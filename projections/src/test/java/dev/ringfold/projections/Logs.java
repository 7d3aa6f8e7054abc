// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.projections;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringfold.AckLevel;
import dev.ringfold.EventLog;
import dev.ringfold.EventLogBuilder;
import dev.ringfold.LogOption;
import dev.ringfold.Producer;
import dev.ringfold.Stream;
import dev.ringfold.event.MetricsLogged;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Logs with small segments, events that are told apart, and waiting. */
final class Logs {
  static final Duration PATIENCE = Duration.ofSeconds(60);

  private static final long PARK_NANOS = 1_000_000L;

  private Logs() {}

  static EventLogBuilder builder(Path store) {
    return EventLog.builder(store)
        .environment(Map.of())
        .set(LogOption.RING_SLOTS, 4096)
        .set(LogOption.LEDGER_INTERVAL, Duration.ofHours(1)) // The same events on a slow machine.
        .set(LogOption.SEGMENT_BYTES, 1 << 20)
        .set(LogOption.BLOCK_BYTES, 256 << 10)
        .set(LogOption.RESERVE_BYTES, 256 << 10);
  }

  static MetricsLogged event(long step) {
    return MetricsLogged.complete(0, MetricsLogged.Kind.STEP, 0, 0, step, new long[0]);
  }

  /** Appends steps and returns the sequence of the last one. */
  static long append(EventLog log, long fromStep, int count) {
    long last = -1;
    try (Producer producer = log.producer("test")) {
      Stream stream = log.stream("run");
      for (long step = fromStep; step < fromStep + count; step++) {
        last = producer.appendAndAwait(stream, event(step), AckLevel.JOURNAL).firstSequence();
      }
    }
    return last;
  }

  /** Appends many steps without waiting for each. */
  static void appendFast(EventLog log, long fromStep, int count) {
    try (Producer producer = log.producer("test")) {
      Stream stream = log.stream("run");
      for (long step = fromStep; step < fromStep + count - 1; step++) {
        producer.append(stream, event(step), AckLevel.RING);
      }
      producer.appendAndAwait(stream, event(fromStep + count - 1), AckLevel.JOURNAL);
    }
  }

  static void await(String what, BooleanSupplier condition) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("waited %s for %s", PATIENCE, what).isLessThan(deadline);
      LockSupport.parkNanos(PARK_NANOS);
    }
  }
}
