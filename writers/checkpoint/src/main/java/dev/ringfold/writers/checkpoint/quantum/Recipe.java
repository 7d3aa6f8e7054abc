// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.quantum;

import dev.ringfold.writers.checkpoint.format.FormatException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * How to make a state again: a circuit and its parameters; and a seed for what is drawn from the
 * state. {@link Simulator#run(Recipe)} gives the same bits on every machine. Immutable.
 *
 * <p>Canonical JSON: {@code {"circuit":…,"parameters":[0.5],"seed":7,"version":1}}.
 */
public final class Recipe {
  private final Circuit circuit;
  private final double[] parameters;
  private final long seed;

  /**
   * Creates a recipe; the parameters are copied.
   *
   * @throws IllegalArgumentException when there are not as many finite parameters as the circuit's
   *     angles refer to
   */
  public Recipe(Circuit circuit, double[] parameters, long seed) {
    if (parameters.length != circuit.parameters()) {
      throw new IllegalArgumentException(
          "The circuit takes "
              + circuit.parameters()
              + " parameters but was given "
              + parameters.length);
    }
    for (double parameter : parameters) {
      if (!Double.isFinite(parameter)) {
        throw new IllegalArgumentException("A parameter must be finite but one is " + parameter);
      }
    }
    this.circuit = circuit;
    this.parameters = parameters.clone();
    this.seed = seed;
  }

  /**
   * Reads what {@link #json} writes.
   *
   * @throws FormatException when it is not a recipe
   */
  public static Recipe parse(String json) {
    return CircuitJson.parseRecipe(json);
  }

  /** The circuit. */
  public Circuit circuit() {
    return circuit;
  }

  /** Its parameters, a copy. */
  public double[] parameters() {
    return parameters.clone();
  }

  /** The seed of the generator that samples. */
  public long seed() {
    return seed;
  }

  /** The canonical JSON. */
  public String json() {
    return CircuitJson.text(this);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Recipe recipe
        && seed == recipe.seed
        && circuit.equals(recipe.circuit)
        && Arrays.equals(parameters, recipe.parameters);
  }

  @Override
  public int hashCode() {
    return 31 * (31 * circuit.hashCode() + Arrays.hashCode(parameters)) + Long.hashCode(seed);
  }

  /** The circuit's counts and the seed. */
  @Override
  public String toString() {
    return "Recipe[" + circuit + ", seed " + seed + "]";
  }
}
