// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.vqe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringfold.writers.checkpoint.quantum.Circuit;
import dev.ringfold.writers.checkpoint.quantum.PauliSum;
import dev.ringfold.writers.checkpoint.quantum.Recipe;
import dev.ringfold.writers.checkpoint.quantum.Simulator;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

/** The physics of the example, against figures from the literature. */
class MoleculeTest {
  private static final double PUBLISHED = -1.137306;
  private static final double PUBLISHED_WITHOUT_INTERACTION = -1.116999;

  private static double energy(double... angles) {
    return Molecule.energy(Simulator.run(Ansatz.circuit("ZZZZ"), angles));
  }

  @Test
  void theLowestEnergyIsThePublishedOne() {
    assertThat(Molecule.exactEnergy()).isCloseTo(PUBLISHED, Offset.offset(1e-6));
    assertThat(energy(0, 0, 0)).isCloseTo(PUBLISHED_WITHOUT_INTERACTION, Offset.offset(1e-6));
  }

  @Test
  void everyTermIsMeasuredInExactlyOneBasis() {
    List<PauliSum.Term> measured = new ArrayList<>();
    Molecule.BASES.forEach(basis -> measured.addAll(Molecule.terms(basis)));

    assertThat(measured).containsExactlyInAnyOrderElementsOf(Molecule.hamiltonian().terms());
  }

  @Test
  void theCircuitReachesTheLowestEnergyAndEachAngleIsASine() {
    double[] angles = {0.7, -0.4, 0.9};
    for (int sweep = 0; sweep < 30; sweep++) {
      for (int i = 0; i < angles.length; i++) {
        double[] energies = new double[3];
        for (int point = 0; point < 3; point++) {
          double[] moved = angles.clone();
          moved[i] += Sine.POINTS[point];
          energies[point] = energy(moved);
        }
        Sine sine = Sine.through(energies);
        double[] other = angles.clone();
        other[i] += 1.234;
        assertThat(sine.mean() - sine.swing() * Math.cos(1.234 - sine.lowest()))
            .isCloseTo(energy(other), Offset.offset(1e-12));
        angles[i] += sine.lowest();
        assertThat(energy(angles)).isCloseTo(sine.minimum(), Offset.offset(1e-12));
      }
    }

    assertThat(energy(angles)).isCloseTo(Molecule.exactEnergy(), Offset.offset(1e-9));
  }

  @Test
  void aBackendCountsWhatTheStateSays() {
    Circuit circuit = Ansatz.circuit("ZZZZ");
    String job = SamplingBackend.job(Recipe.of(circuit, new double[] {0, 0, 0}, 7), 1_000);

    Job.Outcome outcome = new SamplingBackend().run(job);

    // Both spins in the lower orbital, qubits 0 and 2, every time.
    assertThat(outcome.result()).isEqualTo("5:1000");
    assertThat(outcome.costMicros() / 1e6).isEqualTo(SamplingBackend.price(1_000));
  }
}
