// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.transfer;

import dev.ringfold.AckLevel;
import dev.ringfold.AppendOptions;
import dev.ringfold.AppendOutcome;
import dev.ringfold.EventLog;
import dev.ringfold.MetricsRow;
import dev.ringfold.Producer;
import dev.ringfold.RingfoldException;
import dev.ringfold.event.MetricLayout;
import dev.ringfold.event.RunClosed;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * Appends the rows of a checked file as REQUIRED events, each with a key made of the file's hash
 * and the line: importing the same file again, also after a crash in the middle, adds only what is
 * missing. At the end every run of the file is closed, so that tables seal it. One thread.
 */
public final class Importer implements AutoCloseable {
  /** Appends that may wait for their acknowledgement at one time. */
  private static final int MAX_WAITING = 4_096;

  /** Runs whose row is kept ready: each has a cell for every column of the file. */
  private static final int MAX_OPEN_ROWS = 64;

  private final Producer producer;
  private final EventLog log;
  private final ImportFile file;
  private final MetricLayout layout;
  private final String identity;
  private final Map<String, MetricsRow> rows =
      new LinkedHashMap<>(MAX_OPEN_ROWS, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, MetricsRow> eldest) {
          return size() > MAX_OPEN_ROWS;
        }
      };
  private final Map<String, Integer> attempts = new HashMap<>();
  private final Deque<CompletableFuture<AppendOutcome>> waiting = new ArrayDeque<>();
  private long added;
  private long present;
  private long lastSequence = -1;

  /** Prepares the import of a file into an open log; a producer called {@code import} does it. */
  public Importer(EventLog log, ImportFile file) {
    this.log = log;
    this.file = file;
    this.layout = file.layout();
    this.identity = file.identity();
    this.producer = log.producer("import");
  }

  /**
   * What an import did.
   *
   * @param added rows that were stored now
   * @param present rows that an earlier import of the same file had stored
   * @param lastSequence newest sequence of both, and of the ends of the runs; -1 without any row
   */
  public record Report(long added, long present, long lastSequence) {}

  /**
   * Imports everything; when this returns it is on disk.
   *
   * @throws RingfoldException when the log fails or the disk is full; importing again goes on
   */
  public Report run() throws IOException {
    file.forEach(this::append);
    settleAll();
    Report report = new Report(added, present, lastSequence);
    for (String run : file.runs()) {
      waiting.add(
          producer.append(
              log.stream(run),
              new RunClosed(attempts.getOrDefault(run, 0)),
              AckLevel.DISK,
              AppendOptions.NONE.key("import/" + identity + "/close/" + run)));
      settleDown(MAX_WAITING);
    }
    settleAll();
    return new Report(report.added(), report.present(), lastSequence);
  }

  /** Gives up the producer; the log stays open. */
  @Override
  public void close() {
    producer.close();
  }

  private void append(ImportRow row, long line) {
    MetricsRow target =
        rows.computeIfAbsent(row.run, run -> producer.metrics(log.stream(run), layout));
    target.begin(row.kind, row.attempt, row.epoch, row.step, row.eventTimeNanos);
    for (ImportRow.Value value : row.values) {
      switch (value.type()) {
        case DOUBLE -> target.set(value.column(), Double.longBitsToDouble(value.bits()));
        case LONG -> target.set(value.column(), value.bits());
        case BOOLEAN -> target.set(value.column(), value.bits() != 0);
        case STRING -> target.set(value.column(), value.text());
      }
    }
    attempts.merge(row.run, row.attempt, Math::max);
    AppendOptions options = AppendOptions.NONE.key("import/" + identity + "/" + line);
    waiting.add(target.append(AckLevel.DISK, options));
    settleDown(MAX_WAITING);
  }

  private void settleAll() {
    settleDown(0);
  }

  private void settleDown(int count) {
    while (waiting.size() > count) {
      settle(waiting.remove());
    }
  }

  private void settle(CompletableFuture<AppendOutcome> future) {
    AppendOutcome outcome;
    try {
      outcome = future.join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof RingfoldException known ? known : e;
    }
    if (outcome instanceof AppendOutcome.Appended) {
      added++;
    } else {
      present++;
    }
    lastSequence = Math.max(lastSequence, sequence(outcome));
  }

  private long sequence(AppendOutcome outcome) {
    if (outcome instanceof AppendOutcome.KeyWindowExpired expired) {
      // Stored so long ago that only the key is still known.
      return expired.sequence();
    }
    if (outcome instanceof AppendOutcome.KeyConflict conflict) {
      throw new RingfoldException(
          file.file()
              + ": a row was imported before with other values, as sequence "
              + conflict.sequence()
              + "; the file's times or the names of the store changed. Nothing is there twice");
    }
    return outcome.receipt().firstSequence();
  }
}
