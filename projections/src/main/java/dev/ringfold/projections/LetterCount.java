// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.projections;

import dev.ringfold.CorruptJournalException;
import dev.ringfold.RingfoldException;
import dev.ringfold.Tailer;
import dev.ringfold.event.BuiltinTypes;
import dev.ringfold.event.DeadLetterResolved;
import dev.ringfold.event.Event;
import dev.ringfold.event.EventDeadLettered;
import dev.ringfold.internal.io.NamedTextFiles;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How many dead letters of a projection are open, as of the events it consumed. Kept in a file of
 * the control directory, so that a restart need not read the journal for it; without the file, or
 * when it does not fit the journal, the journal is read. Used by the worker's thread.
 *
 * <pre>
 * ringfold-letters 1
 * sequence &lt;last event counted&gt;
 * frameCrc &lt;8 hex, of its frame&gt;
 * open &lt;letters nobody decided about&gt;
 * crc32c &lt;8 hex&gt;
 * </pre>
 */
final class LetterCount {
  private static final Logger LOG = LoggerFactory.getLogger(LetterCount.class);

  /** After a crash, no more of the journal than this is read to count dead letters. */
  private static final long SAVED_NANOS = TimeUnit.MINUTES.toNanos(1);

  private static final int BATCH = 65_536;
  private static final String SUFFIX = ".letters";

  private final String projection;
  private final NamedTextFiles files;
  private final AtomicLong open = new AtomicLong();
  private long counted = -1;
  private long saved = -1;
  private long savedNanos = System.nanoTime();
  private boolean complete;

  LetterCount(Path store, String projection) {
    this.projection = projection;
    this.files =
        new NamedTextFiles(
            store.resolve(ControlFiles.DIRECTORY), "ringfold-letters 1", "Delete it", null);
  }

  /** Letters that are open. Any thread. */
  long open() {
    return open.get();
  }

  /** Makes the count right as of a position. */
  void begin(Position position, Journal journal, BooleanSupplier stopping) {
    complete = false;
    open.set(0);
    counted = -1;
    load(journal);
    saved = counted;
    if (counted < position.sequence()) {
      long from = Math.max(counted + 1, journal.floorSequence());
      int letter = BuiltinTypes.EVENT_DEAD_LETTERED.id();
      int order = BuiltinTypes.DEAD_LETTER_RESOLVED.id();
      try (Tailer tailer = journal.tailer().fromSequence(from).upTo(position.sequence()).open()) {
        while (!stopping.getAsBoolean()
            && tailer.poll(
                    view -> {
                      if (view.typeId() == letter || view.typeId() == order) {
                        consumed(view.sequence(), tailer.decode(view));
                      }
                    },
                    BATCH)
                > 0) {
          continue;
        }
      }
    }
    complete = !stopping.getAsBoolean();
  }

  private void load(Journal journal) {
    try {
      List<String> lines = files.read(projection + SUFFIX);
      if (lines == null) {
        return;
      }
      long sequence = files.number(projection + SUFFIX, lines, "sequence");
      int crc = HexFormat.fromHexDigits(files.value(projection + SUFFIX, lines, "frameCrc"));
      OptionalInt found =
          sequence < journal.floorSequence() ? OptionalInt.of(crc) : journal.frameCrcAt(sequence);
      if (found.isPresent() && found.getAsInt() == crc) {
        open.set(files.number(projection + SUFFIX, lines, "open"));
        counted = sequence;
      }
    } catch (CorruptJournalException | IllegalArgumentException e) {
      LOG.warn("Projection {}: its dead letters are counted anew", projection, e);
    }
  }

  /** The worker came to a fact of any projection. */
  void consumed(long sequence, Event fact) {
    if (sequence <= counted) {
      return;
    }
    counted = sequence;
    if (fact instanceof EventDeadLettered letter && letter.projection().equals(projection)) {
      open.incrementAndGet();
    } else if (fact instanceof DeadLetterResolved order && order.projection().equals(projection)) {
      open.set(Math.max(0, open.get() - 1));
    }
  }

  /** Saves the count now and then. */
  void saveIfDue(Position consumed, long nowNanos) {
    if (nowNanos - savedNanos > SAVED_NANOS) {
      savedNanos = nowNanos;
      save(consumed);
    }
  }

  /** Saves the count as of the last event consumed; a failure is only logged. */
  void save(Position consumed) {
    if (!complete || consumed.sequence() <= Math.max(saved, counted - 1)) {
      return;
    }
    try {
      files.write(
          projection + SUFFIX,
          List.of(
              "sequence " + consumed.sequence(),
              "frameCrc " + HexFormat.of().toHexDigits(consumed.frameCrc()),
              "open " + open));
      saved = consumed.sequence();
    } catch (RingfoldException | IllegalStateException e) {
      LOG.warn("Projection {}: the count of its dead letters is not saved", projection, e);
    }
  }
}
