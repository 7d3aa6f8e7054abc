// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.internal.journal;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Walks the documents of one Chronicle queue file without Chronicle and without a mapping:
 * positional reads into one direct buffer that is used again. So a cut or holed file can neither
 * kill the JVM nor look like the end of the log, and the disk space of a deleted file comes back.
 *
 * <pre>
 * offset size field
 *      0    4 header    bit 31 not complete, bit 30 metadata, low 30 bits length; 0: nothing here yet
 *      4    . payload   the next document begins at the next multiple of 4
 * </pre>
 *
 * <p>One thread at a time. No allocation per document. The payload of a document stays readable
 * until the next call of {@link #next} or {@link #position}.
 */
final class DocumentScanner implements AutoCloseable {
  /** Nothing is written here yet, or the limit is reached. */
  static final int END = 0;

  /** A complete document; see {@link #buffer}, {@link #bufferOffset}, {@link #length}. */
  static final int DATA = 1;

  /** A document is begun and not complete. */
  static final int INCOMPLETE = 2;

  /** The length cannot be; see {@link #problem}. */
  static final int BAD = 3;

  /** Bytes of Chronicle's document header. */
  static final int HEADER_LENGTH = 4;

  /** Most payload bytes: a frame and some slack for one large group. */
  static final int MAX_DOCUMENT_LENGTH = FrameFormat.MAX_LENGTH + (64 << 10);

  private static final int NOT_COMPLETE = 0x80000000;
  private static final int METADATA = 0x40000000;
  private static final int LENGTH_MASK = 0x3FFFFFFF;

  /** Small first reads, because a reader at the tail wants one frame; doubled while reading on. */
  private static final int MIN_READ = 8 << 10;

  /** Large enough to hide the call, small enough to stay in the second-level cache. */
  private static final int MAX_READ = 256 << 10;

  private static final int CAPACITY = MAX_DOCUMENT_LENGTH + HEADER_LENGTH + 8;

  private final ByteBuffer window =
      ByteBuffer.allocateDirect(CAPACITY).order(ByteOrder.LITTLE_ENDIAN);
  private @Nullable PositionalFile file;

  /** File offset of the window's first byte, and bytes in it that may be believed. */
  private long windowStart;

  private int windowLength;
  private int readSize = MIN_READ;

  private long offset;
  private long nextOffset;
  private int length;
  private int bufferOffset;
  private @Nullable String problem;

  /** Opens a file and stands at its begin. */
  static DocumentScanner open(Path file) {
    DocumentScanner scanner = new DocumentScanner();
    scanner.reopen(file);
    return scanner;
  }

  /**
   * Leaves the current file and stands at the begin of another one.
   *
   * @throws dev.ringfold.StoreAccessException when it cannot be opened; its cause tells a missing
   *     file
   */
  void reopen(Path next) {
    close();
    file = new PositionalFile(next);
    position(0);
  }

  /** The file being read. */
  Path file() {
    return opened().path();
  }

  /** Bytes in the file now; preallocated ones count. */
  long fileLength() {
    return opened().length();
  }

  /** Goes to a document's offset; what was read ahead is read again. */
  void position(long newOffset) {
    if (newOffset < 0 || (newOffset & 3) != 0) {
      throw new IllegalArgumentException("offset must be a multiple of 4 but was " + newOffset);
    }
    offset = newOffset;
    nextOffset = newOffset;
    length = 0;
    windowStart = newOffset;
    windowLength = 0;
    readSize = MIN_READ;
  }

  /** Goes on to the next data document with its whole payload in the buffer. */
  int next(long limit) {
    return next(limit, MAX_DOCUMENT_LENGTH);
  }

  /**
   * Goes on to the next data document; metadata is passed over.
   *
   * @param limit file offset that nothing is read at or behind
   * @param wanted payload bytes that must be in the buffer; fewer for looking at headers only
   * @return END, DATA, INCOMPLETE or BAD; after all but DATA the position stays and the bytes are
   *     read again by the next call
   */
  int next(long limit, int wanted) {
    long at = nextOffset;
    for (; ; ) {
      offset = at;
      length = 0;
      if (at + HEADER_LENGTH > limit || !fill(at, HEADER_LENGTH, limit)) {
        return stop(END, at);
      }
      int header = window.getInt((int) (at - windowStart));
      int size = header & LENGTH_MASK;
      if ((header & NOT_COMPLETE) != 0) {
        length = size;
        return stop(INCOMPLETE, at);
      }
      if (header == 0) {
        return stop(END, at);
      }
      long end = at + HEADER_LENGTH + size;
      if ((header & METADATA) == 0) {
        return data(at, size, end, limit, wanted);
      }
      if (end > limit || end > fileLength()) {
        return bad(at, size, limit);
      }
      at = align(end);
    }
  }

  private int data(long at, int size, long end, long limit, int wanted) {
    int needed = HEADER_LENGTH + Math.min(size, wanted);
    if (size > MAX_DOCUMENT_LENGTH || end > limit || !fill(at, needed, limit)) {
      return bad(at, size, limit);
    }
    if (needed < HEADER_LENGTH + size && end > windowStart + windowLength && end > fileLength()) {
      return bad(at, size, limit);
    }
    length = size;
    bufferOffset = (int) (at - windowStart) + HEADER_LENGTH;
    nextOffset = align(end);
    return DATA;
  }

  private int bad(long at, int size, long limit) {
    length = size;
    problem =
        "the document header says "
            + size
            + " bytes; at most "
            + MAX_DOCUMENT_LENGTH
            + " are possible, and the file ends at "
            + Math.min(limit, fileLength());
    return stop(BAD, at);
  }

  private int stop(int status, long at) {
    nextOffset = at;
    windowLength = 0;
    windowStart = at;
    readSize = MIN_READ;
    return status;
  }

  /**
   * Makes {@code needed} bytes at a file offset readable in the window; false when there are fewer.
   */
  private boolean fill(long at, int needed, long limit) {
    long inWindow = windowStart + windowLength - at;
    if (inWindow >= needed && at >= windowStart) {
      return true;
    }
    return read(at, needed, limit);
  }

  /**
   * Reads bytes to the begin of the buffer, whatever they are; {@link #position} must follow before
   * the next document.
   *
   * @return bytes read, fewer than wanted only at the limit or the end of the file
   */
  int readRaw(long at, int wanted, long limit) {
    load(at, (int) Math.min(wanted, limit - at));
    return windowLength;
  }

  private boolean read(long at, int needed, long limit) {
    int wanted = (int) Math.min(Math.max(needed, readSize), limit - at);
    readSize = Math.min(readSize * 2, MAX_READ);
    load(at, wanted);
    return windowLength >= needed;
  }

  private void load(long at, int wanted) {
    windowStart = at;
    windowLength = 0;
    window.limit(Math.min(wanted, CAPACITY)).position(0);
    opened().read(window, at);
    windowLength = window.position();
    window.limit(CAPACITY).position(0);
  }

  /** File offset of the current document's header, or where the scanner stopped. */
  long offset() {
    return offset;
  }

  /** File offset where the next document begins. */
  long nextOffset() {
    return nextOffset;
  }

  /** Payload bytes of the current document, as its header says. */
  int length() {
    return length;
  }

  /** The buffer with the current document, little-endian; do not change its position or limit. */
  ByteBuffer buffer() {
    return window;
  }

  /** Where the current document's payload begins in the buffer. */
  int bufferOffset() {
    return bufferOffset;
  }

  /** What is wrong after BAD. */
  String problem() {
    return String.valueOf(problem);
  }

  /** The multiple of 4 at or after an offset. */
  static long align(long offset) {
    return (offset + 3) & ~3L;
  }

  private PositionalFile opened() {
    PositionalFile current = file;
    if (current == null) {
      throw new IllegalStateException("the reader has no file open");
    }
    return current;
  }

  /** Closes the file; the buffer goes with the garbage. */
  @Override
  public void close() {
    PositionalFile current = file;
    file = null;
    if (current != null) {
      current.close();
    }
  }
}
