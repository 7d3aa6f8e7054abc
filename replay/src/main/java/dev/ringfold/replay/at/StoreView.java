// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.at;

import dev.ringfold.EventLog;
import dev.ringfold.EventLogReader;
import dev.ringfold.EventView;
import dev.ringfold.SegmentRetiredException;
import dev.ringfold.Tailer;
import dev.ringfold.event.BuiltinTypes;
import dev.ringfold.event.CheckpointExpired;
import dev.ringfold.event.Event;
import dev.ringfold.event.EventTypes;
import dev.ringfold.event.QuantumStateRemoved;
import dev.ringfold.projections.Projection;
import dev.ringfold.projections.index.IndexQuery;
import dev.ringfold.replay.EventSource;
import dev.ringfold.replay.FloorCheck;
import dev.ringfold.replay.Point;
import dev.ringfold.replay.playback.IndexedTailer;
import dev.ringfold.replay.query.QueryLimits;
import dev.ringfold.replay.query.TableSession;
import dev.ringfold.replay.transfer.RowFilter;
import dev.ringfold.replay.transfer.RowSource;
import dev.ringfold.replay.transfer.StoreRows;
import dev.ringfold.writers.checkpoint.CheckpointReader;
import dev.ringfold.writers.checkpoint.EventScan;
import dev.ringfold.writers.checkpoint.quantum.QuantumStates;
import dev.ringfold.writers.checkpoint.quantum.StoredStates;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * A store as it was when one event was the newest: metrics, also as SQL, checkpoints, quantum
 * states and any projection. Nothing later is seen, whatever is written meanwhile, and nothing is
 * changed.
 *
 * <pre>{@code
 * try (StoreView then = StoreView.at(Path.of("runs"), Point.parse("epoch:12"))) {
 *   then.query("select max(step) from metrics", rows);
 *   float[] weights = then.checkpoints().latest().tensor("fc.weight").toFloats();
 * }
 * }</pre>
 *
 * <p><b>Where it comes from.</b> Metrics from the tables of the store as far as they go, without
 * copying them, and from the journal behind that; everything else from events. What retention has
 * deleted from the journal is seen as far as tables and snapshots hold it. What a checkpoint or a
 * state was made of may be gone: then it is listed and cannot be loaded.
 *
 * <p>A row whose event a projection put aside and took later counts from its own sequence on.
 *
 * <p>Used by one thread at a time.
 */
public final class StoreView implements AutoCloseable {
  private static final String OUTPUTS = "outputs";
  private static final String SNAPSHOTS = "snapshots";
  private static final int FIRST = 1;
  private static final int BATCH = 1_024;
  private static final int[] CHECKPOINTS = {
    BuiltinTypes.CHECKPOINT_COMMITTED.id(),
    BuiltinTypes.CHECKPOINT_PINNED.id(),
    BuiltinTypes.CHECKPOINT_LABELLED.id(),
    BuiltinTypes.CHECKPOINT_EXPIRED.id()
  };
  private static final int[] STATES = {
    BuiltinTypes.QUANTUM_STATE_SAVED.id(),
    BuiltinTypes.QUANTUM_STATE_REMOVED.id(),
    BuiltinTypes.STATE_EXPORTED.id()
  };

  private final EventLogReader log;
  private final Path outputs;
  private final long sequence;
  private final ScratchDirectory scratch = new ScratchDirectory(null);

  /** What closes this, run in the opposite order. */
  private final List<Runnable> closings = new ArrayList<>();

  private @Nullable TableSession tables;
  private @Nullable CheckpointReader checkpoints;
  private @Nullable StoredStates states;

  private StoreView(EventLogReader log, boolean isLogMine, Path outputs, long sequence) {
    this.log = log;
    this.outputs = outputs;
    this.sequence = sequence;
    if (isLogMine) {
      closings.add(log::close);
    }
    closings.add(scratch::close);
  }

  /**
   * Opens a store that nobody has open, or another process writes.
   *
   * @throws SegmentRetiredException when retention has deleted the event of that place
   * @throws dev.ringfold.RingfoldException when there is no store or no such place in it
   */
  public static StoreView at(Path store, Point point) {
    return at(store, EventTypes.builtin(), point);
  }

