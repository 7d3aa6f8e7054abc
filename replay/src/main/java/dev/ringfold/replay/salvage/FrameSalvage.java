// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.salvage;

import dev.ringfold.RingfoldException;
import dev.ringfold.internal.journal.Dictionary;
import dev.ringfold.internal.journal.IntactFrames;
import dev.ringfold.internal.journal.Manifest;
import dev.ringfold.internal.journal.RawFrame;
import dev.ringfold.internal.journal.SegmentEntry;
import dev.ringfold.internal.journal.SegmentFiles;
import dev.ringfold.replay.salvage.SalvageReport.Lost;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Goes over the segments of a damaged store, takes every frame that belongs there, and notes what
 * lies between. A frame is taken when its checksum is right, it comes behind those before it, keeps
 * to what the manifest says about its segment, and, when it is the very next one, names the
 * checksum of the one before: bytes that only look like a frame, in a damaged event, do not. One
 * thread.
 */
final class FrameSalvage implements AutoCloseable {
  /** Most lost events in one place when no manifest says how many there were. */
  private static final long MAX_GUESSED_HOLE = 100_000_000;

  /** Most places that are listed one by one. */
  private static final int MAX_LOST = 100_000;

  private final Path store;
  private final Path target;
  private final String storeId;
  private final @Nullable Manifest manifest;
  private final Dictionary names;
  private final List<String> notes;
  private final List<Lost> lost = new ArrayList<>();
  private @Nullable SalvagedJournal journal;
  private long floor = -1;

  private long segment;
  private @Nullable SegmentEntry entry;
  private boolean begun;
  private long lastFrame = -1;
  private int lastCrc;
  private int session;
  private long endOffset;
  private long refused;

  FrameSalvage(
      Path store,
      Path target,
      String storeId,
      @Nullable Manifest manifest,
      Dictionary names,
      List<String> notes) {
    this.store = store;
    this.target = target;
    this.storeId = storeId;
    this.manifest = manifest;
    this.names = names;
    this.notes = notes;
    this.lastFrame = firstFrame(manifest) - 1;
  }

  private static long firstFrame(@Nullable Manifest manifest) {
    return manifest == null || manifest.segments().isEmpty()
        ? 0
        : manifest.segments().get(0).firstFrame();
  }

  /** The first sequence of the new store. */
  long floor() {
    return floor;
  }

  /** What is lost so far. */
  List<Lost> lost() {
    return lost;
  }

