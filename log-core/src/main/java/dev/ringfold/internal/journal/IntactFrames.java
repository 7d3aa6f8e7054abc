// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.internal.journal;

import java.nio.file.Path;

/**
 * Finds every frame of a damaged segment file that is intact, whatever lies between: goes over the
 * file in steps of 4 bytes, looks for the frame magic and checks the CRC of what follows.
 * Chronicle's document headers, which may be damaged themselves, are not needed. Stateless.
 */
public final class IntactFrames {
  /** Sees each intact frame, in the order of the file. */
  @FunctionalInterface
  public interface Visitor {
    /**
     * Called with a frame's bytes, which are used again afterwards.
     *
     * @param offset file offset of the frame's first byte
     */
    void visit(RawFrame frame, long offset);
  }

  private IntactFrames() {}

  /**
   * Visits the frames of a file. A frame inside of an intact frame's payload is not visited; one in
   * the payload of a damaged frame may be, so the caller compares it with what it follows.
   *
   * @return false when the search was given up because hostile bytes cost too much
   * @throws dev.ringfold.StoreAccessException when the file cannot be read
   */
  public static boolean visit(Path file, Visitor visitor) {
    RawFrame frame = new RawFrame();
    try (FrameReader reader = FrameReader.open(file)) {
      return FrameSearch.visit(
          reader,
          (buffer, length, offset) -> {
            frame.copy(buffer, 0, length);
            visitor.visit(frame, offset);
          });
    }
  }
}
