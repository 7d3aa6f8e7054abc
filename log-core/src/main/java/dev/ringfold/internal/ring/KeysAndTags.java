// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.internal.ring;

import dev.ringfold.internal.journal.FrameFormat;
import dev.ringfold.internal.journal.FrameReader;
import dev.ringfold.internal.journal.FrameVisitor;
import dev.ringfold.internal.keys.KeyEntries;

/**
 * The idempotency keys and tags of one segment, as its files {@code keys} and {@code tags} must
 * have them. Used by one thread.
 */
public final class KeysAndTags implements FrameVisitor {
  private final KeyEntries keys = new KeyEntries();
  private final KeyEntries tags = new KeyEntries();
  private final KeyedEvents events = new KeyedEvents();
  private final KeyedEvents.Sink sink =
      new KeyedEvents.Sink() {
        @Override
        public void key(long hi, long lo, long hash, long sequence, int count, long logTimeNanos) {
          keys.addKey(hi, lo, hash, sequence, count, logTimeNanos);
        }

        @Override
        public void tag(int type, long hi, long lo, long sequence) {
          tags.addPair(type, hi, lo, sequence);
        }
      };

  /** Adds those of a frame whose events fit it; frames of other kinds have none. */
  @Override
  public void visit(FrameReader frame) {
    if (frame.kind() == FrameFormat.KIND_EVENTS) {
      events.visit(frame, sink);
    }
  }

  /** Keys with their first sequences. */
  public KeyEntries keys() {
    return keys;
  }

  /** Pairs of event type and tag with their sequences. */
  public KeyEntries tags() {
    return tags;
  }
}
