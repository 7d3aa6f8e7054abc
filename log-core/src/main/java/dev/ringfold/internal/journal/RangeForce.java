// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.internal.journal;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Forces a range of a segment's file through mappings of our own, opened on our own descriptor: one
 * {@code msync(MS_SYNC)}, which writes the range, commits what the file system needs to find it,
 * and reports errors like {@code fdatasync}. A force of the whole file would also write the pages
 * that were populated ahead, and write-protect them: the journal thread would fault on every one of
 * them again. Not thread-safe: the forcer's is guarded by the force lock, the segments thread has
 * one of its own.
 */
final class RangeForce {
  private static final long WINDOW_BYTES = 64L << 20;
  private static final long PAGE_MASK = 4_095L;

  private final FileChannel channel;
  private @Nullable MappedByteBuffer[] windows = new MappedByteBuffer[4];
  private long forcedTo;

  RangeForce(FileChannel channel) {
    this.channel = channel;
  }

  /** Forces everything up to an offset; what was forced before is not written again. */
  void forceTo(long end) throws IOException {
    force(forcedTo & ~PAGE_MASK, end); // The page of the last force has been written to again.
    forcedTo = end;
  }

  /** Forces a range that begins at a page. */
  void force(long begin, long end) throws IOException {
    long from = begin;
    while (from < end) {
      long windowEnd = (from / WINDOW_BYTES + 1) * WINDOW_BYTES;
      long to = Math.min(end, windowEnd);
      forceRange(from, to);
      from = to;
    }
  }

  private void forceRange(long from, long to) throws IOException {
    if (to <= from) {
      return;
    }
    int window = (int) (from / WINDOW_BYTES);
    int offset = (int) (from % WINDOW_BYTES);
    try {
      windowAt(window).force(offset, (int) (to - from));
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private MappedByteBuffer windowAt(int window) throws IOException {
    if (window >= windows.length) {
      windows = Arrays.copyOf(windows, 2 * window);
    }
    MappedByteBuffer known = windows[window];
    if (known == null) {
      known = channel.map(FileChannel.MapMode.READ_WRITE, window * WINDOW_BYTES, WINDOW_BYTES);
      windows[window] = known;
    }
    return known;
  }

  /** Lets the mappings go; the last force has happened. */
  void release() {
    Arrays.fill(windows, null);
  }
}
