// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay;

import dev.ringfold.EventLogReader;
import dev.ringfold.RingfoldException;
import dev.ringfold.Tailer;
import dev.ringfold.writers.checkpoint.CheckpointReader;
import dev.ringfold.writers.checkpoint.CheckpointSummary;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;

/**
 * A place in a log, however it is named; {@link #sequence} turns it into the one number that
 * everything is about. As text, for {@link #parse}:
 *
 * <pre>
 * 123456                  the event with this sequence
 * end                     the last event there is
 * 2026-11-20T10:15:30Z    the last event logged at or before this time; a day is its begin in UTC
 * epoch:12                the newest checkpoint of this epoch
 * label:best              the newest checkpoint with this label
 * checkpoint              the newest checkpoint
 * </pre>
 */
public sealed interface Point {
  /** The event with this sequence. */
  record Sequence(long number) implements Point {
    /** Checks the number. */
    public Sequence {
      if (number < 0) {
        throw new IllegalArgumentException("sequence must be >= 0 but was " + number);
      }
    }
  }

  /** The last event there is. */
  record End() implements Point {}

  /** The last event logged at or before a time. */
  record LogTime(Instant time) implements Point {}

  /** The newest checkpoint of an epoch. */
  record Epoch(long epoch) implements Point {}

  /** The newest checkpoint with a label. */
  record Label(String text) implements Point {}

  /** The newest checkpoint. */
  record NewestCheckpoint() implements Point {}

  /**
   * Reads the text of a point.
   *
   * @throws IllegalArgumentException when it is none; the message says what would be
   */
  static Point parse(String text) {
    if (text.equals("end")) {
      return new End();
    }
    if (text.equals("checkpoint")) {
      return new NewestCheckpoint();
    }
    if (text.startsWith("label:") && text.length() > "label:".length()) {
      return new Label(text.substring("label:".length()));
    }
    if (text.matches("epoch:-?[0-9]{1,18}")) {
      return new Epoch(Long.parseLong(text.substring("epoch:".length())));
    }
    if (text.matches("[0-9]{1,18}")) {
      return new Sequence(Long.parseLong(text));
    }
    try {
      return new LogTime(
          text.length() == "2026-11-20".length()
              ? LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant()
              : OffsetDateTime.parse(text).toInstant());
    } catch (DateTimeException e) {
      throw new IllegalArgumentException(
          "'"
              + text
              + "' is no place in a log; write a sequence, end, a time such as"
              + " 2026-11-20T10:15:30Z, epoch:12, label:best, or checkpoint",
          e);
    }
  }

  /**
   * The sequence of this place; -1 for a place before the first event.
   *
   * @param log the log, which may be growing
   * @throws RingfoldException when there is no such place; the message says what there is
   */
  default long sequence(EventLogReader log) {
    long last = LogEnd.of(log).lastSequence();
    if (this instanceof Sequence named) {
      if (named.number() > last) {
        throw new RingfoldException(
            "There is no event "
                + named.number()
                + " in "
                + log.directory()
                + " yet; the last one is "
                + last);
      }
      return named.number();
    }
    if (this instanceof End) {
      return last;
    }
    if (this instanceof LogTime named) {
      return before(log, named.time(), last);
    }
    if (this instanceof Epoch named) {
      return checkpoint(log, c -> c.epoch() == named.epoch(), "of epoch " + named.epoch());
    }
    if (this instanceof Label named) {
      return checkpoint(log, c -> c.label().equals(named.text()), "labelled " + named.text());
    }
    return checkpoint(log, c -> true, "at all");
  }

  private static long before(EventLogReader log, Instant time, long last) {
    try (Tailer tailer = log.tailer().fromTime(time.plusNanos(1)).upTo(last).open()) {
      return tailer.nextSequence() - 1;
    }
  }

  private static long checkpoint(
      EventLogReader log, Predicate<CheckpointSummary> wanted, String which) {
    try (CheckpointReader checkpoints = CheckpointReader.open(log)) {
      List<CheckpointSummary> all = checkpoints.list();
      return all.stream()
          .filter(wanted)
          .mapToLong(CheckpointSummary::sequence)
          .max()
          .orElseThrow(
              () ->
                  new RingfoldException(
                      "There is no checkpoint "
                          + which
                          + " in "
                          + log.directory()
                          + "; it has "
                          + Objects.toString(
                              all.stream()
                                  .map(c -> "epoch " + c.epoch() + " at " + c.sequence())
                                  .toList())));
    }
  }
}
