// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.crash;

import dev.ringfold.AckLevel;
import dev.ringfold.AppendOptions;
import dev.ringfold.EventLog;
import dev.ringfold.EventLogReader;
import dev.ringfold.Producer;
import dev.ringfold.Receipt;
import dev.ringfold.replay.crash.CrashEvent.Kind;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Opens a store after a fault, in this process, and checks every promise: all that was acknowledged
 * is there with the right bytes, the sequence is dense, the ledger closes, appending works, and a
 * second recovery finds nothing to do.
 */
final class StoreVerifier {
  private static final long MAX_OPEN_NANOS = TimeUnit.SECONDS.toNanos(30);
  private static final Duration TIMEOUT = Duration.ofSeconds(20);

  private final Workload workload;
  private final long seed;

  StoreVerifier(Workload workload, long seed) {
    this.workload = workload;
    this.seed = seed;
  }

  /** Checks the store; what is wrong is in the verdict and never thrown. */
  Verdict verify(Path store, List<Oracle.Ack> acks) {
    List<String> problems = new ArrayList<>();
    long lost = 0;
    long readable = 0;
    long openNanos = 0;
    try {
      // Also before recovery, when the manifest may not name the newest segment.
      StoreReading before = read(store);
      before.compare(acks);
      long started = System.nanoTime();
      StoreReading after;
      try (EventLog log = CrashStore.builder(store, seed, workload).build()) {
        openNanos = System.nanoTime() - started;
        after = check(log, acks, problems);
      }
      lost = after.lost(acks);
      readable = after.nextSequence();
      before.requireSameBegin(after);
      reopen(store, after);
      problems.addAll(before.problems());
      problems.addAll(after.problems());
      if (openNanos > MAX_OPEN_NANOS) {
        problems.add("the open took " + TimeUnit.NANOSECONDS.toMillis(openNanos) + " ms");
      }
    } catch (RuntimeException | AssertionError e) {
      lost = Math.max(lost, acks.size());
      problems.add("the store cannot be used: " + e);
    }
    return new Verdict(acks.size(), lost, readable, openNanos, problems);
  }

  /** Opens the store once and checks what is in it; for many images of one run. */
  Verdict verifyQuickly(Path store, List<Oracle.Ack> acks) {
    List<String> problems = new ArrayList<>();
    long started = System.nanoTime();
    try (EventLog log = CrashStore.builder(store, seed, workload).build()) {
      long openNanos = System.nanoTime() - started;
      StoreReading reading = check(log, acks, problems);
      problems.addAll(reading.problems());
      return new Verdict(
          acks.size(), reading.lost(acks), reading.nextSequence(), openNanos, problems);
    } catch (RuntimeException | AssertionError e) {
      problems.add("the store cannot be used: " + e);
      return new Verdict(acks.size(), acks.size(), 0, 0, problems);
    }
  }

  /** As a reader sees the store, without changing anything. */
  private StoreReading read(Path store) {
    try (EventLogReader reader = EventLogReader.open(store, CrashStore.types(workload))) {
      return StoreReading.of(reader.tailer(), workload.check(seed));
    }
  }

  private StoreReading check(EventLog log, List<Oracle.Ack> acks, List<String> problems) {
    try (Producer producer = log.producer("verifier")) {
      Receipt receipt =
          producer
              .appendAndAwait(
                  log.stream("verifier"),
                  CrashEvent.of(seed, -1, Kind.SINGLE, 0, 1),
                  AckLevel.DISK,
                  AppendOptions.NONE,
                  TIMEOUT)
              .receipt();
      StoreReading reading = StoreReading.of(log.tailer(), workload.check(seed));
      reading.compare(acks);
      reading.requireClosedLedger(reading.session());
      if (reading.nextSequence() <= receipt.lastSequence()) {
        problems.add("sequence " + receipt.lastSequence() + " was appended and is not readable");
      }
      return reading;
    }
  }

  /** After a clean close nothing may be recovered, and nothing may have changed. */
  private void reopen(Path store, StoreReading before) {
    try (EventLog log = CrashStore.builder(store, seed, workload).build()) {
      StoreReading again = StoreReading.of(log.tailer(), workload.check(seed));
      before.requireSameBegin(again);
      if (again.recoveries() != before.recoveries()) {
        before.problem("the second open recovered again: " + again.cuts());
      }
      again.problems().forEach(before::problem);
    }
  }
}
