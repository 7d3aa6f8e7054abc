// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.projections;

import dev.ringfold.EventHandler;
import dev.ringfold.EventView;
import dev.ringfold.LogFailedException;
import dev.ringfold.SegmentRetiredException;
import dev.ringfold.Tailer;
import dev.ringfold.event.BuiltinTypes;
import dev.ringfold.event.DeadLetterResolved;
import dev.ringfold.event.Event;
import dev.ringfold.internal.io.FaultPoint;
import java.io.IOException;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * One life of a projection: from the choice of a commit to open at, over events and commits, to its
 * close. Used by one thread, except {@link #halt} and the progress, which any thread may use.
 */
final class ProjectionDriver implements EventHandler, AutoCloseable {
  /** Consumed events after which the position is moved on although there is nothing to commit. */
  static final int EMPTY_COMMIT_EVENTS = 1 << 20;

  /** The projection takes events of this type. */
  private static final int WANTED = 1;

  /** About dead letters: one more, or an order to try one again. */
  private static final int FACT = 1 << 1;

  /** A good place to move the position on. */
  private static final int BOUNDARY = 1 << 2;

  private static final int TYPE_COUNT = 1 << 16;

  private final Projection projection;
  private final WorkerContext context;
  private final Journal journal;
  private final Surroundings surroundings;
  private final byte[] kinds = new byte[TYPE_COUNT];
  private final AtomicLong applied = new AtomicLong(-1);

  private Position committed = Position.START;
  private long[] excluded = {};
  private int nextExcluded;
  private long excludedSequence = Long.MAX_VALUE;
  private @Nullable Exclusions exclusions;
  private Set<Long> without = Set.of();
  private @Nullable Tailer tailer;
  private boolean opened;
  private boolean touched;
  private long lastSequence = -1;
  private int lastCrc;
  private long lastLogTimeNanos;
  private int sinceCommit;
  private long refreshedNanos;
  private volatile boolean halted;

  ProjectionDriver(
      Projection projection, WorkerContext context, Journal journal, Surroundings surroundings) {
    this.projection = projection;
    this.context = context;
    this.journal = journal;
    this.surroundings = surroundings;
    Set<Integer> types = projection.types();
    for (int type = 0; type < TYPE_COUNT; type++) {
      kinds[type] = (byte) (types.isEmpty() || types.contains(type) ? WANTED : 0);
    }
    kinds[BuiltinTypes.EVENT_DEAD_LETTERED.id()] |= FACT;
    kinds[BuiltinTypes.DEAD_LETTER_RESOLVED.id()] |= FACT;
    kinds[BuiltinTypes.RUN_CLOSED.id()] |= BOUNDARY;
    kinds[BuiltinTypes.LOG_CLOSED.id()] |= BOUNDARY;
  }

  /** Leaves out these events, too, whatever the journal says; before {@link #open}. */
  void without(Set<Long> sequences) {
    without = Set.copyOf(sequences);
  }

  /** Makes the thread in {@link #poll} leave at the next event. Any thread. */
  void halt() {
    halted = true;
  }

  boolean isHalted() {
    return halted;
  }

  /** Last event consumed. Any thread. */
  long applied() {
    return applied.get();
  }

  /** Log time of the event that {@link #applied} told before. Any thread. */
  long lastLogTimeNanos() {
    return lastLogTimeNanos;
  }

  /** Position of the last event consumed. */
  Position consumed() {
    return new Position(lastSequence, lastCrc);
  }

  /** Last sequence up to which facts were looked for when it was opened. */
  long horizon() {
    return exclusions == null ? -1 : exclusions.end();
  }

  /** Position of the newest commit. */
  Position committed() {
    return committed;
  }

  /** Opens the projection and the journal behind it. */
  void open() {
    try {
      context.prepare(projection);
      committed = PositionChoice.choose(projection, projection.committed(context), journal);
      opened = true; // Also when open fails half-way: close is called.
      projection.open(committed, context);
    } catch (IOException e) {
      throw new OutputFailure(e);
    }
    exclusions =
        Exclusions.after(committed.sequence(), projection.name(), journal, this::isHalted, without);
    excluded = exclusions.events();
    nextExcluded = -1;
    nextExclusion();
    lastSequence = committed.sequence();
    lastCrc = committed.frameCrc();
    applied.set(lastSequence);
    long from = Math.max(lastSequence + 1, journal.floorSequence());
    Tailer reader = journal.tailer().fromSequence(from).open();
    tailer = reader;
    context.reads(reader);
    refreshedNanos = System.nanoTime();
  }

  /**
   * Consumes what there is.
   *
   * @param limit most events of this call
   * @return how many there were; fewer than the limit means the journal's end
   */
  int poll(int limit) {
    Tailer reader = tailer;
    if (reader == null) {
      throw new IllegalStateException("the driver of " + projection.name() + " is not open");
    }
    return reader.poll(this, limit);
  }

  /** Sequence of the event to come. */
  long nextSequence() {
    Tailer reader = tailer;
    return reader == null ? lastSequence + 1 : reader.nextSequence();
  }

  @Override
  public void onEvent(EventView event) {
    if (halted) {
      throw new DriveStopped();
    }
    final long sequence = event.sequence();
    final int kind = kinds[event.typeId()];
    boolean due = false;
    if ((kind & (WANTED | FACT)) != 0) {
      due = dispatch(event, sequence, kind);
    }
    lastSequence = sequence;
    lastCrc = event.frameCrc();
    lastLogTimeNanos = event.logTimeNanos();
    if (due) {
      commit();
    } else if (++sinceCommit >= EMPTY_COMMIT_EVENTS || (kind & BOUNDARY) != 0) {
      commitIfClean();
    }
    applied.lazySet(sequence);
  }

  /** Whether a commit is due afterwards. */
  private boolean dispatch(EventView event, long sequence, int kind) {
    boolean left = sequence >= excludedSequence && isExcluded(sequence);
    context.consuming(sequence);
    boolean handed = false;
    if ((kind & WANTED) != 0 && !left) {
      take(event, sequence);
      handed = true;
    }
    if ((kind & FACT) != 0) {
      Event fact = context.decode(event);
      surroundings.consumedFact(sequence, fact);
      handed |= fact instanceof DeadLetterResolved order && follow(order, sequence);
    }
    touched |= handed;
    return handed && projection.commitDue();
  }

  private boolean isExcluded(long sequence) {
    while (sequence > excludedSequence) {
      nextExclusion();
    }
    return sequence == excludedSequence;
  }

  private void nextExclusion() {
    nextExcluded++;
    excludedSequence = nextExcluded < excluded.length ? excluded[nextExcluded] : Long.MAX_VALUE;
  }

  private void take(EventView event, long consuming) {
    Exception cause;
    try {
      projection.apply(event);
      return;
    } catch (Exception e) {
      cause = e;
    }
    for (int attempt = 1; ; attempt++) {
      if (cause instanceof DriveStopped
          || cause instanceof ProjectionFailedException
          || cause instanceof LogFailedException) {
        throw (RuntimeException) cause;
      }
      if (cause instanceof InterruptedException) {
        Thread.currentThread().interrupt();
        throw new DriveStopped();
      }
      if (OutputFailure.isOfTheWorld(cause)) {
        throw new OutputFailure(cause);
      }
      if (!surroundings.retry(event, attempt, cause)) {
        surroundings.giveUp(event.sequence(), consuming, attempt, cause);
        return;
      }
      try {
        projection.apply(event);
        return;
      } catch (Exception e) {
        cause = e;
      }
    }
  }

  /** Applies a dead letter at the place of the order to do so; false when it is not for us. */
  private boolean follow(DeadLetterResolved order, long sequence) {
    if (!order.retry()
        || !order.projection().equals(projection.name())
        || (exclusions != null && exclusions.isExcludedOrder(sequence))) {
      return false;
    }
    boolean[] wanted = new boolean[1];
    try (Tailer letters = journal.tailer().fromSequence(order.sequence()).open()) {
      letters.poll(
          letter -> {
            wanted[0] = (kinds[letter.typeId()] & WANTED) != 0;
            if (wanted[0]) {
              take(letter, sequence);
            }
          },
          1);
    } catch (SegmentRetiredException gone) {
      surroundings.giveUp(order.sequence(), sequence, 1, gone); // Nobody can try it any more.
    }
    return wanted[0];
  }

  private void commit() {
    commit(new Position(lastSequence, lastCrc));
  }

  private void commit(Position position) {
    surroundings.awaitPermanent(position.sequence());
    FaultPoint.hit("projection.commit.before");
    try {
      projection.commit(position);
    } catch (DriveStopped | ProjectionFailedException | LogFailedException e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      throw new OutputFailure(e);
    }
    FaultPoint.hit("projection.commit.after");
    committed = position;
    sinceCommit = 0;
    surroundings.committed(position);
  }

  /** Moves the position on when nothing waits to be committed. */
  void commitIfClean() {
    if (opened && lastSequence > committed.sequence() && !projection.dirty()) {
      commit();
    }
  }

  /**
   * At the journal's end: makes work visible when it is time to.
   *
   * @param nowNanos of {@link System#nanoTime}
   */
  void refreshIfDue(long nowNanos) {
    if ((touched || projection.dirty())
        && nowNanos - refreshedNanos >= projection.refreshIntervalNanos()) {
      makeVisible(projection::refresh);
      refreshedNanos = System.nanoTime();
    }
  }

  /** Makes all work visible, since no event follows. */
  void showAll() {
    makeVisible(projection::showAll);
  }

  private interface Showing {
    void show() throws IOException;
  }

  private void makeVisible(Showing work) {
    surroundings.awaitPermanent(lastSequence);
    touched = false;
    try {
      work.show();
    } catch (IOException | RuntimeException e) {
      throw new OutputFailure(e);
    }
    FaultPoint.hit("projection.refresh.after");
  }

  /** The log time at which the projection wants an event. */
  OptionalLong tickAtNanos() {
    return projection.tickAtNanos();
  }

  /** Closes the projection without a commit, and the files of the journal. */
  @Override
  public void close() throws IOException {
    abandon();
    if (opened) {
      opened = false;
      projection.close();
    }
  }

  /** Closes only the files of the journal. */
  void abandon() {
    Tailer reader = tailer;
    tailer = null;
    context.reads(null);
    if (reader != null) {
      reader.close();
    }
  }
}
