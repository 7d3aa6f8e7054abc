// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.training;

import java.util.Arrays;

/**
 * A training run, one step at a time: {@link #step} until {@link #finished}. After a step the
 * accessors say what it did. {@link #save} and {@link #restore} carry a run over into another
 * process, which then makes the very same steps. Used by one thread.
 */
public final class TrainingRun {
  private final Digits digits;
  private final Settings settings;
  private final Network network;
  private final int[] test;
  private final double[] gradient;
  private final double[] velocity;
  private final int[] order;
  private SeededRandom random;
  private int step;
  private int batch;
  private double loss;
  private double accuracy;
  private double gradNorm;
  private double gradMax;
  private double gradMin;

  /** A new run. */
  public TrainingRun(Digits digits, Settings settings) {
    this.digits = digits;
    this.settings = settings;
    network = settings.network();
    gradient = new double[network.parameters().length];
    velocity = new double[network.parameters().length];
    Split split = new Split(settings.seed());
    order = split.training();
    test = split.test();
    random = new SeededRandom(~settings.seed());
    network.initialize(random);
  }

  /**
   * A run that goes on where {@link #save} was called.
   *
   * @throws IllegalArgumentException when the state is incomplete or of other settings
   */
  public static TrainingRun restore(Digits digits, Settings settings, RunState state) {
    state.require(settings);
    TrainingRun run = new TrainingRun(digits, settings);
    state.copyModel(run.network, run.network.parameters());
    state.copyVelocity(run.network, run.velocity);
    state.copyOrder(run.order);
    run.random = new SeededRandom(state.random());
    run.step = state.step();
    return run;
  }

  /** Everything the next step depends on; a copy. */
  public RunState save() {
    return RunState.of(
        settings, network, step, random.state(), order, network.parameters(), velocity);
  }

  /** What determines this run. */
  public Settings settings() {
    return settings;
  }

  /** Whether all epochs are over. */
  public boolean finished() {
    return step >= settings.steps();
  }

  /** Steps made, over all epochs; a step is numbered by what this was before it, from 0. */
  public int stepsMade() {
    return step;
  }

  /** The epoch the next step belongs to, from 0. */
  public int epoch() {
    return step / settings.stepsPerEpoch();
  }

  /** Whether the step made last was the last one of its epoch. */
  public boolean epochOver() {
    return step > 0 && step % settings.stepsPerEpoch() == 0;
  }

  /** Trains on the next batch. */
  public void step() {
    int inEpoch = step % settings.stepsPerEpoch();
    if (inEpoch == 0) {
      random.shuffle(order);
    }
    int from = inEpoch * settings.batchSize();
    int to = Math.min(order.length, from + settings.batchSize());
    batch = to - from;
    Arrays.fill(gradient, 0);
    double lossSum = 0;
    int recognised = 0;
    for (int i = from; i < to; i++) {
      lossSum += network.addGradient(digits, order[i], gradient);
      recognised += network.recognised(digits.label(order[i])) ? 1 : 0;
    }
    loss = lossSum / batch;
    accuracy = recognised / (double) batch;
    descend();
    step++;
  }

  private void descend() {
    double[] parameters = network.parameters();
    double squares = 0;
    gradMax = Double.NEGATIVE_INFINITY;
    gradMin = Double.POSITIVE_INFINITY;
    for (int i = 0; i < parameters.length; i++) {
      double slope = gradient[i] / batch;
      squares += slope * slope;
      gradMax = Math.max(gradMax, slope);
      gradMin = Math.min(gradMin, slope);
      velocity[i] = settings.momentum() * velocity[i] - settings.learningRate() * slope;
      parameters[i] += velocity[i];
    }
    gradNorm = StrictMath.sqrt(squares);
  }

  /** Score on the images that were never trained on. */
  public Score test() {
    return score(test);
  }

  /** Score on the images that are trained on. */
  public Score training() {
    return score(order);
  }

  private Score score(int[] rows) {
    double lossSum = 0;
    int recognised = 0;
    for (int row : rows) {
      lossSum += network.forward(digits, row);
      recognised += network.recognised(digits.label(row)) ? 1 : 0;
    }
    return new Score(lossSum / rows.length, recognised / (double) rows.length);
  }

  /** Images of the last step. */
  public int batch() {
    return batch;
  }

  /** Mean loss of the last step's images, before the weights were changed. */
  public double loss() {
    return loss;
  }

  /** Part of the last step's images that was recognised, before the weights were changed. */
  public double accuracy() {
    return accuracy;
  }

  /** Euclidean length of the last step's gradient. */
  public double gradNorm() {
    return gradNorm;
  }

  /** Largest component of the last step's gradient. */
  public double gradMax() {
    return gradMax;
  }

  /** Smallest component of the last step's gradient. */
  public double gradMin() {
    return gradMin;
  }

  /** A copy of all weights and biases. */
  public double[] parameters() {
    return network.parameters().clone();
  }
}