  /** As {@link #at(Path, Point)}, for projections of these event types. */
  public static StoreView at(Path store, EventTypes types, Point point) {
    EventLogReader log = EventLogReader.open(store, types);
    try {
      return open(log, true, log.directory().resolve(OUTPUTS), point);
    } catch (RuntimeException | Error e) {
      log.close();
      throw e;
    }
  }

  /** As {@link #at(Path, Point)}, of a log that this process writes; it goes on undisturbed. */
  public static StoreView at(EventLog log, Point point) {
    return at(log.directory(), log.types(), point);
  }

  /** As {@link #at(Path, Point)}, of a store that is open for reading, and stays so. */
  public static StoreView at(EventLogReader log, Point point) {
    return at(log, log.directory().resolve(OUTPUTS), point);
  }

  /**
   * As {@link #at(EventLogReader, Point)}, when the tables are somewhere else.
   *
   * @param outputs directory of the tables, which need not exist
   */
  public static StoreView at(EventLogReader log, Path outputs, Point point) {
    return open(log, false, outputs, point);
  }

  private static StoreView open(EventLogReader log, boolean mine, Path outputs, Point point) {
    long sequence = point.sequence(log);
    FloorCheck.require(log, Math.max(0, sequence));
    return new StoreView(log, mine, outputs, sequence);
  }

  /** The newest event that is seen; -1 when it is the time before the first one. */
  public long sequence() {
    return sequence;
  }

  /** The log time of that event; empty before the first one. */
  public Optional<Instant> time() {
    if (sequence < 0) {
      return Optional.empty();
    }
    Instant[] time = new Instant[1];
    try (Tailer tailer = log.tailer().fromSequence(sequence).upTo(sequence).open()) {
      tailer.poll(event -> time[0] = event.logTime(), FIRST);
    }
    return Optional.ofNullable(time[0]);
  }

  /** The store. */
  public EventLogReader log() {
    return log;
  }

  /** The directory of the tables, which need not exist. */
  public Path outputs() {
    return outputs;
  }

  /** Tailers that end here; {@code upTo} must not be called on them again. */
  public Tailer.Builder events() {
    return log.tailer().upTo(sequence);
  }

  /**
   * The rows of metrics. Its columns may be more than there were then, without a value in any row.
   *
   * @throws IOException when a table cannot be read
   */
  public RowSource metrics() throws IOException {
    return StoreRows.ofTable(log, outputs, sequence);
  }

  /**
   * Rows of metrics below this sequence are gone: retention deleted their events, and there is no
   * table, or it ends before. 0 when nothing is missing.
   *
   * @throws IOException when a table cannot be read
   */
  public long metricsMissingBelow() throws IOException {
    return StoreRows.missingBelow(log, outputs);
  }

  /**
   * Runs one statement of SQL over the views {@code metrics}, {@code latest} and, when there is a
   * table of it, {@code ledger}, as far as that goes. The first call opens DuckDB.
   *
   * @throws dev.ringfold.replay.query.QueryFailedException when DuckDB refuses it, or is not there
   * @throws IOException when a table cannot be read
   */
  public void query(String sql, TableSession.Rows rows) throws IOException {
    tables(QueryLimits.DEFAULT).query(sql, rows);
  }

  /**
   * The session that {@link #query} uses; it is closed with the view.
   *
   * @param limits for the first call; later ones get the same session
   */
  public TableSession tables(QueryLimits limits) throws IOException {
    TableSession open = tables;
    if (open == null) {
      open = TableSession.open(new PastTables(log, outputs, sequence, scratch).views(), limits);
      tables = open;
      closings.add(open::close);
    }
    return open;
  }

  /**
   * The checkpoints; closed with the view.
   *
   * @throws SegmentRetiredException when one of that time was given up since then, and retention
   *     has deleted the event that tells of it
   */
  public CheckpointReader checkpoints() {
    CheckpointReader open = checkpoints;
    if (open == null) {
      requireKept(
          BuiltinTypes.CHECKPOINT_EXPIRED.id(),
          event -> event instanceof CheckpointExpired gone ? gone.checkpoint() : sequence);
      open = CheckpointReader.openAt(log, scan(CHECKPOINTS), Set.of());
      checkpoints = open;
      closings.add(open::close);
    }
    return open;
  }

