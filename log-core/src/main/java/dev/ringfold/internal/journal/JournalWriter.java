// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.internal.journal;

import dev.ringfold.internal.io.FaultPoint;
import dev.ringfold.internal.jfr.SegmentRolled;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;

/**
 * The journal as the journal thread sees it: frames go in, sequences come out. Owns the chain
 * (frame number, previous CRC, next sequence) and decides when a segment is full. Used by one
 * thread.
 */
public final class JournalWriter {
  private static final int START_BODY_LENGTH = 32;

  /** Writes what a new segment needs to stand alone. */
  public interface Preamble {
    /** Called after SEGMENT_START; adds frames with {@link JournalWriter#writeState}. */
    void write(JournalWriter writer);
  }

  private final JournalSettings settings;
  private final ManifestStore manifests;
  private final SegmentKeeper keeper;
  private final Forcer forcer;
  private final LogClock clock;
  private final Preamble preamble;
  private final int session;
  private final byte[] storeId;
  private final FrameAssembler start =
      new FrameAssembler(FrameFormat.HEADER_LENGTH + START_BODY_LENGTH);

  private SegmentWriter segment;
  private SegmentEntry entry;
  private long frameNumber;
  private int previousCrc;
  private long nextSequence;
  private long lastLogTime;
  private boolean rollRequested;

  /**
   * Begins the first segment of this session.
   *
   * @param chain where the journal ends
   */
  public JournalWriter(
      JournalSettings settings,
      ManifestStore manifests,
      SegmentKeeper keeper,
      Forcer forcer,
      LogClock clock,
      Preamble preamble,
      SegmentWriter first,
      ChainState chain) {
    this.settings = settings;
    this.manifests = manifests;
    this.keeper = keeper;
    this.forcer = forcer;
    this.clock = clock;
    this.preamble = preamble;
    this.session = (int) manifests.current().session();
    this.storeId = HexFormat.of().parseHex(manifests.current().storeId());
    this.segment = first;
    this.frameNumber = chain.frameNumber() + 1;
    this.previousCrc = chain.crc();
    this.nextSequence = chain.nextSequence();
    this.lastLogTime = Math.max(0, chain.logTimeNanos());
    this.entry = openEntry();
  }

  private SegmentEntry openEntry() {
    return SegmentEntry.open(
        segment.number(), nextSequence, frameNumber, previousCrc, clock.nanos());
  }

  /** The manifest's line for the first segment, before anything is written to it. */
  public SegmentEntry firstEntry() {
    return entry;
  }

  /** Writes SEGMENT_START and the preamble of the current segment. */
  public void begin() {
    start.clear();
    int offset = start.reserve(START_BODY_LENGTH);
    ByteBuffer body = ByteBuffer.wrap(start.bytes()).order(ByteOrder.LITTLE_ENDIAN);
    body.position(offset);
    body.put(storeId).putLong(segment.number()).putInt(session).putInt(0);
    writeFrame(start, FrameFormat.KIND_SEGMENT_START, logTimeNow());
    preamble.write(this);
  }

  /** Number of the segment that is written now. */
  public long segmentNumber() {
    return segment.number();
  }

  /** Sequence that the next event gets. */
  public long nextSequence() {
    return nextSequence;
  }

  /** Log time of the last frame. */
  public long lastLogTime() {
    return lastLogTime;
  }

  /** Most bytes of a frame, header included. */
  public int maxFrameBytes() {
    return settings.maxFrameBytes();
  }

  /** Whether a frame of user events fits into allocated blocks above the reserve. */
  public boolean hasRoomForUser(int frameBytes) {
    return segment.hasRoom(frameBytes, settings.reserveBytes());
  }

  /** Whether a frame of the log's own facts fits into allocated blocks. */
  public boolean hasRoomForOwn(int frameBytes) {
    return segment.hasRoom(frameBytes, 0);
  }

  /** Log time for a frame that is about to be filled: never below the last frame's. */
  public long logTimeNow() {
    return Math.max(lastLogTime, clock.nanos());
  }

  /**
   * Writes a frame of events and returns the sequence of its first one.
   *
   * @param logTimeNanos from {@link #logTimeNow()}
   */
  public long writeEvents(FrameAssembler frame, long logTimeNanos) {
    long first = nextSequence;
    writeFrame(frame, FrameFormat.KIND_EVENTS, logTimeNanos);
    nextSequence = first + frame.count();
    forcer.written(nextSequence - 1, frame.length());
    return first;
  }

  /** Writes a frame without events: dictionary, stream versions, ledger. */
  public void writeState(FrameAssembler frame, int kind) {
    writeFrame(frame, kind, logTimeNow());
  }

  private void writeFrame(FrameAssembler frame, int kind, long logTimeNanos) {
    long logTime = Math.max(lastLogTime, logTimeNanos);
    int crc =
        frame.finish(
            kind,
            frameNumber,
            nextSequence,
            logTime,
            forcer.durableSequence(),
            previousCrc,
            session);
    FaultPoint.hit("journal.frame.beforeWrite");
    segment.append(frame.bytes(), 0, frame.length());
    segment
        .index()
        .add(kind, nextSequence, logTime, frameNumber, segment.frameOffset() - Integer.BYTES);
    segment.publish();
    FaultPoint.hit("journal.frame.afterWrite");
    lastLogTime = logTime;
    previousCrc = crc;
    frameNumber++;
  }

  /** The next frame begins a new segment as soon as one is prepared. */
  public void requestRoll() {
    rollRequested = true;
    keeper.prepareSoon();
  }

  /**
   * Begins a new segment when this one is full, old, or was asked to end. Called between frames,
   * when everything the preamble tells about is written.
   */
  public void rollWhenDue() {
    long position = segment.position();
    if (position >= settings.segmentBytes() / 2) {
      keeper.prepareSoon();
    }
    boolean old =
        settings.segmentAgeNanos() > 0
            && nextSequence > entry.firstSequence()
            && lastLogTime - entry.beginNanos() >= settings.segmentAgeNanos();
    if (old || rollRequested || position > settings.segmentBytes()) {
      roll();
    }
  }

  /**
   * Begins the prepared segment; without one, or behind a slow disk, the open one goes on growing.
   */
  private void roll() {
    if (!forcer.acceptsRoll()) {
      return;
    }
    SegmentWriter next = keeper.takePrepared();
    if (next == null) {
      return;
    }
    SegmentRolled recorded = SegmentRolled.begun();
    FaultPoint.hit("roll.beforeSegmentStart");
    SegmentWriter old = segment;
    old.finish(sealedEntry());
    segment = next;
    entry = openEntry();
    manifests.update(manifest -> manifest.withSegment(entry));
    rollRequested = false;
    begin();
    FaultPoint.hit("roll.afterSegmentStart");
    forcer.rolled(old, next);
    if (recorded != null) {
      recorded.done(entry.number(), entry.firstSequence());
    }
  }

  /** The current segment's line as it will be when nothing more is written to it. */
  private SegmentEntry sealedEntry() {
    return entry.seal(
        nextSequence - 1,
        frameNumber - entry.firstFrame(),
        segment.position(),
        previousCrc,
        lastLogTime,
        null);
  }

  /** Nothing more will be written: leaves the facts for the sealer and returns the segment. */
  public SegmentWriter finish() {
    segment.finish(sealedEntry());
    return segment;
  }

  /** The next thread to write is another one; the caller writes no more. */
  public void handOver() {
    segment.handOver();
  }
}
