// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.report;

/**
 * The points of a curve in the order of their rows. The arrays belong to the record.
 *
 * @param x step or epoch
 * @param seconds since the attempt began
 * @param y value
 * @param lostX step or epoch of values that were not finite
 * @param lostSeconds their times
 * @param rows rows that the points stand for, values that were not finite included
 * @param lostRows values that were not finite, also those beyond the ones in the arrays
 */
public record Points(
    long[] x,
    double[] seconds,
    double[] y,
    long[] lostX,
    double[] lostSeconds,
    long rows,
    long lostRows) {
  /** How many points. */
  public int size() {
    return x.length;
  }
}
