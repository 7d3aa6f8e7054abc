// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.internal.journal;

import dev.ringfold.internal.io.Posix;
import org.jspecify.annotations.Nullable;

/**
 * Faults pages of a segment's mapping in before they are written: one system call for many pages
 * instead of one fault for each. A write fault in a shared file mapping takes the file system's
 * locks; without this, faults take most of the journal thread's time.
 *
 * <p>The segments thread works ahead; where it has not come yet, the journal thread does a small
 * step itself. Chronicle maps the file block by block, and only the journal thread knows the
 * address, so it publishes each block it enters. Where the kernel does not know the call (before
 * Linux 5.14) nothing is done.
 */
final class PagePopulation {
  private static final long FULL_FRAME_STEP_BYTES = 1 << 20;
  private static final long SMALL_STEP_BYTES = 64 << 10;
  private static final int FULL_FRAME_BYTES = 16 << 10;
  private static final long PAGE_MASK = 4_095L;

  /** A mapped block: file offsets from {@code begin} to {@code end} lie at {@code base + offset}. */
  private record Block(long base, long begin, long end) {}

  private final int blockBytes;
  private volatile @Nullable Block block;
  private volatile long limit;

  PagePopulation(int blockBytes) {
    this.blockBytes = blockBytes;
  }

  /** File offset up to which pages are ready. */
  long limit() {
    return limit;
  }

  /** Journal thread: a frame will be written at this address, and nobody has been there yet. */
  void reach(long address, long offset, int length) {
    Block known = block;
    if (known == null || offset >= known.end || known.base + offset != address) {
      known =
          new Block(
              address - offset, offset, (offset / blockBytes + 1) * blockBytes);
      block = known;
    }
    long step = length >= FULL_FRAME_BYTES ? FULL_FRAME_STEP_BYTES : SMALL_STEP_BYTES;
    populate(known, offset, Math.max(offset + length, Math.min(known.end, offset + step)));
  }

  /** Segments thread: works up to this offset, at most to the end of the mapped block. */
  void ahead(long wanted) {
    Block known = block;
    if (known != null) {
      long to = Math.min(wanted, known.end);
      long from = Math.max(limit, known.begin);
      if (to > from) {
        populate(known, from, to);
      }
    }
  }

  private void populate(Block known, long from, long to) {
    long start = (known.base + from) & ~PAGE_MASK;
    long end = (known.base + Math.min(to, known.end) + PAGE_MASK) & ~PAGE_MASK;
    if (end > start) {
      Posix.populateWrite(start, end - start);
    }
    limit = Math.max(limit, to);
  }
}
