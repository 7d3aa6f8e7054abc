// SPDX-License-Identifier: Apache-2.0
package dev.ringfold;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringfold.event.MetricsLogged;
import dev.ringfold.internal.journal.Manifest;
import dev.ringfold.internal.journal.ManifestFile;
import dev.ringfold.internal.journal.SegmentEntry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Logs with small segments, and waiting for what happens in the background. */
public final class LogFixture {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final long PARK_NANOS = 1_000_000L;

  private LogFixture() {}

  /** A builder with small files, independent of the environment. */
  public static EventLogBuilder builder(Path store) {
    return EventLog.builder(store)
        .environment(Map.of())
        .set(LogOption.RING_SLOTS, 4096)
        .set(LogOption.SEGMENT_BYTES, 1 << 20)
        .set(LogOption.BLOCK_BYTES, 256 << 10)
        .set(LogOption.RESERVE_BYTES, 256 << 10);
  }

  /** A small event that is told apart by its step. */
  public static MetricsLogged event(long step) {
    return MetricsLogged.complete(0, MetricsLogged.Kind.STEP, 0, 0, step, new long[0]);
  }

  /** Appends one event and waits until it is in the journal. */
  public static long append(Producer producer, Stream stream, long step) {
    return producer.appendAndAwait(stream, event(step), AckLevel.JOURNAL).firstSequence();
  }

  /** Ends the segment that is written and waits until it is sealed. */
  public static void endSegment(EventLog log, Producer producer, Stream stream) {
    int before = manifest(log.directory()).segments().size();
    log.requestRoll();
    int[] step = {0};
    await(
        () -> {
          append(producer, stream, step[0]++);
          Manifest now = manifest(log.directory());
          return now.segments().size() > before && unsealed(now) == 1;
        });
  }

  private static long unsealed(Manifest manifest) {
    return manifest.segments().stream().filter(entry -> !entry.sealed()).count();
  }

  /** The manifest on disk. */
  public static Manifest manifest(Path store) {
    return ManifestFile.read(store);
  }

  /** The place in the manifest of the segment that is written now. */
  public static SegmentEntry open(Path store) {
    Manifest manifest = manifest(store);
    return manifest.segments().get(manifest.segments().size() - 1);
  }

  /** Waits for a condition, at most a minute. */
  public static void await(BooleanSupplier condition) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("waited for %s", PATIENCE).isLessThan(deadline);
      LockSupport.parkNanos(PARK_NANOS);
    }
  }

  /**
   * Reads everything from a sequence on, checks that no sequence is missing; how many there were.
   */
  public static long readAll(Tailer.Builder tailers, long from) {
    long[] next = {from};
    try (Tailer tailer = tailers.fromSequence(from).open()) {
      tailer.poll(event -> assertThat(event.sequence()).isEqualTo(next[0]++), Integer.MAX_VALUE);
    }
    return next[0] - from;
  }
}
