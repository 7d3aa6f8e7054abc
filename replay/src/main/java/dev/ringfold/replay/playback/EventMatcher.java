// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.playback;

import dev.ringfold.EventView;
import dev.ringfold.event.StreamKey;
import dev.ringfold.projections.index.IndexQuery;
import java.util.Arrays;
import java.util.BitSet;

/**
 * Whether an event passes a query, exactly. Looks at a stream's name once, by its number: one
 * matcher is for the events of one log. No allocation per event. One thread.
 */
final class EventMatcher {
  private static final int FIRST_CAPACITY = 256;
  private static final byte PASSES = 1;
  private static final byte FAILS = 2;

  private final IndexQuery query;
  private final BitSet types = new BitSet();
  private final IndexQuery.TagHash[] tags;
  private final boolean byStream;
  private final boolean byTime;
  private byte[] streams = new byte[FIRST_CAPACITY];

  EventMatcher(IndexQuery query) {
    this.query = query;
    query.types().forEach(types::set);
    this.tags = query.tags().toArray(IndexQuery.TagHash[]::new);
    this.byStream = query.hasStreams();
    this.byTime = query.hasTimes();
  }

  boolean passes(EventView event) {
    long sequence = event.sequence();
    return sequence >= query.fromSequence()
        && sequence <= query.toSequence()
        && (types.isEmpty() || types.get(event.typeId()))
        && (!byTime || passesTime(event.logTimeNanos()))
        && (!byStream || passesStream(event))
        && (tags.length == 0 || passesTags(event));
  }

  private boolean passesTime(long nanos) {
    return nanos >= query.fromTimeNanos() && nanos <= query.toTimeNanos();
  }

  private boolean passesStream(EventView event) {
    int id = event.streamId();
    if (id < 0) {
      return false;
    }
    if (id >= streams.length) {
      streams = Arrays.copyOf(streams, Math.max(id + 1, streams.length * 2));
    }
    if (streams[id] == 0) {
      StreamKey key = event.stream();
      streams[id] = query.passesStream(key.name(), key.space()) ? PASSES : FAILS;
    }
    return streams[id] == PASSES;
  }

  private boolean passesTags(EventView event) {
    int count = event.tagCount();
    for (IndexQuery.TagHash wanted : tags) {
      boolean found = false;
      for (int tag = 0; !found && tag < count; tag++) {
        found = event.tagHi(tag) == wanted.high() && event.tagLo(tag) == wanted.low();
      }
      if (!found) {
        return false;
      }
    }
    return true;
  }
}
