// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.training;

/**
 * What determines a training run: the same settings give the same weights, bit by bit.
 *
 * @param model which classifier
 * @param seed of the split, the first weights, and the order of the images
 * @param epochs passes over the images
 * @param batchSize images of a step
 * @param learningRate step width
 * @param momentum how much of the last step is taken again, 0 up to but without 1
 */
public record Settings(
    Model model, long seed, int epochs, int batchSize, double learningRate, double momentum) {

  /** The classifiers there are. */
  public enum Model {
    /** One layer, 64 to 10: softmax regression. */
    SOFTMAX,
    /** Two layers, 64 to 32 to 10, with ReLU between them. */
    MLP
  }

  private static final int HIDDEN = 32;
  private static final int DEFAULT_BATCH = 16;
  private static final double DEFAULT_LEARNING_RATE = 0.02;
  private static final double DEFAULT_MOMENTUM = 0.9;

  /** Checks the ranges. */
  public Settings {
    if (epochs < 1 || batchSize < 1 || batchSize > Split.TRAINING_ROWS) {
      throw new IllegalArgumentException(
          "epochs must be >= 1 and the batch 1 to "
              + Split.TRAINING_ROWS
              + " images but were "
              + epochs
              + " and "
              + batchSize);
    }
    if (!(learningRate > 0 && learningRate < 10 && momentum >= 0 && momentum < 1)) {
      throw new IllegalArgumentException(
          "the learning rate must be in (0, 10) and the momentum in [0, 1) but were "
              + learningRate
              + " and "
              + momentum);
    }
  }

  /** Settings that learn well. */
  public static Settings of(Model model, long seed, int epochs) {
    return new Settings(
        model, seed, epochs, DEFAULT_BATCH, DEFAULT_LEARNING_RATE, DEFAULT_MOMENTUM);
  }

  /** These settings with another step width. */
  public Settings withLearningRate(double newLearningRate) {
    return new Settings(model, seed, epochs, batchSize, newLearningRate, momentum);
  }

  /** Steps of an epoch; the last one takes the images that are left. */
  public int stepsPerEpoch() {
    return (Split.TRAINING_ROWS + batchSize - 1) / batchSize;
  }

  /** Steps of the whole run. */
  public int steps() {
    return epochs * stepsPerEpoch();
  }

  Network network() {
    return switch (model) {
      case SOFTMAX -> new Network(Digits.PIXELS, Digits.LABELS);
      case MLP -> new Network(Digits.PIXELS, HIDDEN, Digits.LABELS);
    };
  }
}
