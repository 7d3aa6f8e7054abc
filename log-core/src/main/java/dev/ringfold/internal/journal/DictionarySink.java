// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.internal.journal;

import java.nio.ByteBuffer;

/** Takes the dictionary frames that a cursor comes across; the same frame may come again. */
@FunctionalInterface
public interface DictionarySink {
  /**
   * Loads the records of one frame.
   *
   * @param buffer holds the body; its position and limit must not be changed
   * @param offset where the body begins
   * @param length bytes of the body
   * @param count records in it
   */
  void load(ByteBuffer buffer, int offset, int length, int count);
}
