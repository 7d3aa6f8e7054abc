// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.vqe;

/**
 * How the lowest energy is looked for: every sweep turns each angle once to where the energy is
 * lowest, as three measured points tell; later sweeps measure with more shots.
 *
 * @param sweeps how many
 * @param firstShots of each basis in the first sweep; doubles from sweep to sweep
 * @param mostShots at most
 */
record VqePlan(int sweeps, int firstShots, int mostShots) {
  static final VqePlan DEFAULT = new VqePlan(8, 1_000, 20_000);

  /** Far from the answer, where all three angles matter. */
  private static final double[] START = {0.7, -0.4, 0.9};

  double[] start() {
    return START.clone();
  }

  int shots(int sweep) {
    int shots = firstShots;
    for (int i = 0; i < sweep && shots < mostShots; i++) {
      shots *= 2;
    }
    return Math.min(shots, mostShots);
  }

  /** Jobs of one sweep. */
  static int jobsPerSweep() {
    return Ansatz.PARAMETERS * Sine.POINTS.length * Molecule.BASES.size();
  }

  /** Jobs of the whole run; the last ones measure the energy that was found. */
  int jobs() {
    return sweeps * jobsPerSweep() + Molecule.BASES.size();
  }

  /** What they cost together. */
  double price() {
    double price = Molecule.BASES.size() * SamplingBackend.price(mostShots);
    for (int sweep = 0; sweep < sweeps; sweep++) {
      price += jobsPerSweep() * SamplingBackend.price(shots(sweep));
    }
    return price;
  }

  /**
   * Turns one angle to where the energy is lowest.
   *
   * @param angles are changed
   * @return the energy there, as three measurements tell
   */
  double turn(EnergyMeter meter, int sweep, int angle, double[] angles) {
    double[] energies = new double[Sine.POINTS.length];
    for (int point = 0; point < energies.length; point++) {
      double[] moved = angles.clone();
      moved[angle] += Sine.POINTS[point];
      String key = "sweep-" + sweep + "/angle-" + angle + "/point-" + point;
      energies[point] = meter.measure(key, moved, shots(sweep));
    }
    Sine sine = Sine.through(energies);
    angles[angle] += sine.lowest();
    return sine.minimum();
  }

  /** Measures the energy that was found. */
  double measureResult(EnergyMeter meter, double[] angles) {
    return meter.measure("result", angles, mostShots);
  }
}
