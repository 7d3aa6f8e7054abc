// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.quantum;

import java.nio.DoubleBuffer;

/** Takes a vector piece by piece, in order. */
@FunctionalInterface
public interface VectorSink {
  /**
   * Takes the next amplitudes.
   *
   * @param first number of the first one
   * @param interleaved real and imaginary parts in turn; good until this returns
   */
  void accept(long first, DoubleBuffer interleaved);
}
