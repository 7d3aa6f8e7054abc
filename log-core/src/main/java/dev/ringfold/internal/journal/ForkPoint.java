// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.internal.journal;

import dev.ringfold.CorruptJournalException;
import dev.ringfold.ForkRefusedException;
import dev.ringfold.SegmentRetiredException;
import dev.ringfold.event.EventFormat;
import dev.ringfold.internal.io.FaultPoint;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * Finds where a fork ends in its parent's journal: the segments up to a sequence, as the fork's
 * manifest names them. The segment that holds the sequence is cut there; one that the parent has
 * ended and not sealed yet is cut at its end. Reads only from the index entry in front of these
 * places on, and checks what it reads. Changes nothing. One thread, one search.
 */
public final class ForkPoint {
  private static final long TAIL_PAUSE_NANOS = 100_000;

  private final JournalSource source;
  private final JournalDamage damage;
  private final Manifest manifest;
  private final long sequence;
  private final FrameReader reader = FrameReader.create();
  private final List<SegmentEntry> segments = new ArrayList<>();
  private int session;

  /** End of the last frame that was read. */
  private long endOffset;

  private ForkPoint(JournalSource source, long sequence) {
    this.source = source;
    this.damage = new JournalDamage(source.store());
    this.manifest = source.manifest();
    this.sequence = sequence;
  }

  /**
   * Finds it.
   *
   * @param sequence the last one of the fork
   * @throws SegmentRetiredException when it is below the parent's floor
   * @throws ForkRefusedException when it is above the parent's end, or inside an atomic group
   * @throws CorruptJournalException when the frames around it are damaged
   */
  public static ForkPoint find(JournalSource source, long sequence) {
    ForkPoint point = new ForkPoint(source, sequence);
    FaultPoint.hit("fork.manifestRead");
    try {
      point.run();
    } finally {
      point.reader.close();
    }
    return point;
  }

  /** The parent's manifest that the search went by. */
  public Manifest parent() {
    return manifest;
  }

  /** The fork's segments, all of them sealed; not empty. */
  public List<SegmentEntry> segments() {
    return segments;
  }

  /** The session that wrote the sequence. */
  public int session() {
    return session;
  }

  /** Whether the fork has the segment exactly as its parent has sealed it. */
  public boolean isWhole(SegmentEntry entry) {
    return entry.equals(manifest.segment(entry.number()));
  }

  private void run() {
    if (sequence < 0) {
      throw new IllegalArgumentException("sequence must be >= 0 but was " + sequence);
    }
    if (manifest.retired(sequence)) {
      throw new SegmentRetiredException(sequence, manifest.floorSequence());
    }
    List<SegmentEntry> all = manifest.segments();
    if (all.isEmpty()) {
      throw above(-1);
    }
    int place = manifest.placeOf(sequence);
    if (place < 0) {
      throw damage.lost(manifest, all.get(0), sequence);
    }
    for (int i = 0; i < place; i++) {
      SegmentEntry entry = all.get(i);
      segments.add(entry.sealed() ? entry : ended(entry, all.get(i + 1)));
    }
    SegmentEntry last = all.get(place);
    while (!seek(last, sequence)) {
      SegmentEntry next = unnamedBehind(last);
      segments.add(endHere(last));
      last = next;
    }
    requireEndOfGroup();
    session = reader.session();
    boolean whole = last.sealed() && last.lastSequence() == sequence;
    ChainState end =
        new ChainState(reader.frameNumber(), reader.crc(), sequence + 1, reader.logTime());
    segments.add(whole ? last : last.cutAt(sequence, end, reader.nextOffset()));
  }

  /** A segment that is written to its end but not sealed: its successor says where that is. */
  private SegmentEntry ended(SegmentEntry entry, SegmentEntry successor) {
    boolean beyond = seek(entry, successor.firstSequence());
    boolean complete =
        !beyond
            && reader.chained()
            && reader.nextSequence() == successor.firstSequence()
            && reader.lastFrameNumber() + 1 == successor.firstFrame()
            && reader.lastCrc() == successor.previousCrc();
    if (!complete) {
      throw damage.corrupt(
          reader,
          FrameStatus.END,
          reader.chained() ? reader.nextSequence() : entry.firstSequence(),
          "the next segment begins with frame " + successor.firstFrame());
    }
    return endHere(entry);
  }

