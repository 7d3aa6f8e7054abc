// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.projections;

import dev.ringfold.EventLog;
import dev.ringfold.EventLogReader;
import dev.ringfold.EventView;
import dev.ringfold.Tailer;
import dev.ringfold.event.BuiltinTypes;
import dev.ringfold.event.DeadLetterResolved;
import dev.ringfold.event.Event;
import dev.ringfold.event.EventDeadLettered;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The events that projections put aside, and what was decided about them. All of it is in the
 * journal: a letter is an {@link EventDeadLettered}, a decision a {@link DeadLetterResolved}. Any
 * thread.
 */
public final class DeadLetters {
  /** Most letters of one list; the newest ones. */
  public static final int MAX_LISTED = 10_000;

  /** Another name than the runtime's, which may have its producer open. */
  private static final String PRODUCER = "ringfold.decisions";

  private static final int BATCH = 65_536;

  /** What was decided about a letter. */
  public enum State {
    /** Nothing yet. */
    OPEN,
    /** To try it again; should that fail, there is a newer letter. */
    RETRIED,
    /** To do without it. */
    DROPPED
  }

  /**
   * An event that was put aside.
   *
   * @param projection that could not take it
   * @param sequence of the event
   * @param recordedAt sequence of the fact that it was put aside
   * @param recordedNanos log time of that fact, nanoseconds since 1970
   * @param attempts how often it was tried
   * @param error class and message of the cause
   * @param stack where it happened, cut
   * @param state what was decided
   */
  public record DeadLetter(
      String projection,
      long sequence,
      long recordedAt,
      long recordedNanos,
      int attempts,
      String error,
      String stack,
      State state) {
    private DeadLetter decided(boolean retry) {
      return new DeadLetter(
          projection,
          sequence,
          recordedAt,
          recordedNanos,
          attempts,
          error,
          stack,
          retry ? State.RETRIED : State.DROPPED);
    }
  }

  private record Key(String projection, long sequence) {}

  private DeadLetters() {}

  /**
   * All letters, in the order in which they were recorded; reads the whole journal. Of more than
   * {@link #MAX_LISTED} the newest are listed.
   */
  public static List<DeadLetter> list(EventLogReader log) {
    return read(log.tailer());
  }

  /** As {@link #list(EventLogReader)}, of a log that is open for writing. */
  public static List<DeadLetter> list(EventLog log) {
    return read(log.tailer());
  }

  /**
   * Orders an event to be given to the projection again, at the place in the journal where this
   * order is stored. When it returns the order is on disk.
   *
   * @throws ProjectionFailedException when the event is no open letter of the projection, or was
   *     retired
   */
  public static void retry(EventLog log, String projection, long sequence) {
    try (Facts facts = new Facts(log, PRODUCER)) {
      resolve(log, facts, projection, sequence, true);
    }
  }

  /**
   * Decides to do without an event for good.
   *
   * @throws ProjectionFailedException when the event is no open letter of the projection
   */
  public static void drop(EventLog log, String projection, long sequence) {
    try (Facts facts = new Facts(log, PRODUCER)) {
      resolve(log, facts, projection, sequence, false);
    }
  }

  static void resolve(EventLog log, Facts facts, String projection, long sequence, boolean retry) {
    if (sequence < 0) {
      throw new IllegalArgumentException("sequence must be >= 0 but was " + sequence);
    }
    if (retry && sequence < log.floorSequence()) {
      throw new ProjectionFailedException(
          "Event "
              + sequence
              + " was retired: the journal begins at "
              + log.floorSequence()
              + ". Drop the letter");
    }
    long from = Math.max(sequence + 1, log.floorSequence());
    DeadLetter newest = null;
    for (DeadLetter letter : read(log.tailer().fromSequence(from))) {
      if (letter.projection().equals(projection) && letter.sequence() == sequence) {
        newest = letter;
      }
    }
    if (newest == null || newest.state() != State.OPEN) {
      throw new ProjectionFailedException(
          "Event "
              + sequence
              + " is no open dead letter of projection "
              + projection
              + (newest == null ? "" : ": it was " + newest.state() + " before")
              + ". `ringfold dlq list` tells which are");
    }
    facts.store(
        new DeadLetterResolved(sequence, retry, projection),
        projection + "/" + sequence + "/resolved/" + newest.recordedAt());
  }

  private static List<DeadLetter> read(Tailer.Builder reader) {
    Listing listing = new Listing();
    try (Tailer tailer =
        reader
            .types(BuiltinTypes.EVENT_DEAD_LETTERED.id(), BuiltinTypes.DEAD_LETTER_RESOLVED.id())
            .open()) {
      int count;
      do {
        count = tailer.poll(view -> listing.take(view, tailer.decode(view)), BATCH);
      } while (count > 0);
    }
    return List.copyOf(listing.letters.values());
  }

  /** The newest letters by the sequence of their fact. */
  private static final class Listing {
    private final TreeMap<Long, DeadLetter> letters = new TreeMap<>();
    private final Map<Key, Long> open = new HashMap<>();

    void take(EventView view, Event fact) {
      if (fact instanceof EventDeadLettered letter) {
        letters.put(view.sequence(), of(letter, view.sequence(), view.logTimeNanos()));
        open.put(new Key(letter.projection(), letter.sequence()), view.sequence());
        if (letters.size() > MAX_LISTED) {
          DeadLetter oldest = letters.pollFirstEntry().getValue();
          open.remove(new Key(oldest.projection(), oldest.sequence()), oldest.recordedAt());
        }
      } else if (fact instanceof DeadLetterResolved order) {
        Long recordedAt = open.remove(new Key(order.projection(), order.sequence()));
        if (recordedAt != null) {
          letters.computeIfPresent(recordedAt, (at, letter) -> letter.decided(order.retry()));
        }
      }
    }
  }

  private static DeadLetter of(EventDeadLettered letter, long sequence, long logTimeNanos) {
    return new DeadLetter(
        letter.projection(),
        letter.sequence(),
        sequence,
        logTimeNanos,
        letter.attempts(),
        letter.error(),
        letter.stack(),
        State.OPEN);
  }
}
