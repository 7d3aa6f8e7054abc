// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.internal.ring;

import dev.ringfold.event.BuiltinTypes;
import dev.ringfold.event.DropsObserved;
import dev.ringfold.event.EventFormat;
import dev.ringfold.event.LedgerMark;
import dev.ringfold.event.PayloadReader;
import dev.ringfold.event.RetentionApplied;
import dev.ringfold.internal.journal.Dictionary;
import dev.ringfold.internal.journal.EventBounds;
import dev.ringfold.internal.journal.FrameFormat;
import dev.ringfold.internal.journal.FrameReader;
import dev.ringfold.internal.journal.FrameVisitor;
import dev.ringfold.internal.keys.ConditionIndex;
import dev.ringfold.internal.keys.KeyWindow;
import dev.ringfold.internal.keys.StreamVersions;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Rebuilds at open what the journal thread knows: dictionary, stream versions, keys, tags and the
 * ledger of the session before. Sees every valid frame from the start of the last sealed segment; a
 * segment's preamble replaces what was known.
 */
public final class StateRebuilder implements FrameVisitor, KeyedEvents.Sink {
  private static final int STORE_ID_BYTES = 16;

  private final Dictionary dictionary;
  private final StreamVersions versions;
  private final KeyWindow keys;
  private final ConditionIndex conditions;
  private final PreviousLedger ledger;
  private final PayloadReader payload = new PayloadReader();
  private final SegmentKeys segmentKeys;
  private final KeyedEvents keyed = new KeyedEvents();
  private long promisedFloor;
  private long inheritedSequence = -1;
  private int lastSession;
  private ByteBuffer savedVersions = ByteBuffer.allocate(0);

  public StateRebuilder(
      Dictionary dictionary,
      StreamVersions versions,
      KeyWindow keys,
      ConditionIndex conditions,
      PreviousLedger ledger,
      SegmentKeys segmentKeys) {
    this.dictionary = dictionary;
    this.versions = versions;
    this.keys = keys;
    this.conditions = conditions;
    this.ledger = ledger;
    this.segmentKeys = segmentKeys;
  }

  @Override
  public void visit(FrameReader frame) {
    ByteBuffer buffer = frame.buffer();
    int offset = frame.bodyOffset();
    switch (frame.kind()) {
      case FrameFormat.KIND_DICTIONARY ->
          dictionary.load(buffer, offset, frame.bodyLength(), frame.count());
      case FrameFormat.KIND_SEGMENT_START -> {
        segmentKeys.begin(buffer.getLong(offset + STORE_ID_BYTES));
        savedVersions = ByteBuffer.allocate(0);
      }
      case FrameFormat.KIND_STREAM_VERSIONS -> restoreVersions(buffer, offset, frame.bodyLength());
      case FrameFormat.KIND_LEDGER -> ledger.load(buffer, offset, frame.count());
      case FrameFormat.KIND_EVENTS -> {
        visitEvents(frame, buffer, offset);
        keyed.visit(frame, this);
      }
      default ->
          throw new IllegalStateException("a frame of unknown kind " + frame.kind() + " was valid");
    }
  }

  /** The pairs of a segment may fill several frames, and together they replace what was known. */
  private void restoreVersions(ByteBuffer buffer, int offset, int length) {
    ByteBuffer all =
        ByteBuffer.allocate(savedVersions.capacity() + length).order(ByteOrder.LITTLE_ENDIAN);
    all.put(savedVersions.duplicate()).put(buffer.slice(offset, length)).flip();
    savedVersions = all;
    versions.restore(
        all.duplicate().order(ByteOrder.LITTLE_ENDIAN),
        all.capacity() / StreamVersions.PAIR_LENGTH);
  }

  @Override
  public void key(long hi, long lo, long hash, long sequence, int count, long logTimeNanos) {
    segmentKeys.addKey(hi, lo, hash, sequence, count, logTimeNanos);
    if (!keys.find(hi, lo)) {
      keys.add(hi, lo, hash, sequence, count, logTimeNanos);
    }
  }

