// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.internal.journal;

import dev.ringfold.StoreTooNewException;
import dev.ringfold.event.EventFormat;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Locale;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Reads the frames of one segment file in order and checks each: layout, CRC and, on request, that
 * it is the next one of the chain. Prepared frames are passed over. Of a segment that a fork has
 * cut, the events above the cut are not there, neither in the counts nor in the body. One thread at
 * a time; no allocation per frame. Accessors and the body are valid until the next call of {@link
 * #next}.
 */
public final class FrameReader implements AutoCloseable {
  private static final long NO_LIMIT = Long.MAX_VALUE;

  private final DocumentScanner scanner;
  private final ByteBuffer buffer;
  private final ByteBuffer crcView;
  private final CRC32C crc32c = new CRC32C();

  private boolean headersOnly;

  /** Last sequence that is shown, and what of the current frame is hidden behind it. */
  private long lastShown = Long.MAX_VALUE;

  private int hiddenEvents;
  private int hiddenBytes;

  private int base;
  private @Nullable String problem;
  private long problemOffset;

  private boolean chained;
  private long lastFrameNumber;
  private int lastCrc;
  private long nextSequence;
  private long lastLogTime;

  private long reopenings;

  private FrameReader(DocumentScanner scanner) {
    this.scanner = scanner;
    this.buffer = scanner.buffer();
    this.crcView = buffer.duplicate();
  }

  /** Creates a reader without a file; call {@link #reopen}. */
  public static FrameReader create() {
    return new FrameReader(new DocumentScanner());
  }

  /**
   * Opens a segment's queue file and stands at its begin, without a chain to check.
   *
   * @throws dev.ringfold.StoreAccessException when it cannot be opened
   */
  public static FrameReader open(Path file) {
    return new FrameReader(DocumentScanner.open(file));
  }

  /** Goes to the begin of another file, up to {@link SegmentEntry#lastShown}; the chain goes on. */
  public void reopen(Path file, long lastSequence) {
    scanner.reopen(file);
    lastShown = lastSequence;
    reopenings++;
  }

  /** How many files it went to by {@link #reopen}. */
  public long reopenings() {
    return reopenings;
  }

  /** Goes to the offset of a document and forgets the chain. */
  public void position(long offset) {
    scanner.position(offset);
    chained = false;
  }

  /** Reads the bytes from the current document on again; the chain stays. */
  public void reread() {
    scanner.position(scanner.offset());
  }

  /** Checks the next frame and all that follow against the chain. */
  public void expect(ChainState before) {
    chained = true;
    lastFrameNumber = before.frameNumber();
    lastCrc = before.crc();
    nextSequence = before.nextSequence();
    lastLogTime = before.logTimeNanos();
  }

  /** Begins the chain at whatever frame comes next. */
  public void expectAny() {
    chained = false;
  }

  /**
   * Looks at frame headers only: bodies are neither read nor checked by CRC, and the chain is not
   * checked. For seeking.
   */
  public void headersOnly(boolean value) {
    headersOnly = value;
    chained = chained && !value;
  }

  /** Goes on to the next frame of the file. */
  public FrameStatus next() {
    return next(NO_LIMIT);
  }

  /**
   * Goes on to the next frame.
   *
   * @param limit file offset that nothing is read at or behind
   * @return what was found; after all but FRAME the position stays, and a later call looks again
   * @throws StoreTooNewException when the frame is intact and of a newer version
   */
  public FrameStatus next(long limit) {
    for (; ; ) {
      int wanted = headersOnly ? FrameFormat.HEADER_LENGTH : DocumentScanner.MAX_DOCUMENT_LENGTH;
      int document = scanner.next(limit, wanted);
      if (document != DocumentScanner.DATA) {
        return stopped(document);
      }
      base = scanner.bufferOffset();
      hiddenEvents = 0;
      hiddenBytes = 0;
      if (!valid(scanner.length())) {
        return damaged();
      }
      if (buffer.get(base + FrameFormat.KIND_OFFSET) == FrameFormat.KIND_PREPARED) {
        continue;
      }
      if (firstSequence() + eventCount() - 1 > lastShown) {
        if (firstSequence() > lastShown) {
          scanner.position(scanner.offset());
          return FrameStatus.END;
        }
        if (!hide()) {
          return damaged();
        }
      }
      if (!headersOnly) {
        if (chained && !linked()) {
          return damaged();
        }
        advance();
      }
      return FrameStatus.FRAME;
    }
  }

  /** Takes the events above the cut out of the frame; false when they do not fit it. */
  private boolean hide() {
    int shown = (int) (lastShown - firstSequence() + 1);
    hiddenEvents = count() - shown;
    if (headersOnly) {
      return true;
    }
    int end = bodyOffset() + bodyLength();
    int at = bodyOffset();
    for (int i = 0; i < shown; i++) {
      if (EventBounds.payloadOffset(buffer, at, end) < 0) {
        problem = "event " + (firstSequence() + i) + " does not fit its frame";
        return false;
      }
      at += buffer.getInt(at + EventFormat.LENGTH_OFFSET);
    }
    hiddenBytes = end - at;
    return true;
  }

  private FrameStatus stopped(int document) {
    if (document == DocumentScanner.END) {
      return FrameStatus.END;
    }
    if (document == DocumentScanner.INCOMPLETE) {
      return FrameStatus.INCOMPLETE;
    }
    problem = scanner.problem();
    problemOffset = scanner.offset();
    return FrameStatus.DAMAGED;
  }

  private FrameStatus damaged() {
    problemOffset = scanner.offset();
    scanner.position(problemOffset);
    return FrameStatus.DAMAGED;
  }

  private void advance() {
    chained = true;
    lastFrameNumber = frameNumber();
    lastCrc = crc();
    nextSequence = firstSequence() + eventCount();
    lastLogTime = logTime();
  }

  private boolean valid(int length) {
    if (length < FrameFormat.HEADER_LENGTH) {
      problem = "a frame has at least " + FrameFormat.HEADER_LENGTH + " bytes, found " + length;
      return false;
    }
    int at = base;
    int magic = buffer.getInt(at);
    if (magic != FrameFormat.MAGIC) {
      problem = mismatch("frame magic", FrameFormat.MAGIC, magic);
      return false;
    }
    if (!headersOnly) {
      int computed = computeCrc(at, length);
      int stored = buffer.getInt(at + FrameFormat.CRC_OFFSET);
      if (computed != stored) {
        problem = mismatch("frame CRC", stored, computed);
        return false;
      }
    }
    // Only intact bytes may say that the store is too new; a flipped bit is damage.
    int version = buffer.get(at + FrameFormat.VERSION_OFFSET) & 0xFF;
    if (version > FrameFormat.VERSION) {
      throw tooNew(version);
    }
    return validFields(at, length, version);
  }

  private boolean validFields(int at, int length, int version) {
    int kind = buffer.get(at + FrameFormat.KIND_OFFSET);
    int count = buffer.getInt(at + FrameFormat.COUNT_OFFSET);
    int body = buffer.getInt(at + FrameFormat.BODY_LENGTH_OFFSET);
    if (version != FrameFormat.VERSION) {
      problem = "unknown frame version " + version;
    } else if (kind < FrameFormat.KIND_EVENTS || kind > FrameFormat.KIND_PREPARED) {
      problem = "unknown frame kind " + kind;
    } else if (body != length - FrameFormat.HEADER_LENGTH) {
      problem =
          "the body should have "
              + (length - FrameFormat.HEADER_LENGTH)
              + " bytes, the frame says "
              + body;
    } else if (count < 0 || (count > body && count > 0)) {
      problem = "impossible count " + count + " for a body of " + body + " bytes";
    } else if (kind == FrameFormat.KIND_EVENTS && count == 0) {
      problem = "a frame of events without events";
    } else {
      return true;
    }
    return false;
  }

  private StoreTooNewException tooNew(int version) {
    return new StoreTooNewException(
        "The store was written by a newer version: "
            + file()
            + " at offset "
            + offset()
            + " has frame version "
            + version
            + ", this program reads up to "
            + FrameFormat.VERSION
            + ". Use a newer ringfold.");
  }

  private boolean linked() {
    if (frameNumber() != lastFrameNumber + 1) {
      problem = "expected frame " + (lastFrameNumber + 1) + " but found frame " + frameNumber();
    } else if (previousCrc() != lastCrc) {
      problem = mismatch("CRC of the frame before", lastCrc, previousCrc());
    } else if (firstSequence() != nextSequence) {
      problem = "expected sequence " + nextSequence + " but found " + firstSequence();
    } else if (logTime() < lastLogTime) {
      problem = "log time goes back from " + lastLogTime + " to " + logTime();
    } else {
      return true;
    }
    return false;
  }

  private int computeCrc(int at, int length) {
    CRC32C sum = crc32c;
    ByteBuffer view = crcView;
    sum.reset();
    view.limit(at + FrameFormat.CRC_OFFSET).position(at);
    sum.update(view);
    view.limit(at + length).position(at + FrameFormat.HEADER_LENGTH);
    sum.update(view);
    return (int) sum.getValue();
  }

  private static String mismatch(String what, int expected, int found) {
    return String.format(Locale.ROOT, "%s should be %08x but is %08x", what, expected, found);
  }

  /** What is wrong after DAMAGED. */
  public String problem() {
    return String.valueOf(problem);
  }

  /** File offset of the damage after DAMAGED. */
  public long problemOffset() {
    return problemOffset;
  }

  /** The file being read. */
  public Path file() {
    return scanner.file();
  }

  /** Bytes in the file now; preallocated ones count. */
  public long fileLength() {
    return scanner.fileLength();
  }

  /** File offset of the current frame's document, or of the place where the reader stopped. */
  public long offset() {
    return scanner.offset();
  }

  /** File offset behind the current frame's document. */
  public long nextOffset() {
    return scanner.nextOffset();
  }

  /** The kind, a {@code FrameFormat.KIND_} constant. */
  public int kind() {
    return buffer.get(base + FrameFormat.KIND_OFFSET);
  }

  /** The frame's number in the store. */
  public long frameNumber() {
    return buffer.getLong(base + FrameFormat.FRAME_NUMBER_OFFSET);
  }

  /** Sequence of the first event, or the next sequence for a frame without events. */
  public long firstSequence() {
    return buffer.getLong(base + FrameFormat.FIRST_SEQUENCE_OFFSET);
  }

  /** Events or records in the body. */
  public int count() {
    return buffer.getInt(base + FrameFormat.COUNT_OFFSET) - hiddenEvents;
  }

  /** Events in the body: by how much the frame advances the sequence. */
  public int eventCount() {
    return kind() == FrameFormat.KIND_EVENTS ? count() : 0;
  }

  /**
   * Events behind those of the body that a fork has cut off. Their bytes follow the body; they are
   * no events of this store, but may say something about it.
   */
  public int hiddenEvents() {
    return hiddenEvents;
  }

  /** Bytes of {@link #hiddenEvents}. */
  public int hiddenLength() {
    return hiddenBytes;
  }

  /** Log time, nanoseconds since 1970. */
  public long logTime() {
    return buffer.getLong(base + FrameFormat.LOG_TIME_OFFSET);
  }

  /** Newest sequence known to be on disk when the frame was written, or -1. */
  public long durableSequence() {
    return buffer.getLong(base + FrameFormat.DURABLE_SEQUENCE_OFFSET);
  }

  /** CRC of the frame before. */
  public int previousCrc() {
    return buffer.getInt(base + FrameFormat.PREVIOUS_CRC_OFFSET);
  }

  /** CRC of this frame. */
  public int crc() {
    return buffer.getInt(base + FrameFormat.CRC_OFFSET);
  }

  /** Number of the open that wrote it. */
  public int session() {
    return buffer.getInt(base + FrameFormat.SESSION_OFFSET);
  }

  /** The buffer that holds the body, little-endian; do not change its position or limit. */
  public ByteBuffer buffer() {
    return buffer;
  }

  /** Where the body begins in the buffer; the body is not there after a headers-only read. */
  public int bodyOffset() {
    return base + FrameFormat.HEADER_LENGTH;
  }

  /** Bytes of the body. */
  public int bodyLength() {
    return buffer.getInt(base + FrameFormat.BODY_LENGTH_OFFSET) - hiddenBytes;
  }

  /** The chain after the current frame. */
  public ChainState chain() {
    return new ChainState(lastFrameNumber, lastCrc, nextSequence, lastLogTime);
  }

  /** Number of the last frame accepted into the chain. */
  public long lastFrameNumber() {
    return lastFrameNumber;
  }

  /** CRC of the last frame accepted into the chain. */
  public int lastCrc() {
    return lastCrc;
  }

  /** Sequence of the event that the chain expects next. */
  public long nextSequence() {
    return nextSequence;
  }

  /** Whether the next frame is checked against the chain. */
  public boolean chained() {
    return chained;
  }

  /**
   * Reads bytes to the begin of the buffer, whatever they are; the reader must be positioned anew.
   *
   * @return bytes read, fewer than wanted only at the end
   */
  int readRaw(long offset, int wanted, long limit) {
    return scanner.readRaw(offset, wanted, limit);
  }

  /** Closes the file. */
  @Override
  public void close() {
    scanner.close();
  }
}
