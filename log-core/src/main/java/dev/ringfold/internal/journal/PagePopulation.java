// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.internal.journal;

import dev.ringfold.internal.io.Posix;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Makes a segment's pages ready before they are written. The segments thread writes zeros ahead of
 * the journal, which brings pages into the cache in large pieces and turns allocated blocks into
 * written ones, and then faults them into Chronicle's mapping with one call for many pages. Left to
 * the journal thread, a fault for every page takes most of its time, and each force of a block that
 * was never written costs a commit of the file system's own journal.
 *
 * <p>Zeros must never meet a frame. The file in front of {@code ready} belongs to the journal; a
 * piece behind it is claimed by moving {@code claimed} away from {@code ready} in one
 * compare-and-set, either by the segments thread, which fills it, or by the journal thread, which
 * takes it as it is; whoever claimed moves {@code ready} up to it. While the two differ nobody else
 * can claim, so that {@code ready} never goes back and never passes a piece that is being filled.
 */
final class PagePopulation {
  private static final int PIECE_BYTES = 256 << 10;
  private static final long STEP_BYTES = 64 << 10;
  private static final long PAGE_MASK = 4_095L;

  /**
   * A mapped block: file offsets from {@code begin} to {@code end} lie at {@code base + offset}.
   */
  private record Block(long base, long begin, long end) {}

  private final FileChannel channel;
  private final RangeForce rangeForce;
  private final int blockBytes;
  private final ByteBuffer zeros = ByteBuffer.allocateDirect(PIECE_BYTES);
  private final AtomicLong claimed = new AtomicLong();
  private volatile long ready;
  private volatile @Nullable Block block;
  private volatile long populated;

  PagePopulation(FileChannel channel, int blockBytes) {
    this.channel = channel;
    this.rangeForce = new RangeForce(channel);
    this.blockBytes = blockBytes;
  }

  /** Before the queue is opened: what lies in front of this offset is the journal's. */
  void begin(long offset) {
    claimed.set(offset);
    ready = offset;
  }

  /** Journal thread: waits until nobody writes zeros in front of this offset. */
  void reserve(long offset) {
    while (ready < offset) {
      long from = ready;
      long to = Math.max(offset, from + STEP_BYTES);
      if (claimed.compareAndSet(from, to)) {
        ready = to;
      } else {
        Thread.onSpinWait(); // A piece is being filled; it takes a fraction of a millisecond.
      }
    }
  }

  /** Journal thread: a frame is about to be written at this address. */
  void reach(long address, long offset, int length) {
    Block known = block;
    if (known == null || offset >= known.end || known.base + offset != address) {
      known = new Block(address - offset, offset, (offset / blockBytes + 1) * blockBytes);
      block = known;
      populated = Math.max(populated, offset);
    }
    if (offset + length > populated) {
      populate(known, offset, Math.min(known.end, offset + length + STEP_BYTES));
    }
  }

  /**
   * Segments thread: makes pages ready up to this offset, which lies in allocated blocks, but at
   * most a slice; returns whether more is left.
   *
   * @param settle whether to force the zeros, too: see {@link #settle}
   */
  boolean ahead(long limit, long sliceBytes, boolean settle) throws IOException {
    long from = ready;
    long sliceEnd = Math.min(limit, from + sliceBytes);
    while (from + PIECE_BYTES <= sliceEnd) {
      if (claimed.compareAndSet(from, from + PIECE_BYTES)) {
        fill(from);
        if (settle) {
          settle(from);
        }
        populateMapped(from + PIECE_BYTES);
      }
      from = ready;
    }
    populateMapped(Math.min(limit, ready));
    return from + PIECE_BYTES <= limit;
  }

  private void fill(long from) throws IOException {
    try {
      zeros.clear();
      long at = from;
      while (zeros.hasRemaining()) {
        at += channel.write(zeros, at);
      }
    } finally {
      ready = from + PIECE_BYTES;
    }
  }

  /**
   * Forces a filled piece. The first write to allocated blocks changes the file's extents, and a
   * force that meets such blocks must write those, too: it takes twice as long. Here nobody waits
   * for it.
   */
  private void settle(long from) {
    try {
      rangeForce.force(from, from + PIECE_BYTES);
    } catch (IOException e) {
      // The file reports an error once: whoever meets it must fail the log.
      throw new UncheckedIOException("forcing the file ahead of the journal failed", e);
    }
  }

  /** Lets the mappings go; nothing more is made ready. */
  void release() {
    rangeForce.release();
  }

  private void populateMapped(long limit) {
    Block known = block;
    if (known != null) {
      long to = Math.min(limit, known.end);
      long from = Math.max(populated, known.begin);
      if (to > from) {
        populate(known, from, to);
      }
    }
  }

  private void populate(Block known, long from, long to) {
    long start = (known.base + from) & ~PAGE_MASK;
    long end = (known.base + to + PAGE_MASK) & ~PAGE_MASK;
    if (end > start) {
      Posix.populateWrite(start, end - start);
    }
    populated = Math.max(populated, to);
  }
}
