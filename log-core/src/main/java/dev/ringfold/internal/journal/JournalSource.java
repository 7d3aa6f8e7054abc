// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.internal.journal;

import java.nio.file.Path;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link JournalCursor} must know about the store it reads: implemented by the open log,
 * which knows exactly what is written, and by {@link StoreFileSource} for a store that another
 * process may be writing. All methods may be called by any thread.
 */
public interface JournalSource {
  /** The store's directory. */
  Path store();

  /** The manifest as it is now. Cheap: called when a cursor finds nothing more. */
  Manifest manifest();

  /**
   * Newest sequence whose frame is completely in the journal. Read before the frame's bytes; never
   * goes back. -1 when nothing is written or the writer is another process.
   */
  long writtenSequence();

  /**
   * File offset behind the last complete frame of an open segment: bytes before it are there and do
   * not change, bytes behind it are not looked at. {@link #UNKNOWN_OFFSET} when the writer is
   * another process, or the segment is no longer the one being written.
   */
  long writtenOffset(long segment);

  /** A sparse index of the segment, from memory or from its file; null when there is none. */
  @Nullable SegmentIndex index(SegmentEntry entry);

  /**
   * Waits for something to be written: about {@code nanos}, or, when that is long and the source is
   * told of every frame, until there is one.
   *
   * @param seen {@link #writtenSequence} before the caller looked for events in vain
   * @param mostNanos never longer than this
   */
  default void await(long seen, long nanos, long mostNanos) {
    LockSupport.parkNanos(this, Math.min(nanos, mostNanos));
  }

  /** A lease for one cursor, which closes it; by default none is needed. */
  default ReadLease lease() {
    return ReadLease.NONE;
  }

  /** The written offset is not known. */
  long UNKNOWN_OFFSET = Long.MAX_VALUE;
}
