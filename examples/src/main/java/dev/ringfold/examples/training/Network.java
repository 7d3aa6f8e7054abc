// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.training;

import java.util.Arrays;

/**
 * A classifier: fully connected layers, ReLU between them, softmax and cross entropy at the end.
 * With one layer it is softmax regression. All parameters lie in one array: for each layer the
 * weights, output by output, then the biases. Used by one thread.
 *
 * <p>Sums are taken in a fixed order and {@link StrictMath} does the rest, so the same parameters
 * give the same bits everywhere.
 */
final class Network {
  /** Least probability whose logarithm is taken. */
  private static final double LEAST_PROBABILITY = 1e-300;

  private final int[] sizes;
  private final int[] offsets;
  private final double[] parameters;
  private final double[][] values;
  private final double[][] errors;

  /**
   * @param sizes values that go into the first layer, that come out of it, and so on
   */
  Network(int... sizes) {
    this.sizes = sizes.clone();
    offsets = new int[sizes.length];
    values = new double[sizes.length][];
    errors = new double[sizes.length][];
    values[0] = new double[sizes[0]];
    errors[0] = new double[0];
    for (int layer = 1; layer < sizes.length; layer++) {
      offsets[layer] =
          layer == 1 ? 0 : offsets[layer - 1] + (sizes[layer - 2] + 1) * sizes[layer - 1];
      values[layer] = new double[sizes[layer]];
      errors[layer] = new double[sizes[layer]];
    }
    int last = sizes.length - 1;
    parameters = new double[offsets[last] + (sizes[last - 1] + 1) * sizes[last]];
  }

  /** All weights and biases; writing to it changes the network. */
  double[] parameters() {
    return parameters;
  }

  /** How many layers have weights. */
  int layers() {
    return sizes.length - 1;
  }

  /** Values that come out of a layer, from 1. */
  int outputs(int layer) {
    return sizes[layer];
  }

  /** Values that go into a layer, from 1. */
  int inputs(int layer) {
    return sizes[layer - 1];
  }

  /** Where the layer's weights begin among all parameters; its biases come behind them. */
  int offset(int layer) {
    return offsets[layer];
  }

  /** Begins anew: small random weights, biases of 0. */
  void initialize(SeededRandom random) {
    Arrays.fill(parameters, 0);
    for (int layer = 1; layer < sizes.length; layer++) {
      double range = StrictMath.sqrt(6.0 / sizes[layer - 1]);
      int weights = sizes[layer - 1] * sizes[layer];
      for (int i = 0; i < weights; i++) {
        parameters[offsets[layer] + i] = range * (2 * random.nextDouble() - 1);
      }
    }
  }

  /**
   * Adds an image's gradient of the loss to an array of the parameters' length.
   *
   * @return the image's loss; whether it was recognised is {@link #recognised}
   */
  double addGradient(Digits digits, int row, double[] gradient) {
    double loss = forward(digits, row);
    int last = sizes.length - 1;
    System.arraycopy(values[last], 0, errors[last], 0, sizes[last]);
    errors[last][digits.label(row)] -= 1;
    for (int layer = last; layer > 0; layer--) {
      backward(layer, gradient);
    }
    return loss;
  }

  /** Computes the probabilities of the labels; returns the loss. */
  double forward(Digits digits, int row) {
    digits.copy(row, values[0]);
    int last = sizes.length - 1;
    for (int layer = 1; layer <= last; layer++) {
      double[] in = values[layer - 1];
      int biases = offsets[layer] + in.length * sizes[layer];
      for (int out = 0; out < sizes[layer]; out++) {
        int weights = offsets[layer] + out * in.length;
        double sum = parameters[biases + out];
        for (int i = 0; i < in.length; i++) {
          sum += parameters[weights + i] * in[i];
        }
        values[layer][out] = layer == last ? sum : Math.max(0, sum);
      }
    }
    softmax(values[last]);
    return -StrictMath.log(Math.max(LEAST_PROBABILITY, values[last][digits.label(row)]));
  }

  private static void softmax(double[] scores) {
    double highest = scores[0];
    for (double score : scores) {
      highest = Math.max(highest, score);
    }
    double sum = 0;
    for (int i = 0; i < scores.length; i++) {
      scores[i] = StrictMath.exp(scores[i] - highest);
      sum += scores[i];
    }
    for (int i = 0; i < scores.length; i++) {
      scores[i] /= sum;
    }
  }

  /** Turns a layer's errors into its part of the gradient and into the errors of the one before. */
  private void backward(int layer, double[] gradient) {
    double[] in = values[layer - 1];
    double[] before = errors[layer - 1];
    int biases = offsets[layer] + in.length * sizes[layer];
    Arrays.fill(before, 0);
    for (int out = 0; out < sizes[layer]; out++) {
      int weights = offsets[layer] + out * in.length;
      double error = errors[layer][out];
      gradient[biases + out] += error;
      for (int i = 0; i < in.length; i++) {
        gradient[weights + i] += error * in[i];
      }
      for (int i = 0; i < before.length; i++) {
        before[i] += error * parameters[weights + i];
      }
    }
    for (int i = 0; i < before.length; i++) {
      if (in[i] <= 0) {
        before[i] = 0;
      }
    }
  }

  /** Whether the last image's most probable label is the right one. */
  boolean recognised(int label) {
    double[] probabilities = values[values.length - 1];
    for (int i = 0; i < probabilities.length; i++) {
      if (probabilities[i] > probabilities[label]) {
        return false;
      }
    }
    return true;
  }
}