  @Override
  public void tag(int type, long hi, long lo, long sequence) {
    segmentKeys.addTag(type, hi, lo, sequence);
    conditions.add(type, hi, lo, sequence);
  }

  private void visitEvents(FrameReader frame, ByteBuffer buffer, int bodyOffset) {
    int offset = bodyOffset;
    for (int i = 0; i < frame.count(); i++) {
      visitEvent(frame, buffer, offset);
      offset += buffer.getInt(offset + EventFormat.LENGTH_OFFSET);
    }
    lastSession = frame.session();
    if (frame.hiddenEvents() > 0) {
      visitHidden(frame, buffer, offset);
    }
  }

  /**
   * Drops are declared behind the events of their frame: what a fork has cut off may tell of drops
   * before the cut.
   */
  private void visitHidden(FrameReader frame, ByteBuffer buffer, int from) {
    int end = from + frame.hiddenLength();
    int offset = from;
    for (int i = 0; i < frame.hiddenEvents(); i++) {
      int at = EventBounds.payloadOffset(buffer, offset, end);
      if (at < 0) {
        return;
      }
      int length = buffer.getInt(offset + EventFormat.LENGTH_OFFSET);
      int type = buffer.getShort(offset + EventFormat.TYPE_OFFSET) & 0xFFFF;
      if (type == BuiltinTypes.DROPS_OBSERVED.id()) {
        payload.wrap(buffer, at, offset + length - at);
        int version = buffer.get(offset + EventFormat.SCHEMA_VERSION_OFFSET) & 0xFF;
        DropsObserved fact = BuiltinTypes.DROPS_OBSERVED.decode(version, payload);
        ledger.uncertain(fact.session(), fact.producer());
      }
      offset += length;
    }
  }

  private void visitEvent(FrameReader frame, ByteBuffer buffer, int offset) {
    versions.increment(buffer.getInt(offset + EventFormat.STREAM_OFFSET));
    int producer = buffer.getShort(offset + EventFormat.PRODUCER_OFFSET) & 0xFFFF;
    if (producer != 0) {
      ledger.stored(frame.session(), producer);
    }
    if (producer == 0) {
      visitFact(buffer, offset, frame);
    }
  }

  private void visitFact(ByteBuffer buffer, int offset, FrameReader frame) {
    int type = buffer.getShort(offset + EventFormat.TYPE_OFFSET) & 0xFFFF;
    if (type == BuiltinTypes.LOG_CLOSED.id()) {
      ledger.closedThrough(frame.session());
    }
    boolean retention =
        type == BuiltinTypes.RETENTION_APPLIED.id() && frame.firstSequence() > inheritedSequence;
    boolean drops = type == BuiltinTypes.DROPS_OBSERVED.id();
    if (!drops && !retention && type != BuiltinTypes.LEDGER_MARK.id()) {
      return;
    }
    int version = buffer.get(offset + EventFormat.SCHEMA_VERSION_OFFSET) & 0xFF;
    int length = buffer.getInt(offset + EventFormat.LENGTH_OFFSET);
    payload.wrap(buffer, offset + EventFormat.HEADER_LENGTH, length - EventFormat.HEADER_LENGTH);
    if (retention) {
      RetentionApplied fact = BuiltinTypes.RETENTION_APPLIED.decode(version, payload);
      promisedFloor = Math.max(promisedFloor, fact.floorSequence());
    } else if (drops) {
      DropsObserved fact = BuiltinTypes.DROPS_OBSERVED.decode(version, payload);
      ledger.dropped(fact.session(), fact.producer(), fact.count());
    } else {
      LedgerMark mark = BuiltinTypes.LEDGER_MARK.decode(version, payload);
      ledger.marked(mark);
    }
  }

  /**
   * Facts up to this sequence are those of a store that this one comes from: what that one deleted
   * may be here again.
   */
  public void inherited(long sequence) {
    inheritedSequence = sequence;
  }

  /** The session that wrote the newest events. */
  int lastSession() {
    return lastSession;
  }

  /** The highest floor that a RetentionApplied among the frames promises; 0 when there is none. */
  long promisedFloor() {
    return promisedFloor;
  }
}