  private SegmentEntry endHere(SegmentEntry entry) {
    return entry.cutAt(reader.nextSequence() - 1, reader.chain(), endOffset);
  }

  /** The segment behind the newest one that the manifest names, if it was begun meanwhile. */
  private SegmentEntry unnamedBehind(SegmentEntry last) {
    if (last.sealed() && sequence <= last.lastSequence()) {
      throw damage.corrupt(
          reader, FrameStatus.END, sequence, "the segment goes up to " + last.lastSequence());
    }
    SegmentEntry newest = manifest.lastSegment();
    boolean named = newest != null && last.number() < newest.number();
    if (last.sealed() || named || !reader.chained()) {
      throw above(last.sealed() ? last.lastSequence() : last.firstSequence() - 1);
    }
    SegmentEntry next =
        new UnnamedSegment(source).find(last.number() + 1, reader, reader.nextSequence());
    if (next == null) {
      throw above(reader.nextSequence() - 1);
    }
    return next;
  }

  private ForkRefusedException above(long end) {
    return new ForkRefusedException(
        "There is no event "
            + sequence
            + " in "
            + source.store()
            + " yet; the last one is "
            + end
            + ". Fork at "
            + end
            + " or below.",
        end,
        ForkRefusedException.NONE);
  }

  /**
   * Goes to the frame that holds a sequence; false when there is none, and then the reader stands
   * behind the last frame.
   */
  private boolean seek(SegmentEntry entry, long wanted) {
    reader.reopen(SegmentFiles.queueFile(source.store(), entry.number()), entry.lastShown());
    long limit = entry.sealed() ? entry.length() : source.writtenOffset(entry.number());
    SegmentIndex index = source.index(entry);
    reader.position(index == null ? offsetByHeaders(wanted, limit) : index.offsetFor(wanted));
    int tries = 0;
    for (; ; ) {
      FrameStatus status = reader.next(limit);
      if (status == FrameStatus.FRAME) {
        endOffset = reader.nextOffset();
        if (reader.eventCount() > 0 && reader.firstSequence() + reader.eventCount() > wanted) {
          return true;
        }
      } else if (status == FrameStatus.END) {
        return false;
      } else if (entry.sealed()) {
        throw damage.corrupt(reader, status, wanted, "frames up to " + wanted + " must be there");
      } else if (tries++ == SegmentReader.MAX_TAIL_TRIES) {
        return false; // A torn tail, which ends the journal for whoever opens it next.
      } else {
        LockSupport.parkNanos(TAIL_PAUSE_NANOS);
        reader.reread();
      }
    }
  }

  /** Without an index: the frame in front of the one that holds the sequence. */
  private long offsetByHeaders(long wanted, long limit) {
    reader.position(0);
    reader.headersOnly(true);
    try {
      long offset = 0;
      while (reader.next(limit) == FrameStatus.FRAME
          && reader.firstSequence() + reader.eventCount() <= wanted) {
        offset = reader.offset();
      }
      return offset;
    } finally {
      reader.headersOnly(false);
    }
  }

  /** The events of a group are there together or not at all. */
  private void requireEndOfGroup() {
    ByteBuffer buffer = reader.buffer();
    int at = reader.bodyOffset();
    int end = at + reader.bodyLength();
    long groupFirst = reader.firstSequence();
    for (int i = 0; i < reader.count(); i++) {
      long current = reader.firstSequence() + i;
      if (EventBounds.payloadOffset(buffer, at, end) < 0) {
        throw damage.malformed(reader, current, "an event does not fit its frame");
      }
      if ((buffer.get(at + EventFormat.FLAGS_OFFSET) & EventFormat.FLAG_GROUP) == 0) {
        if (current == sequence) {
          return;
        }
        if (current > sequence) {
          throw insideGroup(groupFirst, current);
        }
        groupFirst = current + 1;
      }
      at += buffer.getInt(at + EventFormat.LENGTH_OFFSET);
    }
    throw damage.malformed(reader, sequence, "a group has no end");
  }

  private ForkRefusedException insideGroup(long first, long last) {
    return new ForkRefusedException(
        "Sequence "
            + sequence
            + " is inside the atomic group "
            + first
            + " to "
            + last
            + ", which is there as a whole or not at all. Fork at "
            + (first == 0 ? "" : (first - 1) + " or ")
            + last
            + ".",
        first - 1,
        last);
  }
}
