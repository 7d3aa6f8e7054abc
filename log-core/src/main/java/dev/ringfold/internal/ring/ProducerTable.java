// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.internal.ring;

import dev.ringfold.RingfoldException;
import dev.ringfold.internal.io.CounterFile;
import dev.ringfold.internal.journal.Dictionary;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * The producers of an open log by handle number. Any thread opens handles. Number 0 is the log
 * itself.
 */
public final class ProducerTable {
  private final AtomicReferenceArray<@Nullable ProducerHandle> handles =
      new AtomicReferenceArray<>(ProducerLedger.MAX_PRODUCERS);
  private final CounterFile counters;
  private final Dictionary dictionary;
  private final int session;
  private volatile int highest;

  public ProducerTable(CounterFile counters, Dictionary dictionary, int session) {
    this.counters = counters;
    this.dictionary = dictionary;
    this.session = session;
  }

  /**
   * Opens the handle of this name. A name keeps its number and its counts for the whole session, so
   * that the ledger has one line for it; a closed one is taken up again.
   */
  public synchronized ProducerHandle open(String name) {
    for (int id = 1; id <= highest; id++) {
      ProducerHandle known = handles.get(id);
      if (known != null && known.name().equals(name)) {
        if (!known.reopen()) {
          throw new RingfoldException(
              "A producer named '"
                  + name
                  + "' is open already. A producer belongs to one thread: give each thread its own"
                  + " name, or close the other one first.");
        }
        return known;
      }
    }
    return add(name);
  }

  private ProducerHandle add(String name) {
    int id = highest + 1;
    if (id == ProducerLedger.MAX_PRODUCERS) {
      throw new RingfoldException(
          "A log has at most "
              + (ProducerLedger.MAX_PRODUCERS - 1)
              + " producer names a session, and all are taken. Close producers that are no longer"
              + " used and open them again under the same names.");
    }
    int nameId = dictionary.producer(session, id, name);
    ProducerHandle handle = new ProducerHandle(id, name, nameId, counters);
    handles.set(id, handle);
    highest = id;
    return handle;
  }

  /** The highest number ever opened. */
  public int highest() {
    return highest;
  }

  /** The open handle with this number, or null. */
  public @Nullable ProducerHandle handle(int id) {
    return handles.get(id);
  }
}
