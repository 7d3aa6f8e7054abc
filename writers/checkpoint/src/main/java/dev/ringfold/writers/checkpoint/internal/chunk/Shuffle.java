// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.internal.chunk;

import java.nio.ByteBuffer;

/**
 * Byte shuffle as in HDF5 and numcodecs: the first bytes of all elements, then all second ones, and
 * so on. Bytes after the last whole element stay where they are.
 */
public final class Shuffle {
  private Shuffle() {}

  /** Shuffles the source's remaining bytes into the target; the target's position moves. */
  public static void shuffle(int elementBytes, ByteBuffer source, ByteBuffer target) {
    int from = source.position();
    int to = target.position();
    int elements = source.remaining() / elementBytes;
    for (int part = 0; part < elementBytes; part++) {
      int out = to + part * elements;
      for (int i = 0; i < elements; i++) {
        target.put(out + i, source.get(from + i * elementBytes + part));
      }
    }
    copyRest(elements * elementBytes, source, target);
  }

  /** Undoes {@link #shuffle}; the target's position moves. */
  public static void unshuffle(int elementBytes, ByteBuffer source, ByteBuffer target) {
    int from = source.position();
    int to = target.position();
    int elements = source.remaining() / elementBytes;
    for (int part = 0; part < elementBytes; part++) {
      int in = from + part * elements;
      for (int i = 0; i < elements; i++) {
        target.put(to + i * elementBytes + part, source.get(in + i));
      }
    }
    copyRest(elements * elementBytes, source, target);
  }

  private static void copyRest(int done, ByteBuffer source, ByteBuffer target) {
    int rest = source.remaining() - done;
    target.put(target.position() + done, source, source.position() + done, rest);
    target.position(target.position() + done + rest);
  }
}
