// SPDX-License-Identifier: Apache-2.0
package dev.ringfold;

import dev.ringfold.internal.journal.Dictionary;
import dev.ringfold.internal.journal.DictionarySink;
import dev.ringfold.internal.journal.EventFilter;
import dev.ringfold.internal.journal.JournalCursor;
import java.nio.ByteBuffer;
import java.util.BitSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A tailer's dictionary, and the filter that depends on it: a stream asked for by name gets its id
 * the moment the journal introduces it, which is before its first event.
 */
final class NameFilter implements DictionarySink {
  private final Dictionary dictionary = new Dictionary();
  private final BitSet typeIds;
  private final BitSet streamIds;
  private final Set<String> streamNames;
  private final boolean byStream;
  private @Nullable JournalCursor cursor;
  private int resolved;

  NameFilter(BitSet typeIds, BitSet streamIds, Set<String> streamNames) {
    this.typeIds = (BitSet) typeIds.clone();
    this.streamIds = (BitSet) streamIds.clone();
    this.streamNames = Set.copyOf(streamNames);
    this.byStream = !streamIds.isEmpty() || !streamNames.isEmpty();
  }

  void attach(JournalCursor target) {
    cursor = target;
    resolve();
    apply(target);
  }

  Dictionary dictionary() {
    return dictionary;
  }

  @Override
  public void load(ByteBuffer buffer, int offset, int length, int count) {
    dictionary.load(buffer, offset, length, count);
    JournalCursor target = cursor;
    if (!streamNames.isEmpty() && resolve() && target != null) {
      apply(target);
    }
  }

  private boolean resolve() {
    int before = streamIds.cardinality();
    int count = dictionary.streamCount();
    for (; resolved < count; resolved++) {
      if (streamNames.contains(dictionary.streamAt(resolved).name())) {
        streamIds.set(resolved);
      }
    }
    return streamIds.cardinality() != before;
  }

  private void apply(JournalCursor target) {
    target.filter(EventFilter.of(typeIds.isEmpty() ? null : typeIds, byStream ? streamIds : null));
  }
}
