// SPDX-License-Identifier: Apache-2.0
package dev.ringfold;

import dev.ringfold.blob.BlobLimits;
import dev.ringfold.blob.BlobStore;
import dev.ringfold.event.EventTypes;
import dev.ringfold.event.HealthState;
import dev.ringfold.event.StreamKey;
import dev.ringfold.internal.io.StoreLock;
import dev.ringfold.internal.journal.LogSource;
import dev.ringfold.internal.ring.LogClosing;
import dev.ringfold.internal.ring.LogEngine;
import dev.ringfold.internal.ring.ProducerCore;
import dev.ringfold.internal.ring.ProducerHandle;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * An append-only log in a directory, open for writing by this process. Everything it promises is
 * about one number: a sequence, dense from 0, given to every event by the journal.
 *
 * <p>{@link #producer} publishes, {@link #tailer} reads, {@link #close(Duration)} drains and
 * forces. Thread-safe; the handles it gives out say which thread may use them.
 *
 * <p>Threads of an open log: {@code ringfold-journal} writes frames, {@code ringfold-force} makes
 * them durable, {@code ringfold-ack} completes futures, {@code ringfold-segments} keeps blocks and
 * the next segment ready, {@code ringfold-seal} seals and hashes finished ones, and with a {@link
 * RetentionPolicy} {@code ringfold-retention} deletes old ones. All are daemons.
 */
public final class EventLog implements AutoCloseable {
  private static final long AWAIT_PARK_NANOS = 50_000L;
  private static final Duration FORK_FORCE_TIMEOUT = Duration.ofSeconds(30);

  private final LogConfig config;
  private final EventTypes types;
  private final StoreLock lock;
  private final LogEngine engine;
  private final LogSource source;
  private final BlobStore blobs;
  private final SavedPositions positions;
  private final Holds holds;
  private final Retention retention;
  private final @Nullable RetentionWorker retentionWorker;
  private volatile boolean closed;
  private @Nullable CloseReport report;

  EventLog(LogConfig config, EventTypes types, StoreLock lock, LogEngine engine, Clock clock) {
    this.config = config;
    this.types = types;
    this.lock = lock;
    this.engine = engine;
    this.source =
        new LogSource(engine.store(), engine.manifests(), engine.forcer(), engine.keeper());
    this.blobs =
        BlobStore.open(engine.store(), () -> engine.clock().nanos(), BlobLimits.defaults());
    Object retentionTurn = new Object();
    this.positions = new SavedPositions(engine.store());
    this.holds = new Holds(engine.store(), retentionTurn);
    this.retention =
        new Retention(
            engine,
            source.tailers(),
            positions,
            holds,
            retentionTurn,
            clock,
            config.duration(LogOption.LEASE_GRACE));
    RetentionPolicy policy = RetentionPolicy.of(config);
    this.retentionWorker =
        policy.isOff()
            ? null
            : new RetentionWorker(
                policy, retention, engine.manifests()::current, this::retentionTailer);
  }

  private Tailer.Builder retentionTailer() {
    return new Tailer.Builder(source, types, null);
  }

  /** Starts what works by itself; called once, by the builder. */
  EventLog start() {
    RetentionWorker worker = retentionWorker;
    if (worker != null) {
      worker.start();
    }
    return this;
  }

  /** Opens a store with the defaults and the environment, creating it if there is none. */
  public static EventLog open(Path directory) {
    return builder(directory).build();
  }

  /** A builder for the store in this directory. */
  public static EventLogBuilder builder(Path directory) {
    return new EventLogBuilder(directory);
  }

  /** Opens a store for reading only, also while another process writes it. */
  public static EventLogReader openReadOnly(Path directory) {
    return EventLogReader.open(directory, EventTypes.builtin());
  }

  /** The store's directory. */
  public Path directory() {
    return engine.store();
  }

  /** The store's id, 32 hexadecimal digits. */
  public String storeId() {
    return engine.manifests().current().storeId();
  }

  /** Where this store was forked from; null when it is no fork. */
  public @Nullable ForkOrigin forkedFrom() {
    return ForkOrigin.of(engine.store(), engine.manifests().current());
  }

  /** The event types it knows. */
  public EventTypes types() {
    return types;
  }

  /** The configuration. */
  public LogConfig config() {
    return config;
  }

  /**
   * Opens a producer under a name. The name keeps its number for the session; a closed one may be
   * opened again.
   *
   * @throws RingfoldException when the name is open already, or 255 names are in use
   */
  public Producer producer(String name) {
    requireOpen();
    ProducerHandle handle = engine.producers().open(name);
    return new Producer(
        new ProducerCore(engine, handle, types, config.value(LogOption.REQUIRED_TIMEOUT)));
  }

  /** The stream of this name, without context. */
  public Stream stream(String name) {
    return stream(StreamKey.of(name));
  }

  /** The stream of this name and context. */
  public Stream stream(StreamKey key) {
    requireOpen();
    return new Stream(engine.dictionary().stream(key), key);
  }

  /** A tailer over this log; it sees an event as soon as its frame is written. */
  public Tailer.Builder tailer() {
    return new Tailer.Builder(source, types, null);
  }

  /** Newest sequence in the journal, -1 when there is none. */
  public long lastSequence() {
    return engine.forcer().writtenSequence();
  }

  /** Newest sequence that is on disk, -1 when there is none. */
  public long durableSequence() {
    return engine.forcer().durableSequence();
  }

  /**
   * Waits until a sequence is on disk, forcing it now.
   *
   * @return false when the timeout passed first
   * @throws LogFailedException when the log has failed
   */
  public boolean awaitDurable(long sequence, Duration timeout) {
    long deadline = System.nanoTime() + timeout.toNanos();
    while (durableSequence() < sequence) {
      if (engine.state().condition() == dev.ringfold.internal.journal.LogState.Condition.FAILED) {
        throw new LogFailedException(
            "The log has failed: " + engine.state().reason(), engine.state().cause());
      }
      if (System.nanoTime() >= deadline || Thread.currentThread().isInterrupted()) {
        return false;
      }
      engine.forcer().request(sequence);
      LockSupport.parkNanos(this, AWAIT_PARK_NANOS);
    }
    return true;
  }

  /** Bulk bytes beside the journal. */
  public BlobStore blobs() {
    return blobs;
  }

  /** Named reading positions of outside consumers. */
  public SavedPositions positions() {
    return positions;
  }

  /** Pins that keep the journal from a sequence on. */
  public Holds holds() {
    return holds;
  }

  /** Deletes old segments when asked to. */
  public Retention retention() {
    return retention;
  }

  /** Oldest sequence the log still holds. */
  public long floorSequence() {
    return engine.manifests().current().floorSequence();
  }

  /** Asks for a clock tick at a log time, unless a frame comes first. */
  public void requestTick(Instant logTime) {
    long nanos =
        java.util.concurrent.TimeUnit.SECONDS.toNanos(logTime.getEpochSecond()) + logTime.getNano();
    if (!engine.duties().requestTick(nanos)) {
      throw new RingfoldException("Too many clock ticks are asked for; at most 65536 at one time.");
    }
  }

  /** The log's own clock: never goes back, also over restarts. */
  public Instant logTime() {
    long nanos = engine.clock().nanos();
    return Instant.ofEpochSecond(nanos / 1_000_000_000L, nanos % 1_000_000_000L);
  }

  /** Begins a new segment with the next frame; for forks and backups. */
  public void requestRoll() {
    engine.duties().requestRoll();
  }

  /**
   * Makes a new store that begins with this log's events up to a sequence, which is forced first;
   * see {@link Forks}. Producers go on meanwhile.
   *
   * @param sequence the last event that the fork has
   * @param target directory of the fork; must not exist
   * @param name what to call it, for people; may be empty
   * @throws ForkRefusedException when it is above the end, or inside an atomic group; the exception
   *     says which sequences are possible
   * @throws SegmentRetiredException when it is below the floor
   * @throws StoreAccessException when the target is there already, or the system refuses access
   * @throws RingTimeoutException when the disk did not take the event in time
   */
  public ForkReport fork(long sequence, Path target, String name) {
    requireOpen();
    if (sequence <= lastSequence() && !awaitDurable(sequence, FORK_FORCE_TIMEOUT)) {
      throw new RingTimeoutException(
          "Sequence "
              + sequence
              + " was not on disk within "
              + FORK_FORCE_TIMEOUT.toSeconds()
              + " s, or the thread was interrupted; nothing was forked. Is the disk slow?");
    }
    return new ForkDraft(source, sequence, target, name).make();
  }

  /** What the log accepts, and why not more. */
  public LogHealth health() {
    return new LogHealth(
        switch (engine.state().condition()) {
          case OPEN -> HealthState.OPEN;
          case LOW -> HealthState.LOW;
          case FULL -> HealthState.FULL;
          case FAILED -> HealthState.FAILED;
          case CLOSING, CLOSED -> HealthState.CLOSED;
        },
        engine.state().reason());
  }

  /** Counters at this moment. */
  public LogStats stats() {
    return new LogStats(
        engine.session(),
        engine.duties().events(),
        engine.duties().frames(),
        engine.duties().frameBytes(),
        lastSequence(),
        durableSequence(),
        engine.journal().backlog(),
        engine.ring().capacity(),
        engine.acks().outstanding(),
        engine.manifests().current().segments().size(),
        health());
  }

  /** Latencies since the last call. */
  public LogStats.Latencies drainLatencies() {
    return new LogStats.Latencies(
        engine.duties().drainFrameLatencies(), engine.forcer().drainLatencies());
  }

  /** The loss ledger as the producers count it in this session. */
  public List<LedgerLine> ledger() {
    List<LedgerLine> lines = new ArrayList<>();
    for (int id = 1; id <= engine.producers().highest(); id++) {
      ProducerHandle handle = engine.producers().handle(id);
      if (handle != null) {
        long dropped = handle.dropped();
        lines.add(new LedgerLine(id, handle.name(), handle.offered(), dropped));
      }
    }
    return lines;
  }

  /** Closes with the configured timeout. */
  @Override
  public void close() {
    close(config.duration(LogOption.CLOSE_TIMEOUT));
  }

  /**
   * Refuses producers, drains the ring, forces, seals the segment and gives up the lock. Records
   * that are left in the ring at the deadline are declared as dropped, and their futures fail.
   *
   * <p>When a thread of the log does not end, since a disk stands still, the report says so and the
   * store stays locked by this process: that thread may still write. A second call then goes on
   * waiting; after a finished one it returns the same report again.
   *
   * @return what was done and what could not be done
   */
  public synchronized CloseReport close(Duration timeout) {
    CloseReport earlier = report;
    if (earlier != null) {
      return earlier;
    }
    closed = true;
    boolean interrupted = Thread.interrupted(); // It would end waits and forces; told on below.
    retention.close();
    RetentionWorker worker = retentionWorker;
    boolean retentionEnded = worker == null || worker.stop();
    try {
      CloseReport made = reportOf(engine.close(timeout.toNanos()), retentionEnded);
      report = retentionEnded && engine.hasEnded() ? made : null;
      return made;
    } catch (RuntimeException | Error e) {
      report = new CloseReport(lastSequence(), durableSequence(), 0, false, String.valueOf(e));
      throw e;
    } finally {
      if (retentionEnded && engine.hasEnded()) {
        blobs.close();
        engine.manifests().close();
        lock.close();
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private CloseReport reportOf(LogClosing.Outcome outcome, boolean retentionEnded) {
    String problem = outcome.problem();
    if (problem.isEmpty() && !retentionEnded) {
      problem = "ringfold-retention has not ended; the store stays locked. Close again.";
    } else if (problem.isEmpty() && outcome.undrained() > 0) {
      problem =
          "The timeout passed before the ring was empty; what was left is declared as dropped.";
    }
    boolean clean = problem.isEmpty() && durableSequence() >= lastSequence();
    return new CloseReport(lastSequence(), durableSequence(), outcome.undrained(), clean, problem);
  }

  private void requireOpen() {
    if (closed) {
      throw new LogClosedException("The log at " + engine.store() + " is closed.");
    }
  }
}
