// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay;

import dev.ringfold.internal.journal.FrameFormat;
import dev.ringfold.internal.journal.FrameReader;
import dev.ringfold.internal.journal.SegmentIndex;
import org.jspecify.annotations.Nullable;

/** Compares a segment's index with the frames, in one pass. One thread. */
final class IndexCheck {
  private final @Nullable SegmentIndex index;
  private int entry;
  private int dictionary;
  private boolean differs;

  IndexCheck(@Nullable SegmentIndex index) {
    this.index = index;
  }

  /** Sees each frame of the segment in order. */
  void visit(FrameReader frame) {
    SegmentIndex checked = index;
    if (checked == null) {
      return;
    }
    long offset = frame.offset();
    if (entry < checked.size() && checked.offsetAt(entry) <= offset) {
      differs |=
          checked.offsetAt(entry) != offset
              || checked.firstSequenceAt(entry) != frame.firstSequence()
              || checked.frameNumberAt(entry) != frame.frameNumber()
              || checked.logTimeAt(entry) != frame.logTime();
      entry++;
    }
    if (frame.kind() == FrameFormat.KIND_DICTIONARY) {
      differs |=
          dictionary >= checked.dictionaryCount()
              || checked.dictionaryOffsetAt(dictionary) != offset;
      dictionary++;
    }
  }

  /** After the last frame: whether there is an index and all of it is right. */
  boolean agrees() {
    SegmentIndex checked = index;
    return checked != null
        && !differs
        && entry == checked.size()
        && dictionary == checked.dictionaryCount();
  }
}
