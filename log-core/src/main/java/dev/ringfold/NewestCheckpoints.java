// SPDX-License-Identifier: Apache-2.0
package dev.ringfold;

import dev.ringfold.event.BuiltinTypes;
import dev.ringfold.event.CheckpointExpired;
import dev.ringfold.event.Event;
import java.util.TreeSet;

/**
 * The checkpoints of a log that were not given up, by sequence. Reads what was written since the
 * last look; keeps as many as a log can have. One thread.
 */
final class NewestCheckpoints implements AutoCloseable {
  private static final int BATCH = 4_096;

  private final Tailer tailer;
  private final TreeSet<Long> sequences = new TreeSet<>();

  NewestCheckpoints(Tailer.Builder log) {
    this.tailer =
        log.types(BuiltinTypes.CHECKPOINT_COMMITTED.id(), BuiltinTypes.CHECKPOINT_EXPIRED.id())
            .open();
  }

  /** The sequence of the n-th newest one; 0 when there are fewer. */
  long sequenceOf(int n) {
    int count;
    do {
      count = tailer.poll(this::note, BATCH);
    } while (count == BATCH);
    return sequences.size() < n
        ? 0
        : sequences.descendingSet().stream().skip(n - 1L).findFirst().orElse(0L);
  }

  private void note(EventView event) {
    if (event.typeId() == BuiltinTypes.CHECKPOINT_COMMITTED.id()) {
      sequences.add(event.sequence());
      return;
    }
    Event expired = tailer.decode(event);
    if (expired instanceof CheckpointExpired fact) {
      sequences.remove(fact.checkpoint());
    }
  }

  @Override
  public void close() {
    tailer.close();
  }
}
