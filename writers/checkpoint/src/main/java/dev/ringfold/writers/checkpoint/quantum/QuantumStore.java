// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.quantum;

import dev.ringfold.AckLevel;
import dev.ringfold.EventLog;
import dev.ringfold.LogOption;
import dev.ringfold.blob.BlobId;
import dev.ringfold.event.QuantumStateRemoved;
import dev.ringfold.event.StateExported;
import dev.ringfold.writers.checkpoint.internal.save.Collector;
import dev.ringfold.writers.checkpoint.internal.save.OldestHold;
import dev.ringfold.writers.checkpoint.internal.save.Registry;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Quantum states in a log. Saving returns before anything is written; a state is saved when its
 * future completes: its blobs are forced, and the event that names them is on the disk.
 *
 * <pre>{@code
 * try (QuantumStore store = QuantumStore.open(Path.of("states"))) {
 *   Circuit bell = Circuit.builder(2).h(0).cx(0, 1).build();
 *   QuantumState state =
 *       QuantumState.builder("bell", 2).recipe(Recipe.of(bell)).timestamp(now).build();
 *   store.save(state).join();
 *   double[] amplitudes = store.load("bell").vector();
 * }
 * }</pre>
 *
 * <p>Saving an id again makes another version; {@link #load} gives the newest, {@link #loadAt} the
 * one at a sequence, {@link #optimize} gives up those that were superseded. By default no vector is
 * stored, see {@link StatePolicy}: states are made again by their recipes, to the same bits.
 *
 * <p>Both checksums of a state are compared whenever it is read from files, and by {@link #scrub}.
 *
 * <p>Thread-safe. Threads of its own are {@code ringfold-quantum}, which saves in the order of the
 * calls, two that compress, and {@code ringfold-quantum-scrub} when scrubs are scheduled. States
 * that are given out may be shared: do not change their arrays.
 */
public final class QuantumStore extends RegisteredStates implements AutoCloseable {
  /** The stream of its events. */
  public static final String STREAM = "quantum";

  /** Most states that are saved as one group. */
  public static final int MAX_GROUP = SaveQueue.MAX_STATES;

  private static final String HOLD = "quantum";
  private static final Duration ACK_TIMEOUT = Duration.ofSeconds(60);

  private final EventLog log;
  private final boolean ownsLog;
  private final StatePolicy policy;
  private final Collector collector;
  private final OldestHold hold;
  private final StateCache cache;
  private final StateSaver saver;
  private final StateFacts facts;
  private final StateScrubber scrubber;
  private boolean closed;

  QuantumStore(QuantumStoreBuilder builder, EventLog log, boolean ownsLog) {
    this(
        builder,
        log,
        ownsLog,
        new StateRegistry(log::tailer, log::lastSequence, log.directory().toString()));
  }

  private QuantumStore(
      QuantumStoreBuilder builder, EventLog log, boolean ownsLog, StateRegistry registry) {
    super(registry, registry, new StateReader(log.blobs(), builder.policy.maxQubits()));
    this.log = log;
    this.ownsLog = ownsLog;
    this.policy = builder.policy;
    this.cache = new StateCache(builder.cacheBytes);
    this.facts = new StateFacts(log, STREAM, ACK_TIMEOUT);
    this.collector =
        new Collector(log.blobs(), new Registry(log::tailer, log::lastSequence, log.types()));
    this.hold = new OldestHold(log, HOLD, "the oldest quantum state", registry::oldest);
    StateSaver started = null;
    try {
      registry.refresh();
      collector.collect();
      hold.update();
      started = new StateSaver(builder, log, registry, collector, hold);
      this.saver = started;
      this.scrubber = new StateScrubber(registry, reader, facts, builder.scrubInterval);
    } catch (RuntimeException | Error e) {
      if (started != null) {
        started.close(0);
      }
      facts.close();
      throw e;
    }
  }

  /**
   * Opens the states of a log in this directory with all defaults, creating it if there is none.
   */
  public static QuantumStore open(Path store) {
    return builder(store).open();
  }

  /** Says how to open the states of a log in this directory. */
  public static QuantumStoreBuilder builder(Path store) {
    return new QuantumStoreBuilder(store, null);
  }

  /** Says how to use a log that is open already; closing the store then leaves it open. */
  public static QuantumStoreBuilder on(EventLog log) {
    return new QuantumStoreBuilder(null, log);
  }

  /**
   * Saves a state; returns before anything is written. Its arrays must not change any more.
   *
   * @return completes when it is on the disk, exceptionally when it could not be saved
   * @throws StateTooLargeException when its vector is over the policy's cap
   * @throws IllegalArgumentException when the policy stores nothing it could be made of
   * @throws StateBacklogException when too much waited to be saved, for {@code required-timeout}
   * @throws StateSaveFailedException when an earlier save has failed; this one is not tried
   */
  public CompletableFuture<SavedState> save(QuantumState state) {
    return saveAll(List.of(state)).thenApply(saved -> saved.get(0));
  }

  /**
   * Saves states as one group: all of them are saved, or none. As {@link #save}.
   *
   * @param states at most {@link #MAX_GROUP}; all of them are in memory until they are saved
   * @return what was saved, in the order given
   * @throws IllegalArgumentException also when there are more
   */
  public CompletableFuture<List<SavedState>> saveAll(Collection<QuantumState> states) {
    return saver.save(
        List.copyOf(states), log.config().duration(LogOption.REQUIRED_TIMEOUT).toNanos());
  }

  /**
   * Waits until everything that was given to {@code save} so far is saved or has failed.
   *
   * @return false when the timeout passed first
   */
  public boolean awaitSaved(Duration timeout) {
    return saver.await(timeout.toNanos());
  }

  @Override
  public QuantumState load(SavedState version) {
    QuantumState cached = cache.find(version.sequence());
    if (cached != null) {
      return cached;
    }
    QuantumState loaded = whole(version);
    cache.put(version.sequence(), loaded);
    return loaded;
  }

  @Override
  public void stream(String id, VectorSink sink) {
    SavedState version = registry.refresh().require(id);
    QuantumState cached = cache.find(version.sequence());
    double[] vector = cached == null ? null : cached.vector();
    if (vector == null) {
      pieces(version, sink);
    } else {
      StateReader.stream(vector, sink);
    }
  }

  /** Counts at this moment. */
  public QuantumStoreStats stats() {
    registry.refresh();
    List<SavedState> all = registry.all();
    StateCache.Counts counts = cache.counts();
    return new QuantumStoreStats(
        registry.list().size(),
        all.size(),
        all.stream().mapToLong(SavedState::rawBytes).sum(),
        all.stream().mapToLong(SavedState::storedBytes).sum(),
        saver.waiting(),
        saver.waitingBytes(),
        saver.saved(),
        saver.failed(),
        saver.lastFailure(),
        counts.states(),
        counts.bytes(),
        counts.maxBytes(),
        counts.hits(),
        counts.misses(),
        counts.evictions());
  }

  /**
   * Gives a state up, all versions of it. Its blobs go with the next {@link #optimize}.
   *
   * @throws StateNotFoundException when there is none of this id
   */
  public void remove(String id, String reason) {
    saver.throwFailure();
    registry.refresh().require(id);
    give(registry.versions(id), reason);
  }

  private void give(List<SavedState> versions, String reason) {
    for (SavedState version : versions) {
      facts.append(new QuantumStateRemoved(version.sequence(), reason), AckLevel.DISK);
      cache.remove(version.sequence());
    }
    registry.refresh();
    hold.update();
  }

  /**
   * Gives up all superseded versions, and frees the space of all that was given up so far; what
   * other versions, checkpoints or your own events name stays. Run it monthly, say.
   *
   * @return what was done
   */
  public OptimizeReport optimize() {
    saver.throwFailure();
    registry.refresh();
    List<SavedState> superseded = new ArrayList<>(registry.all());
    superseded.removeAll(registry.list());
    give(superseded, "superseded");
    long freed = collector.collect();
    return new OptimizeReport(superseded.size(), registry.all().size(), freed);
  }

  /**
   * Reads every version of every state and compares all checksums; the result is an event as well.
   * In the calling thread; one at a time. Versions that are removed meanwhile are passed over.
   */
  public ScrubReport scrub() {
    return scrubber.run();
  }

  /**
   * Records that a version was written to a file outside the store.
   *
   * @param exportId what the export is called
   * @param format such as {@code qms}
   * @throws IOException when the file cannot be read
   */
  public void recordExport(SavedState version, String exportId, String format, Path file)
      throws IOException {
    FileHash hash = FileHash.of(file);
    facts.append(
        new StateExported(
            version.sequence(), hash.bytes(), BlobId.parse(hash.sha256()), exportId, format),
        AckLevel.DISK);
    registry.refresh();
  }

  /** What is stored of states. */
  public StatePolicy policy() {
    return policy;
  }

  @Override
  public Path directory() {
    return log.directory();
  }

  @Override
  public String storeId() {
    return log.storeId();
  }

  /** The log behind it. */
  public EventLog log() {
    return log;
  }

  /** Closes with the log's {@code close-timeout}. */
  @Override
  public void close() {
    close(log.config().duration(LogOption.CLOSE_TIMEOUT));
  }

  /**
   * Saves what waits, and closes the log when it was opened here. A second call does nothing.
   *
   * @throws StateSaveFailedException when a save has failed that no other call has told of
   */
  public synchronized void close(Duration timeout) {
    if (closed) {
      return;
    }
    closed = true;
    scrubber.close();
    try {
      saver.close(timeout.toNanos());
    } finally {
      facts.close();
      if (ownsLog) {
        log.close(timeout);
      }
    }
    saver.throwFailure();
  }
}