  /**
   * Reads the segment of this number; the next call has a higher one.
   *
   * @param progress hears at which offset it is
   */
  void read(long number, LongConsumer progress) {
    segment = number;
    entry = manifest == null ? null : manifest.segment(number);
    begun = false;
    endOffset = 0;
    Path file = SegmentFiles.queueFile(store, number);
    if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
      endOffset = -1;
      missing();
      return;
    }
    boolean whole =
        IntactFrames.visit(
            file,
            (frame, offset) -> {
              progress.accept(offset);
              take(frame, offset);
            });
    if (!whole) {
      notes.add(file + " was given up half-way: it is full of bytes that look like frames");
    }
    long length = file.toFile().length();
    SegmentEntry known = entry;
    if (known != null && known.sealed()) {
      long frames = known.firstFrame() + known.frames() - 1 - lastFrame;
      if (frames > 0) {
        gap(frames, Math.max(length, endOffset), known.lastSequence());
        lastFrame += frames;
        lastCrc = known.lastCrc();
      }
    }
  }

  private void missing() {
    SegmentEntry known = entry;
    if (known == null || !known.sealed()) {
      return; // What was promised of it shows in the end.
    }
    gap(known.frames(), -1, known.lastSequence());
    lastFrame = known.firstFrame() + known.frames() - 1;
    lastCrc = known.lastCrc();
  }

  private void take(RawFrame frame, long offset) {
    if (!belongs(frame)) {
      refused++;
      return;
    }
    SegmentEntry known = entry;
    int keep = frame.eventCount();
    if (known != null && known.sealed() && frame.lastSequence() > known.lastSequence()) {
      keep = (int) (known.lastSequence() - frame.firstSequence() + 1);
    }
    long skipped = frame.frameNumber() - lastFrame - 1;
    session = Math.max(session, frame.session());
    if (journal != null && frame.firstSequence() > nextSequence()) {
      gap(Math.max(1, skipped), offset, frame.firstSequence() - 1);
    } else if (skipped > 0 && journal != null) {
      note(new Lost(segment, endOffset, offset, skipped, nextSequence(), nextSequence() - 1));
    }
    SalvagedJournal writer = begin(frame);
    if (!writer.add(frame, keep)) {
      note(new Lost(segment, offset, offset, 1, nextSequence(), nextSequence() - 1));
    }
    lastFrame = frame.frameNumber();
    lastCrc = frame.crc();
    endOffset = offset + frame.length();
  }

  private boolean belongs(RawFrame frame) {
    long number = frame.frameNumber();
    if (frame.problem() != null
        || number <= lastFrame
        || (journal != null && number == lastFrame + 1 && frame.previousCrc() != lastCrc)
        || frame.session() < session) {
      return false;
    }
    SegmentEntry known = entry;
    if (journal != null && frame.firstSequence() < nextSequence()) {
      return false;
    }
    if (known != null && known.sealed()) {
      boolean inside = number < known.firstFrame() + known.frames();
      boolean above = frame.firstSequence() >= known.firstSequence();
      return inside && above && frame.firstSequence() <= known.lastSequence() + 1;
    }
    return journal == null
        || manifest != null && frame.firstSequence() <= manifest.durableSequence() + 1
        || frame.firstSequence() - nextSequence() <= MAX_GUESSED_HOLE;
  }

  private long nextSequence() {
    SalvagedJournal writer = journal;
    return writer == null ? floor : writer.nextSequence();
  }

  /** The journal, in this segment. */
  private SalvagedJournal begin(RawFrame frame) {
    SalvagedJournal writer = journal;
    if (writer == null) {
      floor = frame.firstSequence();
      lostBegin(frame);
      writer = new SalvagedJournal(target, storeId, names, floor);
      journal = writer;
    }
    if (!begun) {
      begun = true;
      writer.begin(segment, frame.session(), frame.logTime());
    }
    return writer;
  }

  /** What is lost before the first frame that there is. */
  private void lostBegin(RawFrame frame) {
    long promised = manifest == null ? 0 : manifest.floorSequence();
    long skipped = frame.frameNumber() - lastFrame - 1;
    if (manifest != null && (promised < floor || skipped > 0)) {
      note(
          new Lost(
              manifest.segments().isEmpty() ? segment : manifest.segments().get(0).number(),
              -1,
              -1,
              skipped,
              promised,
              floor - 1));
      if (promised < floor) {
        notes.add("what is lost at the begin has no placeholders: the floor is " + floor);
      }
    }
  }

  /** Notes that something is lost, and puts placeholders where events were. */
  private void gap(long frames, long toOffset, long lastSequence) {
    SalvagedJournal writer = journal;
    if (writer == null) {
      return; // Noted with the first frame that there is.
    }
    long first = writer.nextSequence();
    note(new Lost(segment, endOffset, toOffset, frames, first, Math.max(lastSequence, first - 1)));
    if (lastSequence >= first) {
      writer.fill(lastSequence);
    }
  }

  private void note(Lost place) {
    if (lost.size() < MAX_LOST) {
      lost.add(place);
    } else {
      Lost last = lost.get(MAX_LOST - 1);
      lost.set(
          MAX_LOST - 1,
          new Lost(
              last.segment(),
              last.fromOffset(),
              place.toOffset(),
              last.frames() + place.frames(),
              last.firstSequence(),
              Math.max(last.lastSequence(), place.lastSequence())));
    }
  }

  /** After the last segment: what was promised behind it is lost, too. */
  SalvagedJournal end() {
    SalvagedJournal writer = journal;
    if (writer == null) {
      throw new RingfoldException(
          "Not one frame of "
              + store
              + " is intact; there is nothing to salvage. Restore a backup.");
    }
    long promised = manifest == null ? -1 : manifest.durableSequence();
    if (promised >= writer.nextSequence()) {
      gap(0, endOffset, promised);
    }
    if (refused > 0) {
      notes.add(refused + " frames with right checksums did not belong where they were");
    }
    return writer;
  }

  @Override
  public void close() {
    SalvagedJournal writer = journal;
    if (writer != null) {
      writer.close();
    }
  }
}
