// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.training;

import dev.ringfold.writers.checkpoint.tensor.Tensor;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A training run between two steps, as a checkpoint holds it: the weights under the names that a
 * PyTorch model of these layers would give them, what the optimizer remembers beside them, and few
 * numbers.
 *
 * @param model {@code layer1.weight} (outputs × inputs), {@code layer1.bias} and so on
 * @param optimizer the same names with the velocities, and {@code order}: the images of the epoch
 * @param metadata {@code step}, {@code random} (state of the generator) and {@code settings}
 */
public record RunState(
    Map<String, Tensor> model, Map<String, Tensor> optimizer, Map<String, Object> metadata) {
  private static final String ORDER = "order";
  private static final String STEP = "step";
  private static final String RANDOM = "random";
  private static final String SETTINGS = "settings";

  static RunState of(
      Settings settings,
      Network network,
      int step,
      long random,
      int[] order,
      double[] parameters,
      double[] velocity) {
    Map<String, Tensor> optimizer = layers(network, velocity);
    optimizer.put(ORDER, Tensor.of(order.clone(), order.length).frozen());
    return new RunState(
        layers(network, parameters),
        optimizer,
        Map.of(STEP, (long) step, RANDOM, Long.toHexString(random), SETTINGS, settings.toString()));
  }

  /** Copies, so that training may go on while they are saved. */
  private static Map<String, Tensor> layers(Network network, double[] values) {
    Map<String, Tensor> tensors = new TreeMap<>();
    for (int layer = 1; layer <= network.layers(); layer++) {
      int out = network.outputs(layer);
      int in = network.inputs(layer);
      int biases = network.offset(layer) + out * in;
      double[] weight = Arrays.copyOfRange(values, network.offset(layer), biases);
      double[] bias = Arrays.copyOfRange(values, biases, biases + out);
      tensors.put("layer" + layer + ".weight", Tensor.of(weight, out, in).frozen());
      tensors.put("layer" + layer + ".bias", Tensor.of(bias, out).frozen());
    }
    return tensors;
  }

  /**
   * Checks that the state is of these settings.
   *
   * @throws IllegalArgumentException when it is not
   */
  void require(Settings settings) {
    if (!settings.toString().equals(metadata.get(SETTINGS))) {
      throw new IllegalArgumentException(
          "the state belongs to a training run with other settings than "
              + settings
              + ": "
              + metadata.get(SETTINGS));
    }
  }

  /** The same state, to go on from with other settings of the same model. */
  public RunState withSettings(Settings settings) {
    Map<String, Object> changed = new TreeMap<>(metadata);
    changed.put(SETTINGS, settings.toString());
    return new RunState(model, optimizer, changed);
  }

  int step() {
    return Math.toIntExact(((Number) value(STEP)).longValue());
  }

  long random() {
    return Long.parseUnsignedLong(value(RANDOM).toString(), 16);
  }

  private Object value(String name) {
    return Objects.requireNonNull(
        metadata.get(name), () -> "the state of the training run has no '" + name + "'");
  }

  void copyModel(Network network, double[] target) {
    copy(model, network, target);
  }

  void copyVelocity(Network network, double[] target) {
    copy(optimizer, network, target);
  }

  private static void copy(Map<String, Tensor> tensors, Network network, double[] target) {
    for (int layer = 1; layer <= network.layers(); layer++) {
      int out = network.outputs(layer);
      int in = network.inputs(layer);
      double[] weight = tensor(tensors, "layer" + layer + ".weight", out, in).toDoubles();
      double[] bias = tensor(tensors, "layer" + layer + ".bias", out).toDoubles();
      System.arraycopy(weight, 0, target, network.offset(layer), weight.length);
      System.arraycopy(bias, 0, target, network.offset(layer) + weight.length, bias.length);
    }
  }

  void copyOrder(int[] target) {
    System.arraycopy(tensor(optimizer, ORDER, target.length).toInts(), 0, target, 0, target.length);
  }

  private static Tensor tensor(Map<String, Tensor> tensors, String name, long... shape) {
    @Nullable Tensor found = tensors.get(name);
    if (found == null || !Arrays.equals(found.shape(), shape)) {
      throw new IllegalArgumentException(
          "the state of the training run has "
              + (found == null ? "no tensor " + name : name + " as " + found)
              + " instead of "
              + Arrays.toString(shape));
    }
    return found;
  }
}
