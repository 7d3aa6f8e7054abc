// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.internal.journal;

/**
 * Tells retention what a reader still needs: the segment it stands in, and all that follow. A lease
 * buys time, it promises nothing: after a grace the segment may be deleted all the same, and the
 * reader is told so. Used by the reader's thread.
 */
public interface ReadLease extends AutoCloseable {
  /** Needs nothing. */
  ReadLease NONE =
      new ReadLease() {
        @Override
        public void moveTo(long segment) {}

        @Override
        public void beat() {}

        @Override
        public void close() {}
      };

  /** The reader is about to open this segment, and needs nothing below it any more. */
  void moveTo(long segment);

  /** The reader is alive; cheap, may be called for every frame. */
  void beat();

  /** The reader needs nothing any more. */
  @Override
  void close();
}
