// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.vqe;

/**
 * The energy as a function of one angle of the circuit, relative to its present value: {@code mean
 * - swing * cos(angle - lowest)}. Three measured points determine it, and with it its lowest point;
 * no gradient is needed.
 */
record Sine(double mean, double swing, double lowest) {
  /** The angles to measure at, relative to the present one. */
  static final double[] POINTS = {0, 2 * StrictMath.PI / 3, -2 * StrictMath.PI / 3};

  /** The curve through the energies at {@link #POINTS}. */
  static Sine through(double... energies) {
    double mean = 0;
    double cosine = 0;
    double sine = 0;
    for (int i = 0; i < POINTS.length; i++) {
      mean += energies[i] / POINTS.length;
      cosine += 2 * energies[i] * StrictMath.cos(POINTS[i]) / POINTS.length;
      sine += 2 * energies[i] * StrictMath.sin(POINTS[i]) / POINTS.length;
    }
    double swing = StrictMath.sqrt(cosine * cosine + sine * sine);
    return new Sine(mean, swing, StrictMath.atan2(-sine, -cosine));
  }

  /** The energy at the lowest point. */
  double minimum() {
    return mean - swing;
  }
}
