// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.salvage;

import dev.ringfold.event.EventFormat;
import dev.ringfold.event.EventLost;
import dev.ringfold.internal.journal.ChainState;
import dev.ringfold.internal.journal.Dictionary;
import dev.ringfold.internal.journal.EventBounds;
import dev.ringfold.internal.journal.FrameAssembler;
import dev.ringfold.internal.journal.FrameFormat;
import dev.ringfold.internal.journal.Manifest;
import dev.ringfold.internal.journal.NewJournal;
import dev.ringfold.internal.journal.RawFrame;
import dev.ringfold.internal.keys.StreamVersions;
import dev.ringfold.internal.ring.FactWriter;
import dev.ringfold.internal.ring.SegmentKeys;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;

/**
 * The journal of a salvaged store: the bodies of intact frames in a new chain of frames, each
 * segment with all names that are known, and an {@link EventLost} in the place of each lost event.
 * One thread.
 */
final class SalvagedJournal implements AutoCloseable {
  private static final int VERSION_BATCH = 4_096;

  private final NewJournal journal;
  private final Dictionary names;
  private final FactWriter facts = new FactWriter();
  private final StreamVersions versions = new StreamVersions();
  private ByteBuffer savedVersions = ByteBuffer.allocate(0);
  private boolean versionsWritten;
  private int session;
  private long events;

  /**
   * @param names all that intact frames know
   * @param floor the first sequence that is there
   */
  SalvagedJournal(Path store, String storeId, Dictionary names, long floor) {
    this.names = names;
    Manifest manifest =
        new Manifest(storeId, 0, Manifest.State.CLEAN, -1, floor, List.of(), "", List.of());
    this.journal =
        new NewJournal(
            store,
            manifest,
            // Frame 0 is what is lost, where the log does not begin at its begin.
            new ChainState(floor == 0 ? -1 : 0, 0, floor, Long.MIN_VALUE),
            SegmentKeys.fromFrames(store, manifest));
  }

  /** Sequence of the next event. */
  long nextSequence() {
    return journal.chain().nextSequence();
  }

  /** Events that are there. */
  long events() {
    return events;
  }

  /** Number of the segment that is written, -1 before the first. */
  long segment() {
    return journal.segment();
  }

  /** Begins a segment with what the log would begin it with. */
  void begin(long number, int newSession, long logTimeNanos) {
    session = newSession;
    journal.begin(number, logTimeNanos);
    journal.appendStart(newSession, logTimeNanos);
    versionsWritten = false;
    savedVersions = ByteBuffer.allocate(0);
    writeNames(logTimeNanos);
  }

  private void writeNames(long logTimeNanos) {
    FrameAssembler frame = journal.assembler();
    frame.clear();
    for (long i = 0; i < names.size(); i++) {
      byte[] record = names.record(i);
      if (frame.length() + record.length > FrameFormat.MAX_LENGTH && !frame.isEmpty()) {
        journal.appendAssembled(FrameFormat.KIND_DICTIONARY, logTimeNanos, -1, session);
        frame.clear();
      }
      frame.add(record, 0, record.length, 1);
    }
    if (!frame.isEmpty()) {
      journal.appendAssembled(FrameFormat.KIND_DICTIONARY, logTimeNanos, -1, session);
    }
  }

  /**
   * Adds an intact frame of the segment.
   *
   * @param keep how many of its events this store has
   * @return false when it is one of names that contradict or miss others: it is left out
   */
  boolean add(RawFrame frame, int keep) {
    switch (frame.kind()) {
      case FrameFormat.KIND_SEGMENT_START -> {
        return true; // There is one already, with the new store's id.
      }
      case FrameFormat.KIND_DICTIONARY -> {
        if (!load(names, frame)) {
          return false;
        }
        journal.appendBody(frame);
      }
      case FrameFormat.KIND_STREAM_VERSIONS -> {
        restoreVersions(frame);
        journal.appendBody(frame);
      }
      case FrameFormat.KIND_EVENTS -> addEvents(frame, keep);
      default -> journal.appendBody(frame);
    }
    return true;
  }

  private void addEvents(RawFrame frame, int keep) {
    writeVersions(frame.logTime());
    count(frame, keep);
    if (keep < frame.count()) {
      journal.appendBegin(frame, keep);
    } else {
      journal.appendBody(frame);
    }
    events += keep;
  }

  private void count(RawFrame frame, int keep) {
    int at = FrameFormat.HEADER_LENGTH;
    for (int i = 0; i < keep; i++) {
      if (EventBounds.payloadOffset(frame.buffer(), at, frame.length()) < 0) {
        return;
      }
      versions.increment(frame.buffer().getInt(at + EventFormat.STREAM_OFFSET));
      at += frame.buffer().getInt(at + EventFormat.LENGTH_OFFSET);
    }
  }

  /** The pairs of a segment may fill several frames. */
  private void restoreVersions(RawFrame frame) {
    int length = frame.bodyLength();
    ByteBuffer all =
        ByteBuffer.allocate(savedVersions.capacity() + length).order(ByteOrder.LITTLE_ENDIAN);
    all.put(savedVersions.duplicate());
    all.put(frame.bytes(), FrameFormat.HEADER_LENGTH, length).flip();
    savedVersions = all;
    versionsWritten = true;
    try {
      versions.restore(
          all.duplicate().order(ByteOrder.LITTLE_ENDIAN),
          all.capacity() / StreamVersions.PAIR_LENGTH);
    } catch (IllegalArgumentException impossible) {
      versionsWritten = false; // What was counted so far is the better guess.
    }
  }

  /** Where the frame with the versions is lost, what was counted takes its place. */
  private void writeVersions(long logTimeNanos) {
    if (versionsWritten) {
      return;
    }
    versionsWritten = true;
    ByteBuffer saved = ByteBuffer.allocate(versions.savedLength()).order(ByteOrder.LITTLE_ENDIAN);
    int pairs = versions.save(saved);
    FrameAssembler frame = journal.assembler();
    for (int from = 0; from < pairs; from += VERSION_BATCH) {
      int count = Math.min(VERSION_BATCH, pairs - from);
      frame.clear();
      frame.add(
          saved.array(),
          from * StreamVersions.PAIR_LENGTH,
          count * StreamVersions.PAIR_LENGTH,
          count);
      journal.appendAssembled(FrameFormat.KIND_STREAM_VERSIONS, logTimeNanos, -1, session);
    }
  }

  /** Puts placeholders up to a sequence. */
  void fill(long lastSequence) {
    long first = nextSequence();
    long logTime = Math.max(0, journal.chain().logTimeNanos());
    writeVersions(logTime);
    FrameAssembler frame = journal.assembler();
    while (nextSequence() <= lastSequence) {
      frame.clear();
      long left = lastSequence - nextSequence() + 1;
      for (int i = 0; i < Math.min(left, FrameFormat.MAX_EVENTS); i++) {
        facts.add(frame, new EventLost(first, lastSequence), logTime);
        versions.increment(0);
      }
      journal.appendAssembled(FrameFormat.KIND_EVENTS, logTime, -1, session);
    }
  }

  /** Takes the names of a frame over; false when they leave a gap or contradict others. */
  static boolean load(Dictionary names, RawFrame frame) {
    try {
      names.load(frame.buffer(), FrameFormat.HEADER_LENGTH, frame.bodyLength(), frame.count());
      return true;
    } catch (IllegalStateException e) {
      return false;
    }
  }

  /** Seals the last segment and writes the manifest. */
  void finish() {
    journal.finish();
  }

  @Override
  public void close() {
    journal.close();
  }
}
