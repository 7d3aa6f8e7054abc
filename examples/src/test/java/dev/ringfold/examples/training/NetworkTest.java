// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.training;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class NetworkTest {
  private static final long SEED = Long.getLong("ringfold.seed", 11);
  private static final double STEP = 1e-5;
  private static final int[] IMAGES = {0, 17, 400, 1_796};

  private final Digits digits = Digits.load();

  private double loss(Network network) {
    double sum = 0;
    for (int image : IMAGES) {
      sum += network.forward(digits, image);
    }
    return sum;
  }

  @ParameterizedTest
  @EnumSource
  void gradientIsTheSlopeOfTheLossForEveryParameter(Settings.Model model) {
    Network network = Settings.of(model, SEED, 1).network();
    network.initialize(new SeededRandom(SEED));
    double[] parameters = network.parameters();
    double[] gradient = new double[parameters.length];
    for (int image : IMAGES) {
      network.addGradient(digits, image, gradient);
    }

    double worst = 0;
    int sloping = 0;
    for (int i = 0; i < parameters.length; i++) {
      double before = parameters[i];
      parameters[i] = before + STEP;
      double above = loss(network);
      parameters[i] = before - STEP;
      double below = loss(network);
      parameters[i] = before;
      worst = Math.max(worst, Math.abs((above - below) / (2 * STEP) - gradient[i]));
      sloping += gradient[i] != 0 ? 1 : 0;
    }

    assertThat(worst).as("seed %d", SEED).isLessThan(1e-6);
    assertThat(sloping).isGreaterThan(parameters.length / 4);
  }
}
