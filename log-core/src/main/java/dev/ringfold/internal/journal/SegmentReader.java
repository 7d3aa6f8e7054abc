// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.internal.journal;

import dev.ringfold.CorruptJournalException;
import dev.ringfold.RingfoldException;
import dev.ringfold.SegmentRetiredException;
import dev.ringfold.StoreAccessException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Reads the frames of a store in order over segment borders: decides where a segment ends, what is
 * only not written yet, and what is damage. One thread at a time; no allocation per frame.
 *
 * <p>"Not there" is the end only in the newest segment, behind everything that the writer reported
 * or the manifest calls durable. Everywhere else it is damage. The newest segment may be one that
 * the manifest does not name yet, see {@link UnnamedSegment}.
 */
final class SegmentReader implements AutoCloseable {
  /**
   * How often a frame that fails its check at the live tail of another process is read again: the
   * copy may have raced the writer.
   */
  static final int MAX_TAIL_TRIES = 20;

  /** Seeks that may run into a segment that retention is deleting. */
  private static final int MAX_SEEKS = 8;

  private static final long TAIL_PAUSE_NANOS = 100_000;

  /** No wish for a sequence, or for a time. */
  private static final long ANY = FrameWalk.ANY;

  private final JournalSource source;
  private final JournalDamage damage;
  private final FrameReader reader = FrameReader.create();
  private final DictionaryLoader names;
  private final ReadLease lease;
  private final UnnamedSegment unnamed;

  private Manifest manifest;
  private @Nullable SegmentEntry entry;

  /** Whether the reader has the current segment's file open. */
  private boolean opened;

  private int tailTries;

  /** The segment that the lease names. */
  private long leased = -1;

  /** Sequence of the next event in the file, as long as no frame was read that says so. */
  private long expected;

  private boolean closed;

  SegmentReader(JournalSource source, @Nullable DictionarySink dictionary) {
    this.source = source;
    this.damage = new JournalDamage(source.store());
    this.names = new DictionaryLoader(reader, damage, dictionary);
    this.manifest = source.manifest();
    this.lease = source.lease();
    this.unnamed = new UnnamedSegment(source);
    this.expected = manifest.floorSequence();
  }

  /** The reader that stands at the current frame after {@link #next} returned true. */
  FrameReader frames() {
    return reader;
  }

  /** The errors about this store. */
  JournalDamage damage() {
    return damage;
  }

  /** Goes to the frame that holds the sequence, or will. */
  void seekSequence(long sequence) {
    seek(sequence, ANY);
  }

  /** Goes to the first frame at or after the time; returns the first sequence that may come. */
  long seekTime(long logTimeNanos) {
    seek(ANY, logTimeNanos);
    return expected;
  }

  private void seek(long sequence, long logTimeNanos) {
    for (int tries = 1; ; tries++) {
      try {
        trySeek(sequence, logTimeNanos);
        return;
      } catch (RingfoldException e) {
        // Retention takes segments away from a reader only by raising the floor: look again.
        if (e instanceof SegmentRetiredException || tries == MAX_SEEKS || !isGone()) {
          throw e;
        }
      }
    }
  }

  private void trySeek(long sequence, long logTimeNanos) {
    refresh();
    entry = null;
    opened = false;
    expected = sequence == ANY ? manifest.floorSequence() : sequence;
    if (manifest.retired(expected)) {
      throw SegmentRetiredException.of(source.store(), expected, manifest.floorSequence());
    }
    int count = manifest.segments().size();
    if (count == 0) {
      return;
    }
    int place =
        sequence == ANY
            ? Math.min(manifest.placeOfTime(logTimeNanos), count - 1)
            : manifest.placeOf(sequence);
    if (place < 0) {
      throw lost(manifest.segments().get(0));
    }
    SegmentEntry target = manifest.segments().get(place);
    lend(target);
    SegmentIndex index = source.index(target);
    long offset = 0;
    if (index != null) {
      offset = sequence == ANY ? index.offsetForTime(logTimeNanos) : index.offsetFor(sequence);
    }
    seek(target, index, offset, sequence, logTimeNanos);
  }

  private void seek(
      SegmentEntry target,
      @Nullable SegmentIndex index,
      long offset,
      long sequence,
      long logTimeNanos) {
    if (!begin(target)) {
      return;
    }
    if (index != null) {
      names.loadListed(target, index, offset, limit(target));
    }
    boolean found =
        walk(target, offset, sequence, logTimeNanos)
            || (offset > 0 && walk(target, 0, sequence, logTimeNanos));
    if (!found) {
      // Let next() read from the begin with all checks: it finds and names the damage.
      restart(target);
    }
  }

