// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.transfer;

import dev.ringfold.AckLevel;
import dev.ringfold.AppendOptions;
import dev.ringfold.AppendOutcome;
import dev.ringfold.EventLog;
import dev.ringfold.MetricsRow;
import dev.ringfold.Producer;
import dev.ringfold.RingfoldException;
import dev.ringfold.Tailer;
import dev.ringfold.event.BuiltinTypes;
import dev.ringfold.event.Event;
import dev.ringfold.event.MetricLayout;
import dev.ringfold.event.RunClosed;
import dev.ringfold.event.RunStarted;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.BitSet;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * Appends the rows of a checked file as REQUIRED events, each with a key made of the file's hash
 * and the line: importing the same file again, also after a crash in the middle, adds only what is
 * missing.
 *
 * <p>A run has the facts that a logger would have written: before the first row of an attempt that
 * it has begun, with the file's hash as its configuration, and at the end that every attempt is
 * closed, so that tables seal it. An attempt that the store has begun already is not begun again:
 * it keeps its configuration. One thread.
 */
public final class Importer implements AutoCloseable {
  /** Appends that may wait for their acknowledgement at one time. */
  private static final int MAX_WAITING = 4_096;

  /** Runs whose row is kept ready: each has a cell for every column of the file. */
  private static final int MAX_OPEN_ROWS = 64;

  private static final int BATCH = 256;

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
  private final Map<String, BitSet> begun = new HashMap<>();
  private final Map<String, BitSet> attempts = new LinkedHashMap<>();
  private final Deque<Waiting> waiting = new ArrayDeque<>();
  private long added;
  private long present;
  private long lastSequence = -1;

  /** An append without its answer yet, of a row or of a fact about its run. */
  private record Waiting(CompletableFuture<AppendOutcome> answer, boolean row) {}

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
   * @param lastSequence newest sequence of both, and of the facts about the runs; -1 without any
   *     row
   */
  public record Report(long added, long present, long lastSequence) {}

  /**
   * Imports everything; when this returns it is on disk.
   *
   * @throws RingfoldException when the log fails or the disk is full; importing again goes on
   */
  public Report run() throws IOException {
    readBegun();
    file.forEach(this::append);
    settleAll();
    attempts.forEach(this::closeAttempts);
    settleAll();
    return new Report(added, present, lastSequence);
  }

  /** Which attempts of the file's runs the store has begun. */
  private void readBegun() {
    Tailer.Builder builder =
        log.tailer().types(BuiltinTypes.RUN_STARTED.id()).upTo(log.lastSequence());
    try (Tailer tailer = builder.open()) {
      int count = 1;
      while (count > 0) {
        count =
            tailer.poll(
                event -> {
                  String run = event.stream().name();
                  if (file.runs().contains(run)
                      && tailer.decode(event) instanceof RunStarted started) {
                    begun.computeIfAbsent(run, absent -> new BitSet()).set(started.attempt());
                  }
                },
                BATCH);
      }
    }
  }

  /** Gives up the producer; the log stays open. */
  @Override
  public void close() {
    producer.close();
  }

  private void append(ImportRow row, long line) {
    begin(row.run, row.attempt);
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
    AppendOptions options = AppendOptions.NONE.key("import/" + identity + "/" + line);
    waiting.add(new Waiting(target.append(AckLevel.DISK, options), true));
    settleDown(MAX_WAITING);
  }

  /** Says that the attempt has begun, before its first row. */
  private void begin(String run, int attempt) {
    BitSet known = attempts.computeIfAbsent(run, absent -> new BitSet());
    if (known.get(attempt)) {
      return;
    }
    known.set(attempt);
    BitSet before = begun.get(run);
    if (before == null || !before.get(attempt)) {
      // The name of the file is not in it: under another name it is still the same import.
      String configuration = "{\"imported_sha256\":\"" + file.sha256() + "\"}";
      appendFact(run, new RunStarted(attempt, configuration), "/start/" + attempt + "/" + run);
    }
  }

  private void closeAttempts(String run, BitSet known) {
    known.stream()
        .forEach(
            attempt -> appendFact(run, new RunClosed(attempt), "/close/" + attempt + "/" + run));
  }

  private void appendFact(String run, Event fact, String key) {
    AppendOptions options = AppendOptions.NONE.key("import/" + identity + key);
    waiting.add(new Waiting(producer.append(log.stream(run), fact, AckLevel.DISK, options), false));
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

  private void settle(Waiting one) {
    AppendOutcome outcome;
    try {
      outcome = one.answer().join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof RingfoldException known ? known : e;
    }
    if (outcome instanceof AppendOutcome.Appended) {
      added += one.row() ? 1 : 0;
    } else {
      present += one.row() ? 1 : 0;
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
