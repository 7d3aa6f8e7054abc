// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.crash;

import dev.ringfold.AckLevel;
import dev.ringfold.AppendOptions;
import dev.ringfold.AppendOutcome;
import dev.ringfold.EventLog;
import dev.ringfold.MetricsRow;
import dev.ringfold.Producer;
import dev.ringfold.Receipt;
import dev.ringfold.Stream;
import dev.ringfold.UnitOfWork;
import dev.ringfold.event.Event;
import dev.ringfold.event.EventType;
import dev.ringfold.event.EventTypes;
import dev.ringfold.event.MetricLayout;
import dev.ringfold.event.PayloadWriter;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Publishes for a {@link Workload} and writes every acknowledgement to the oracle, which is what
 * the log is measured against afterwards. Belongs to the workload's thread.
 */
public final class Publisher {
  private static final int MAX_OUTSTANDING = 128;
  private static final Duration TIMEOUT = Duration.ofSeconds(30);
  private static final MetricLayout LAYOUT =
      MetricLayout.builder().doubles("loss", "accuracy").build();

  private final EventLog log;
  private final EventTypes types;
  private final Producer producer;
  private final AckLevel level;
  private final AckSink oracle;
  private final long seed;
  private final Semaphore outstanding = new Semaphore(MAX_OUTSTANDING);
  private final Map<String, Stream> streams = new HashMap<>();
  private final Map<String, MetricsRow> rows = new HashMap<>();
  private final PayloadWriter payload = new PayloadWriter();
  private volatile @Nullable Throwable failure;
  private long n;

  Publisher(
      EventLog log,
      EventTypes types,
      Producer producer,
      AckLevel level,
      AckSink oracle,
      long seed) {
    this.log = log;
    this.types = types;
    this.producer = producer;
    this.level = level;
    this.oracle = oracle;
    this.seed = seed;
  }

  void item(long number) {
    n = number;
  }

  /** The seed everything follows from. */
  public long seed() {
    return seed;
  }

  /** The log, for blobs and the like. */
  public EventLog log() {
    return log;
  }

  /** The stream of this name. */
  public Stream stream(String name) {
    return streams.computeIfAbsent(name, log::stream);
  }

  /** Appends a REQUIRED event; its acknowledgement goes to the oracle when it comes. */
  public void append(String stream, Event event, AppendOptions options) {
    int[] crc = {crc(event)};
    track(producer.append(stream(stream), event, level, options), crc);
  }

  /** Appends a REQUIRED event and waits for what became of it. */
  public AppendOutcome appendAndAwait(String stream, Event event, AppendOptions options) {
    int[] crc = {crc(event)};
    AppendOutcome outcome = producer.appendAndAwait(stream(stream), event, level, options, TIMEOUT);
    acknowledge(outcome, crc, n);
    return outcome;
  }

  /** Appends events as one atomic group; the options belong to the first of them. */
  public void appendGroup(String stream, List<? extends Event> events, AppendOptions options) {
    UnitOfWork unit = producer.unitOfWork();
    int[] crcs = new int[events.size()];
    for (int i = 0; i < crcs.length; i++) {
      crcs[i] = crc(events.get(i));
      unit.add(stream(stream), events.get(i), i == 0 ? options : AppendOptions.NONE);
    }
    track(unit.commit(level), crcs);
  }

  /** Offers a LOSSY row of metrics; it may be dropped, and the ledger must say so. */
  public boolean offerMetrics(String stream, long step, double loss) {
    return rows.computeIfAbsent(stream, name -> producer.metrics(stream(name), LAYOUT))
        .begin(0, step)
        .set(0, loss)
        .set(1, -loss)
        .offer();
  }

  private int crc(Event event) {
    EventType<?> type = types.typeOf(event);
    payload.reset(0);
    type.encode(event, payload);
    CRC32C crc = new CRC32C();
    crc.update(payload.array(), payload.start(), payload.length());
    return (int) crc.getValue();
  }

  private void track(CompletableFuture<AppendOutcome> future, int[] crcs) {
    long item = n;
    acquire();
    CompletableFuture<AppendOutcome> unused =
        future.whenComplete(
            (outcome, problem) -> {
              if (problem == null) {
                acknowledge(outcome, crcs, item);
              } else {
                failure = problem;
              }
              outstanding.release();
            });
  }

  private void acquire() {
    try {
      if (!outstanding.tryAcquire(TIMEOUT.toSeconds(), TimeUnit.SECONDS)) {
        throw new IllegalStateException("no acknowledgement came in " + TIMEOUT);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
    check();
  }

  private void acknowledge(AppendOutcome outcome, int[] crcs, long item) {
    if (!outcome.isStored()) {
      return;
    }
    Receipt receipt = outcome.receipt();
    if (receipt.firstSequence() < 0) {
      return; // RING: accepted, and nothing is promised.
    }
    for (int i = 0; i < crcs.length; i++) {
      oracle.acknowledged(receipt.firstSequence() + i, crcs[i], (int) item);
    }
  }

  /** Throws the first failure of an append. */
  void check() {
    Throwable problem = failure;
    if (problem != null) {
      throw new IllegalStateException("an append failed: " + problem.getMessage(), problem);
    }
  }

  /** Waits until every append is answered. */
  void settle() {
    outstanding.acquireUninterruptibly(MAX_OUTSTANDING);
    outstanding.release(MAX_OUTSTANDING);
    check();
  }
}
