// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.compare;

import dev.ringfold.EventLogReader;
import dev.ringfold.Tailer;
import dev.ringfold.event.EventType;
import dev.ringfold.replay.at.StoreView;
import java.util.Arrays;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * Where two logs part. Every frame sums up the one before it, so two logs that have a frame in
 * common have everything before it in common: a search by halves finds the last such frame with a
 * few dozen looks, whatever the size.
 *
 * @param lastCommon last event that both have, -1 for none
 * @param isKnown false when nothing is common from the higher floor on: what is below cannot be
 *     compared any more
 * @param first what the first log goes on with, empty at its end
 * @param second what the second log goes on with, empty at its end
 */
public record Parting(long lastCommon, boolean isKnown, String first, String second) {
  /** Events that are compared one by one behind the last common frame: a group at most. */
  private static final int MAX_ALONE = 1 << 16;

  private static final int ONE = 1;

  /** Where two logs part, as far as the views go. */
  static Parting of(StoreView a, StoreView b) {
    long low = Math.max(a.log().floorSequence(), b.log().floorSequence());
    long high = Math.min(a.sequence(), b.sequence());
    if (high < low || !isCommon(a.log(), b.log(), low)) {
      long none = low - 1;
      return new Parting(-1, low == 0, next(a, none), next(b, none));
    }
    long from = low;
    long behind = high + 1;
    while (behind - from > 1) {
      long middle = from + (behind - from) / 2;
      if (isCommon(a.log(), b.log(), middle)) {
        from = middle;
      } else {
        behind = middle;
      }
    }
    long last = from + alone(a.log(), b.log(), from + 1, high);
    return new Parting(last, true, next(a, last), next(b, last));
  }

  private static boolean isCommon(EventLogReader a, EventLogReader b, long sequence) {
    OptionalInt crc = frameCrc(a, sequence);
    return crc.isPresent() && crc.equals(frameCrc(b, sequence));
  }

  private static OptionalInt frameCrc(EventLogReader log, long sequence) {
    int[] crc = new int[1];
    try (Tailer tailer = log.tailer().fromSequence(sequence).upTo(sequence).open()) {
      int found = tailer.poll(event -> crc[0] = event.frameCrc(), ONE);
      return found == 0 ? OptionalInt.empty() : OptionalInt.of(crc[0]);
    }
  }

  /** How many events are equal although their frames are not: a restored log ends within one. */
  private static long alone(EventLogReader a, EventLogReader b, long from, long high) {
    long to = Math.min(high, from + MAX_ALONE);
    if (to < from) {
      return 0;
    }
    long count = 0;
    try (Tailer mine = a.tailer().fromSequence(from).upTo(to).open();
        Tailer theirs = b.tailer().fromSequence(from).upTo(to).open()) {
      Copy first = new Copy();
      Copy second = new Copy();
      while (first.next(mine) && second.next(theirs) && first.isSame(second)) {
        count++;
      }
    }
    return count;
  }

  /** What the log goes on with behind a sequence. */
  private static String next(StoreView view, long sequence) {
    String[] text = {""};
    long from = Math.max(sequence + 1, view.log().floorSequence());
    if (from > view.sequence()) {
      return "";
    }
    try (Tailer tailer = view.log().tailer().fromSequence(from).upTo(from).open()) {
      tailer.poll(
          event -> {
            EventType<?> type = view.log().types().byId(event.typeId());
            text[0] =
                event.sequence()
                    + ": "
                    + (type == null ? "type " + event.typeId() : type.name())
                    + " of "
                    + event.stream().name()
                    + ", "
                    + event.logTime();
          },
          ONE);
    }
    return text[0];
  }

  /** One event that was copied. */
  private static final class Copy {
    private byte @Nullable [] bytes;
    private long logTimeNanos;

    boolean next(Tailer tailer) {
      return tailer.poll(
              event -> {
                bytes = event.eventBytes();
                logTimeNanos = event.logTimeNanos();
              },
              ONE)
          > 0;
    }

    boolean isSame(Copy other) {
      return logTimeNanos == other.logTimeNanos && Arrays.equals(bytes, other.bytes);
    }
  }
}
