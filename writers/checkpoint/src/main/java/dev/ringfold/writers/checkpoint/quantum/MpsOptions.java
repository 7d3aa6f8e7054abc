// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.quantum;

/**
 * How a store makes MPS tensors of the vectors it is given.
 *
 * @param maxBond largest dimension between two tensors, whatever it costs
 * @param maxError how much fidelity may be given up where {@code maxBond} does not ask for more
 */
public record MpsOptions(int maxBond, double maxError) {
  /** Nothing but rounding is cut off, up to a dimension of 256. */
  public static final MpsOptions EXACT = new MpsOptions(256, 0);

  /** Checks both. */
  public MpsOptions {
    if (maxBond < 1 || maxBond > Mps.MAX_BOND || !(maxError >= 0 && maxError < 1)) {
      throw new IllegalArgumentException(
          "maxBond must be 1 to "
              + Mps.MAX_BOND
              + " and maxError 0 to below 1 but they were "
              + maxBond
              + " and "
              + maxError);
    }
  }
}
