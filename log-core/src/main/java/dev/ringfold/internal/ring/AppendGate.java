// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.internal.ring;

import dev.ringfold.AppendOutcome;
import dev.ringfold.Receipt;
import dev.ringfold.RingfoldException;
import dev.ringfold.event.DropReason;
import dev.ringfold.event.EventFormat;
import dev.ringfold.internal.keys.ConditionIndex;
import dev.ringfold.internal.keys.KeyWindow;
import dev.ringfold.internal.keys.SealedKeys;
import dev.ringfold.internal.keys.StreamVersions;
import org.jspecify.annotations.Nullable;

/**
 * Decides in the journal thread whether a REQUIRED append may be stored, and remembers what was
 * stored so that the next one is decided right. All state is rebuilt at open.
 */
public final class AppendGate {
  private final StreamVersions versions;
  private final KeyWindow keys;
  private final ConditionIndex conditions;
  private final SegmentKeys segmentKeys;

  public AppendGate(
      StreamVersions versions, KeyWindow keys, ConditionIndex conditions, SegmentKeys segmentKeys) {
    this.versions = versions;
    this.keys = keys;
    this.conditions = conditions;
    this.segmentKeys = segmentKeys;
  }

  /**
   * Decides. When the append is refused its outcome is filled in.
   *
   * @return null to store it, or the reason for the ledger
   */
  @Nullable DropReason refuse(PendingAppend append) {
    if (append.keyed) {
      DropReason byKey = refuseByKey(append);
      if (byKey != null) {
        return byKey;
      }
    }
    for (PendingAppend.Expectation expectation : append.expectations) {
      long actual = versions.version(expectation.stream());
      if (actual != expectation.version()) {
        append.decided =
            new AppendOutcome.VersionConflict(expectation.stream(), expectation.version(), actual);
        return DropReason.REJECTED;
      }
    }
    for (PendingAppend.Condition condition : append.conditions) {
      AppendOutcome conflict = check(condition);
      if (conflict != null) {
        append.decided = conflict;
        return DropReason.REJECTED;
      }
    }
    return null;
  }

  private @Nullable DropReason refuseByKey(PendingAppend append) {
    switch (keys.decide(
        append.keyHi,
        append.keyLo,
        append.payloadHash,
        append.keySealedSequence,
        append.keyCheckedBelow)) {
      case NEW -> {
        return null;
      }
      case REPEAT -> {
        append.decided =
            new AppendOutcome.Duplicate(
                new Receipt(
                    keys.foundSequence(), keys.foundCount(), keys.foundLogTime(), append.level));
        append.lastSequence = keys.foundSequence() + keys.foundCount() - 1;
        return DropReason.DUPLICATE;
      }
      case CONFLICT -> append.decided = new AppendOutcome.KeyConflict(keys.foundSequence());
      case EXPIRED ->
          append.decided =
              new AppendOutcome.KeyWindowExpired(append.keySealedSequence, keys.floorSequence());
      case RECHECK -> {
        // A blocked caller looks again itself; for a future nobody else will.
        if (append.future != null && lookUpAgain(append)) {
          return refuseByKey(append);
        }
        append.recheck = append.failure == null;
      }
    }
    return DropReason.REJECTED;
  }

  /**
   * Looks a key up in the segments that were sealed while its append was on its way: mostly a few
   * filters in memory, and rare.
   *
   * @return whether more is known now than the caller knew
   */
  private boolean lookUpAgain(PendingAppend append) {
    try {
      SealedKeys.Snapshot sealed = segmentKeys.sealed().snapshot();
      if (sealed.endSequence() <= append.keyCheckedBelow) {
        return false;
      }
      append.lookUp(sealed);
      return true;
    } catch (RingfoldException e) {
      append.failure = e;
      return false;
    }
  }

  private @Nullable AppendOutcome check(PendingAppend.Condition condition) {
    for (int type : condition.types()) {
      long newest = conditions.lastSequence(type, condition.tagHi(), condition.tagLo());
      if (newest > condition.afterSequence()) {
        return new AppendOutcome.ConditionConflict(type, newest);
      }
    }
    if (condition.afterSequence() < conditions.floorSequence() - 1) {
      return new AppendOutcome.ConditionUnknown(
          condition.afterSequence(), conditions.floorSequence());
    }
    return null;
  }

  /** An event is in the frame: its stream has one more, and its tags are known. */
  void stored(byte[] frame, int offset, long sequence) {
    versions.increment(EventHeader.stream(frame, offset));
    int flags = EventHeader.flags(frame, offset);
    if ((flags & EventFormat.FLAG_TAGS) != 0) {
      storedTags(frame, offset, flags, sequence);
    }
  }

  private void storedTags(byte[] frame, int offset, int flags, long sequence) {
    int at = offset + EventFormat.HEADER_LENGTH;
    at += (flags & EventFormat.FLAG_CONTEXT) != 0 ? EventFormat.CONTEXT_LENGTH : 0;
    at += (flags & EventFormat.FLAG_KEY) != 0 ? EventFormat.KEY_LENGTH : 0;
    int type = EventHeader.type(frame, offset);
    int tags = frame[at++] & 0xFF;
    for (int i = 0; i < tags; i++) {
      long hi = EventHeader.longAt(frame, at);
      long lo = EventHeader.longAt(frame, at + Long.BYTES);
      conditions.add(type, hi, lo, sequence);
      segmentKeys.addTag(type, hi, lo, sequence);
      at += EventFormat.TAG_LENGTH;
    }
  }

  /** A keyed append is in the frame. */
  void storedKey(PendingAppend append, long firstSequence, int events, long logTimeNanos) {
    keys.add(append.keyHi, append.keyLo, append.payloadHash, firstSequence, events, logTimeNanos);
    segmentKeys.addKey(
        append.keyHi, append.keyLo, append.payloadHash, firstSequence, events, logTimeNanos);
  }

  /** A new segment begins: keys and tags from here on belong to it. */
  void beginSegment(long segment) {
    segmentKeys.begin(segment);
    keys.evictableBelow(segmentKeys.sealed().snapshot().endSequence());
  }

  /** Whether the segment should end because of its many keys. */
  boolean wantsRoll() {
    return segmentKeys.isFull(keys.capacity());
  }

  StreamVersions versions() {
    return versions;
  }

  KeyWindow keys() {
    return keys;
  }

  ConditionIndex conditions() {
    return conditions;
  }
}