  private boolean walk(SegmentEntry target, long offset, long sequence, long logTimeNanos) {
    FrameWalk walk = new FrameWalk(reader, names, sequence, logTimeNanos);
    boolean sound = walk.from(offset, limit(target), target.firstSequence());
    expected = sound ? walk.reached() : expected;
    if (sound && walk.foundEvents()) {
      names.passedBegin(target.number());
    }
    return sound;
  }

  private void restart(SegmentEntry target) {
    reader.position(0);
    reader.expect(target.before());
    expected = target.firstSequence();
  }

  /**
   * Goes on to the next frame of any kind.
   *
   * @return false when there is nothing more now
   */
  boolean next() {
    for (; ; ) {
      try {
        return read();
      } catch (RingfoldException e) {
        goOnBehindFloor(e);
      }
    }
  }

  /** What looks like damage is none when retention has deleted the segment meanwhile. */
  private void goOnBehindFloor(RingfoldException failure) {
    if (failure instanceof SegmentRetiredException || !isGone()) {
      throw failure;
    }
    expected = nextSequence();
    if (manifest.retired(expected)) {
      throw SegmentRetiredException.of(source.store(), expected, manifest.floorSequence());
    }
    // All of its events were read before it went.
    reader.expectAny();
    entry = null;
  }

  /** Whether the current segment is below the manifest's first one now. */
  private boolean isGone() {
    refresh();
    SegmentEntry current = entry;
    return current != null
        && !manifest.segments().isEmpty()
        && current.number() < manifest.segments().get(0).number();
  }

  private boolean read() {
    for (; ; ) {
      SegmentEntry current = entry;
      if (current == null) {
        if (!beginFirst()) {
          return false;
        }
        continue;
      }
      if (!opened && !begin(current)) {
        return false;
      }
      long limit = limit(current);
      FrameStatus status = reader.next(limit);
      if (status == FrameStatus.FRAME) {
        tailTries = 0;
        names.load();
        lease.beat();
        return true;
      }
      if (!goesOn(current, status, limit)) {
        lease.beat();
        return false;
      }
    }
  }

  private long limit(SegmentEntry current) {
    return current.sealed() ? current.length() : source.writtenOffset(current.number());
  }

  private boolean beginFirst() {
    if (closed) {
      throw new IllegalStateException("the cursor of " + source.store() + " is closed");
    }
    refresh();
    if (manifest.segments().isEmpty()) {
      return false;
    }
    int place = manifest.placeOf(expected);
    if (place < 0) {
      throw lost(manifest.segments().get(0));
    }
    return begin(manifest.segments().get(place));
  }

  /** Opens a segment at its begin; false when its file is not there yet. */
  boolean begin(SegmentEntry target) {
    boolean same = opened && entry != null && entry.number() == target.number();
    entry = target;
    tailTries = 0;
    if (!same) {
      opened = false;
      lend(target);
      Path file = SegmentFiles.queueFile(source.store(), target.number());
      try {
        reader.reopen(file, target.lastShown());
      } catch (StoreAccessException e) {
        if (e.getCause() instanceof NoSuchFileException) {
          return missing(target, file, e);
        }
        throw e;
      }
      opened = true;
    }
    restart(target);
    return true;
  }

  /** Retention should know before the file is opened. */
  private void lend(SegmentEntry target) {
    entry = target;
    if (leased != target.number()) {
      leased = target.number();
      lease.moveTo(leased);
    }
  }

  private boolean missing(SegmentEntry target, Path file, StoreAccessException cause) {
    if (isGone()) {
      throw cause; // For the caller, who knows the sequence that is wanted.
    }
    if (isNewest(target) && manifest.durableSequence() < target.firstSequence()) {
      long limit = limit(target);
      if (limit == JournalSource.UNKNOWN_OFFSET || limit == 0) {
        return false;
      }
    }
    if (Files.exists(file)) {
      return false; // It was created since: the next call opens it.
    }
    throw damage.missing(file, target.firstSequence(), cause);
  }

