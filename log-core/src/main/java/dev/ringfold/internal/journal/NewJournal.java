// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.internal.journal;

import dev.ringfold.DiskFullException;
import dev.ringfold.internal.io.DurableFile;
import dev.ringfold.internal.io.StoreSecurity;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * Writes the journal of a new store from frames that there are: of a backup, or of what is left of
 * a damaged store. Segments are made, sealed and indexed as the log does it, so Chronicle can read
 * them, too. Nothing of it is a store before {@link #finish}. One thread.
 */
public final class NewJournal implements AutoCloseable {
  /** Chronicle's mapping block: eight times as large as the largest frame at least. */
  private static final int BLOCK_BYTES = 16 << 20;

  /** Allocated at a time. */
  private static final long STEP_BYTES = 16L << 20;

  private static final long FIRST_BYTES = 1L << 20;
  private static final int START_BODY_LENGTH = 32;

  private final Path store;
  private final ManifestStore manifests;
  private final SegmentSealer sealer;
  private final FrameAssembler assembler = new FrameAssembler(RawFrame.MAX_LENGTH);
  private ChainState chain;
  private int session;
  private boolean cut;
  private @Nullable SegmentWriter segment;
  private @Nullable SegmentEntry entry;

  /**
   * Begins a journal in a directory that is not there yet.
   *
   * @param initial the manifest without segments: id, ancestry, floor
   * @param before the chain in front of the first frame
   * @param companion writes the keys of each segment
   */
  public NewJournal(
      Path store, Manifest initial, ChainState before, SegmentSealer.Companion companion) {
    this.store = store;
    this.chain = before;
    StoreSecurity.prepareStoreDirectory(store);
    StoreSecurity.createDirectory(store.resolve(ManifestFile.TEMPORARY_DIRECTORY));
    StoreSecurity.createDirectory(SegmentFiles.journal(store));
    this.manifests = ManifestStore.draft(store, initial);
    this.sealer = new SegmentSealer(store, manifests, companion);
  }

  /** The chain behind the frame written last. */
  public ChainState chain() {
    return chain;
  }

  /** Number of the segment that is written; -1 when none is. */
  public long segment() {
    SegmentWriter current = segment;
    return current == null ? -1 : current.number();
  }

  /**
   * Ends the segment that is written, and begins another one.
   *
   * @param number above that of all before
   * @param logTimeNanos log time of its first frame
   */
  public void begin(long number, long logTimeNanos) {
    end();
    segment = SegmentWriter.create(store, number, BLOCK_BYTES, FIRST_BYTES);
    entry =
        SegmentEntry.open(
            number,
            chain.nextSequence(),
            chain.frameNumber() + 1,
            chain.crc(),
            Math.max(0, Math.max(logTimeNanos, chain.logTimeNanos())));
  }

  /** Writes a frame as it is; the caller has asked {@link RawFrame#breakAfter}. */
  public void append(RawFrame frame) {
    write(frame.bytes(), frame.length(), frame.kind(), frame.chain());
    session = frame.session();
  }

  /**
   * Writes a frame with the first events of another one: its header and checksum are made anew, so
   * that the chain can go on behind it.
   *
   * @param events how many are kept, at least one
   */
  public void appendBegin(RawFrame frame, int events) {
    assembler.clear();
    int end = frame.eventOffset(events);
    assembler.add(
        frame.bytes(), FrameFormat.HEADER_LENGTH, end - FrameFormat.HEADER_LENGTH, events);
    appendAssembled(frame.kind(), frame.logTime(), frame.durableSequence(), frame.session());
  }

  /**
   * Writes a frame as it is, of which this store has only the first events: it was forked there.
   * The segment ends with it.
   */
  public void appendCut(RawFrame frame, int events) {
    ChainState whole = frame.chain();
    write(
        frame.bytes(),
        frame.length(),
        frame.kind(),
        new ChainState(
            whole.frameNumber(),
            whole.crc(),
            frame.firstSequence() + events,
            whole.logTimeNanos()));
    session = frame.session();
    cut = true;
  }

  /** Writes the body of a frame as the next one of this chain, whatever it followed before. */
  public void appendBody(RawFrame frame) {
    assembler.clear();
    assembler.add(frame.bytes(), FrameFormat.HEADER_LENGTH, frame.bodyLength(), frame.count());
    appendAssembled(frame.kind(), frame.logTime(), frame.durableSequence(), frame.session());
  }

  /** Writes the frame that begins a segment, with this store's id. */
  public void appendStart(int newSession, long logTimeNanos) {
    assembler.clear();
    int at = assembler.reserve(START_BODY_LENGTH);
    ByteBuffer body = ByteBuffer.wrap(assembler.bytes()).order(ByteOrder.LITTLE_ENDIAN);
    body.position(at);
    body.put(HexFormat.of().parseHex(manifests.current().storeId()));
    body.putLong(segment()).putInt(newSession).putInt(0);
    appendAssembled(FrameFormat.KIND_SEGMENT_START, logTimeNanos, -1, newSession);
  }

  /** A frame to fill for {@link #appendAssembled}; empty it first. */
  public FrameAssembler assembler() {
    return assembler;
  }

  /** Writes what is in {@link #assembler} as the next frame. */
  public void appendAssembled(int kind, long logTimeNanos, long durableSequence, int newSession) {
    long logTime = Math.max(chain.logTimeNanos(), logTimeNanos);
    long number = chain.frameNumber() + 1;
    long first = chain.nextSequence();
    int crc =
        assembler.finish(
            kind,
            number,
            first,
            logTime,
            Math.min(durableSequence, first - 1),
            chain.crc(),
            newSession);
    int events = kind == FrameFormat.KIND_EVENTS ? assembler.count() : 0;
    write(
        assembler.bytes(),
        assembler.length(),
        kind,
        new ChainState(number, crc, first + events, logTime));
    session = newSession;
  }

  private void write(byte[] bytes, int length, int kind, ChainState after) {
    SegmentWriter current = segment;
    if (current == null) {
      throw new IllegalStateException("no segment was begun");
    }
    while (!current.hasRoom(length, 0)) {
      long limit = current.allocatedLimit() + STEP_BYTES;
      if (!current.allocate(limit)) {
        throw new DiskFullException(
            "There is no room for "
                + STEP_BYTES
                + " more bytes of "
                + current.file()
                + ". Free space on its file system, then begin again.");
      }
    }
    current.append(bytes, 0, length);
    current
        .index()
        .add(
            kind,
            chain.nextSequence(),
            after.logTimeNanos(),
            after.frameNumber(),
            current.frameOffset() - Integer.BYTES);
    current.publish();
    chain = after;
  }

  /** Ends and seals the segment that is written, if one is. */
  public void end() {
    SegmentWriter current = segment;
    SegmentEntry begun = entry;
    if (current == null || begun == null) {
      return;
    }
    SegmentEntry sealed =
        begun.seal(
            chain.nextSequence() - 1,
            chain.frameNumber() - begun.firstFrame() + 1,
            current.position(),
            chain.crc(),
            Math.max(begun.beginNanos(), chain.logTimeNanos()),
            null);
    current.finish(
        cut ? sealed.cutAt(chain.nextSequence() - 1, chain, current.position()) : sealed);
    cut = false;
    segment = null;
    sealer.seal(current);
    DurableFile.forceDirectory(SegmentFiles.folder(store, current.number()));
  }

  /**
   * Ends the last segment and writes the manifest: clean, durable to its end, with the session of
   * the last frame.
   */
  public Manifest finish() {
    end();
    manifests.update(
        manifest ->
            manifest
                .withSession(session, Manifest.State.CLEAN)
                .withDurable(chain.nextSequence() - 1));
    Manifest written = manifests.current();
    if (written.ancestry().isEmpty()) {
      ManifestFile.write(store, written);
    } else {
      ManifestFile.writeRestored(store, written);
    }
    DurableFile.forceDirectory(SegmentFiles.journal(store));
    DurableFile.forceDirectory(store);
    return written;
  }

  /** Gives up what was not finished; the caller deletes the directory. */
  @Override
  public void close() {
    SegmentWriter current = segment;
    segment = null;
    if (current != null) {
      current.close();
    }
  }
}
