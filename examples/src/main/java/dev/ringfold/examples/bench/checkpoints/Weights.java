// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.bench.checkpoints;

import dev.ringfold.writers.checkpoint.tensor.Tensor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;

/** A model's tensors in the arrays of a training loop, which are filled again and again. */
public final class Weights {
  /** One tensor of so many is changed by {@link #changeSome}. */
  public static final int CHANGED_ONE_OF = 10;

  /** Makes the seeds of two arrays, or of two fillings, differ in more than a few bits. */
  private static final long SPREAD = 0x9e3779b97f4a7c15L;

  private final SortedMap<String, float[]> arrays = new TreeMap<>();

  /**
   * Arrays of zeros.
   *
   * @param tensors how many
   * @param floats elements of each
   */
  public Weights(int tensors, int floats) {
    for (int i = 0; i < tensors; i++) {
      arrays.put(String.format(Locale.ROOT, "layer%03d.weight", i), new float[floats]);
    }
  }

  /** Fills all arrays, no two of them alike; the same seed gives the same values. */
  public void fill(WeightContent content, long seed) {
    long next = seed * SPREAD;
    for (float[] array : arrays.values()) {
      content.fill(array, next++);
    }
  }

  /** Fills one array of {@link #CHANGED_ONE_OF} anew, and leaves the others. */
  public void changeSome(WeightContent content, long seed) {
    long next = seed * SPREAD;
    int index = 0;
    for (float[] array : arrays.values()) {
      if (index++ % CHANGED_ONE_OF == 0) {
        content.fill(array, next++);
      }
    }
  }

  /** The arrays themselves, by name. */
  public SortedMap<String, float[]> arrays() {
    return Collections.unmodifiableSortedMap(arrays);
  }

  /** Views of the arrays. */
  public SortedMap<String, Tensor> tensors() {
    SortedMap<String, Tensor> tensors = new TreeMap<>();
    arrays.forEach((name, values) -> tensors.put(name, Tensor.of(values, values.length)));
    return tensors;
  }

  /** Views of the arrays with the promise that nobody changes them any more. */
  public SortedMap<String, Tensor> frozen() {
    SortedMap<String, Tensor> tensors = tensors();
    tensors.replaceAll((name, tensor) -> tensor.frozen());
    return tensors;
  }

  /** The names, sorted. */
  List<String> names() {
    return new ArrayList<>(arrays.keySet());
  }

  /** Bytes of all elements. */
  public long bytes() {
    return arrays.values().stream().mapToLong(array -> (long) array.length * Float.BYTES).sum();
  }
}
