// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.demo;

import dev.ringfold.AckLevel;
import dev.ringfold.AppendOptions;
import dev.ringfold.AppendOutcome;
import dev.ringfold.CloseReport;
import dev.ringfold.EventLog;
import dev.ringfold.EventLogReader;
import dev.ringfold.MetricsRow;
import dev.ringfold.Producer;
import dev.ringfold.Tailer;
import dev.ringfold.replay.JournalVerifier;
import dev.ringfold.replay.VerifyReport;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * The demo, step by step: {@link #crash}, then {@link #resume}. Between the two the store is as the
 * killed process left it. Used by one thread.
 */
final class DemoRun {
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(30);

  private final Path store;
  private final long seed;
  private final DemoPlan plan;
  private final Progress progress;
  private final Digits digits = Digits.load();
  private long resumedRows;
  private long duplicates;

  DemoRun(Path store, long seed, Progress progress) {
    this.store = store;
    this.seed = seed;
    this.plan = new DemoPlan(seed);
    this.progress = progress;
  }

  /** Publishes in a process that kills itself. */
  void crash(boolean keep) throws IOException {
    DemoPlace.prepare(store, keep);
    DemoProcess.runUntilKilled(store, seed, progress);
  }

  /** Opens again, checks, publishes what is missing, closes, and checks everything. */
  DemoReport resume() throws IOException {
    List<String> failures = new ArrayList<>();
    Map<Long, Integer> acknowledged = Oracle.read(Oracle.path(store));
    long start = System.nanoTime();
    DemoReport.Crash crash;
    try (EventLog log = DemoPlan.open(store)) {
      long openMillis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
      StoredRows found = read(log.tailer().upTo(log.lastSequence()));
      long lost = found.acknowledgedLost(acknowledged);
      failures.addAll(found.problems());
      if (found.recovery() == null) {
        failures.add("the log did not notice that the process was killed");
      }
      crash = DemoReport.Crash.of(found, acknowledged.size(), lost, openMillis);
      offerMissing(log, found);
      appendAgain(log);
      CloseReport closed = log.close(CLOSE_TIMEOUT);
      if (!closed.clean()) {
        failures.add("the log was not closed cleanly: " + closed.detail());
      }
    }
    return report(crash, acknowledged, failures);
  }

  private StoredRows read(Tailer.Builder from) {
    try (Tailer tailer = from.open()) {
      return StoredRows.read(tailer, digits);
    }
  }

  /** REQUIRED this time, so that nothing is missing any more. */
  private void offerMissing(EventLog log, StoredRows found) {
    try (Producer producer = log.producer(DemoPlan.OFFERING)) {
      MetricsRow[] rows = DemoChild.rows(log, producer);
      for (int n = 0; n < DemoPlan.GOAL; n++) {
        int row = plan.row(n);
        int pass = DemoPlan.pass(n);
        if (!found.contains(pass, row)) {
          DemoPlan.fill(rows[digits.label(row)], digits, row, pass, 1)
              .append(AckLevel.RING, AppendOptions.NONE)
              .join();
          resumedRows++;
        }
        if (n % Digits.ROWS == 0) {
          progress.show("continuing", pass, DemoPlan.PASSES);
        }
      }
    }
  }

  /** Sends every append again, as a caller does that does not know which ones came through. */
  private void appendAgain(EventLog log) {
    try (Producer producer = log.producer(DemoPlan.APPENDING)) {
      MetricsRow target = producer.metrics(log.stream(DemoPlan.REQUIRED_STREAM), DemoPlan.layout());
      List<CompletableFuture<AppendOutcome>> outcomes = new ArrayList<>();
      for (int row = 0; row < Digits.ROWS; row++) {
        DemoPlan.fill(target, digits, row, 0, 0);
        outcomes.add(target.append(AckLevel.DISK, AppendOptions.NONE.key(DemoPlan.key(row))));
      }
      for (CompletableFuture<AppendOutcome> outcome : outcomes) {
        if (outcome.join() instanceof AppendOutcome.Duplicate) {
          duplicates++;
        } else {
          outcome.join().receipt();
          resumedRows++;
        }
      }
    }
  }

  private DemoReport report(
      DemoReport.Crash crash, Map<Long, Integer> acknowledged, List<String> failures) {
    StoredRows end;
    try (EventLogReader reader = EventLog.openReadOnly(store)) {
      end = read(reader.tailer());
    }
    end.acknowledgedLost(acknowledged);
    failures.addAll(end.problems());
    failures.addAll(end.ledger().problems());
    long rows = DemoPlan.GOAL + Digits.ROWS;
    if (end.rows() != rows
        || end.offeredRows() != DemoPlan.GOAL
        || end.requiredRows() != Digits.ROWS) {
      failures.add("the journal must hold " + rows + " rows but holds " + end.rows());
    }
    VerifyReport verified = JournalVerifier.verify(store);
    if (!verified.intact()) {
      verified.findings().forEach(finding -> failures.add(finding.toText()));
    }
    progress.end();
    return new DemoReport(
        store, seed, crash, resumedRows, duplicates, end, verified.events(), failures);
  }
}