  /**
   * Decides what it means that no frame was read: true to try again, false for nothing more now.
   */
  private boolean goesOn(SegmentEntry current, FrameStatus status, long limit) {
    boolean atLimit = status == FrameStatus.END && reader.offset() + 4 > limit;
    if (current.sealed()) {
      return atSealedEnd(current, status, atLimit);
    }
    refresh();
    SegmentEntry now = manifest.segment(current.number());
    if (now != null && now.sealed()) {
      // Sealed since it was opened: its end is known now, and more may have been written before.
      entry = now;
      reader.reread();
      return true;
    }
    if (!isNewest(current)) {
      return atOpenEnd(current, status);
    }
    if (limit != JournalSource.UNKNOWN_OFFSET) {
      if (!atLimit) {
        throw corrupt(status, "the writer reported bytes up to offset " + limit);
      }
      return false;
    }
    return atLiveTail(current, status);
  }

  private boolean atSealedEnd(SegmentEntry current, FrameStatus status, boolean atLimit) {
    if (!atLimit) {
      throw corrupt(status, "the sealed segment should have " + current.length() + " bytes");
    }
    ChainState end = current.after();
    boolean complete =
        nextSequence() == end.nextSequence()
            && (!reader.chained()
                || (reader.lastFrameNumber() == end.frameNumber()
                    && reader.lastCrc() == end.crc()));
    if (!complete) {
      throw corrupt(
          status,
          "the sealed segment should end with frame "
              + end.frameNumber()
              + " and sequence "
              + current.lastSequence());
    }
    return toSuccessor(current);
  }

  /**
   * An open segment that is no longer the newest: all of it is written, only its end is not noted.
   */
  private boolean atOpenEnd(SegmentEntry current, FrameStatus status) {
    int place = manifest.placeOfNumber(current.number() + 1);
    SegmentEntry successor = manifest.segments().get(place);
    boolean complete =
        nextSequence() == successor.firstSequence()
            && (!reader.chained() || reader.lastFrameNumber() + 1 == successor.firstFrame());
    if (complete) {
      return toSuccessor(current);
    }
    if (tailTries++ == 0) {
      // What was read may be older than the manifest that names the successor.
      reader.reread();
      return true;
    }
    throw corrupt(status, "the next segment begins with frame " + successor.firstFrame());
  }

  private boolean toSuccessor(SegmentEntry current) {
    refresh();
    long number = current.number() + 1;
    int place = manifest.placeOfNumber(number);
    SegmentEntry successor =
        place < manifest.segments().size()
            ? manifest.segments().get(place)
            : unnamed.find(number, reader, nextSequence());
    if (successor == null) {
      return false;
    }
    if (successor.firstSequence() > nextSequence()) {
      expected = nextSequence();
      throw lost(successor);
    }
    ChainState before = reader.chained() ? reader.chain() : successor.before();
    if (!begin(successor)) {
      return false;
    }
    reader.expect(before);
    return true;
  }

  /** The tail of a segment that another process may be writing. */
  private boolean atLiveTail(SegmentEntry current, FrameStatus status) {
    if (status == FrameStatus.DAMAGED) {
      if (tailTries++ < MAX_TAIL_TRIES) {
        LockSupport.parkNanos(TAIL_PAUSE_NANOS);
        reader.reread();
        return true;
      }
      throw corrupt(status, "it stayed so in " + MAX_TAIL_TRIES + " tries");
    }
    if (status == FrameStatus.END && toSuccessor(current)) {
      return true;
    }
    if (nextSequence() <= manifest.durableSequence()) {
      if (tailTries++ < MAX_TAIL_TRIES) {
        return true;
      }
      throw corrupt(
          status, "the manifest calls sequence " + manifest.durableSequence() + " durable");
    }
    return false;
  }

  private boolean isNewest(SegmentEntry current) {
    SegmentEntry newest = manifest.lastSegment();
    return newest == null || newest.number() <= current.number();
  }

  private void refresh() {
    manifest = source.manifest();
  }

  /** Sequence of the next event in the file. */
  private long nextSequence() {
    return reader.chained() ? reader.nextSequence() : expected;
  }

  private RingfoldException lost(SegmentEntry next) {
    return damage.lost(manifest, next, expected);
  }

  private CorruptJournalException corrupt(FrameStatus status, String expectation) {
    return damage.corrupt(reader, status, nextSequence(), expectation);
  }

  /** Closes the file. */
  @Override
  public void close() {
    closed = true;
    opened = false;
    entry = null;
    lease.close();
    reader.close();
  }
}