  /** Nobody may think that a list is whole when retention has deleted a part of it. */
  private void requireKept(int removal, ToLongFunction<Event> about) {
    long floor = log.floorSequence();
    if (floor == 0) {
      return;
    }
    read(
        IndexQuery.ALL.types(removal).between(sequence + 1, Long.MAX_VALUE),
        (event, decode) -> {
          long gone = about.applyAsLong(decode.apply(event));
          if (gone < floor) {
            throw SegmentRetiredException.of(log.directory(), gone, floor);
          }
        });
  }

  /** The events of some types, by the index of events where there is one. */
  private EventScan scan(int... types) {
    return (from, handler) -> {
      if (from <= sequence) {
        read(IndexQuery.ALL.types(types).between(from, sequence), handler);
      }
      return Math.max(from, sequence + 1);
    };
  }

  private void read(IndexQuery query, EventScan.Handler handler) {
    try (EventSource source = IndexedTailer.openOldest(log, outputs, query)) {
      Function<EventView, Event> decode = source::decode;
      int count = 1;
      while (count > 0) {
        count = source.poll(event -> handler.on(event, decode), BATCH);
      }
    }
  }

  /** The quantum states; closed with the view. As {@link #checkpoints}. */
  public StoredStates states() {
    StoredStates open = states;
    if (open == null) {
      requireKept(
          BuiltinTypes.QUANTUM_STATE_REMOVED.id(),
          event -> event instanceof QuantumStateRemoved gone ? gone.saved() : sequence);
      open = QuantumStates.openAt(log, scan(STATES), Set.of());
      states = open;
      closings.add(open::close);
    }
    return open;
  }

  /**
   * A projection with its state as it was, folded from the store's newest snapshot at or below this
   * place; close it before the view. One that writes files writes them into a scratch directory.
   *
   * @param projection one that is not open
   * @throws SegmentRetiredException when there is no such snapshot and the journal does not begin
   *     at its first event any more
   * @throws IOException when it cannot be folded
   */
  public <P extends Projection> PastProjection<P> projection(P projection) throws IOException {
    return past(projection, null);
  }

  /**
   * As {@link #projection(Projection)}, with its output in a directory that stays.
   *
   * @param outputs a directory that is empty or not there; when it cannot be folded, it is not
   *     there afterwards
   */
  public <P extends Projection> PastProjection<P> projection(P projection, Path outputs)
      throws IOException {
    return past(projection, Objects.requireNonNull(outputs, "outputs"));
  }

  private <P extends Projection> PastProjection<P> past(P projection, @Nullable Path outputs)
      throws IOException {
    Objects.requireNonNull(projection, "projection");
    return PastProjection.open(
        log,
        projection,
        log.directory().resolve(SNAPSHOTS),
        scratch.fresh(projection.name()),
        outputs,
        sequence);
  }

  /** Hash of all rows of metrics, see {@link MetricsHash}. Reads all of them. */
  public String metricsHash() throws IOException {
    RowSource rows = metrics();
    MetricsHash hash = new MetricsHash(rows.columns());
    rows.forEach(
        RowFilter.ALL,
        row -> {
          hash.add(row);
          return true;
        });
    return hash.hash();
  }

  /** Hash of the list of checkpoints, see {@link Fingerprints}. */
  public String checkpointsHash() {
    return Fingerprints.checkpoints(checkpoints().list());
  }

  /** Hash of the versions of all states, see {@link Fingerprints}. */
  public String statesHash() {
    return Fingerprints.states(states().all());
  }

  /** Closes what it opened, and deletes its scratch files. */
  @Override
  public void close() {
    RuntimeException failure = null;
    for (int i = closings.size() - 1; i >= 0; i--) {
      try {
        closings.get(i).run();
      } catch (RuntimeException e) {
        if (failure == null) {
          failure = e;
        } else {
          failure.addSuppressed(e);
        }
      }
    }
    closings.clear();
    if (failure != null) {
      throw failure;
    }
  }

  /** Such as {@code runs at 1234}. */
  @Override
  public String toString() {
    return log.directory() + " at " + sequence;
  }
}
