// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.quantum;

import dev.ringfold.writers.checkpoint.format.FormatException;
import dev.ringfold.writers.checkpoint.internal.json.CanonicalJson;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/**
 * How a state is made again: its circuit, the parameters, and a seed for what is drawn from the
 * state, as one canonical JSON object. {@link Simulator#run(Recipe)} gives the same bits on every
 * machine.
 *
 * <p>Ours is {@code {"circuit":…,"parameters":[0.5],"seed":7,"version":1}}, see {@link Circuit}.
 * One of another tool is kept as it is, but nothing can be made of it here.
 *
 * @param json in the form of {@link CanonicalJson}
 */
public record Recipe(String json) {
  /** Takes JSON that is canonical already; {@link #parse} takes any. */
  public Recipe {
    Objects.requireNonNull(json, "json");
  }

  /**
   * The recipe of a circuit.
   *
   * @throws IllegalArgumentException when there are not as many finite parameters as the circuit's
   *     angles refer to
   */
  public static Recipe of(Circuit circuit, double[] parameters, long seed) {
    return new Recipe(CircuitJson.text(new Program(circuit, parameters, seed)));
  }

  /** The recipe of a circuit without parameters, with the seed 0. */
  public static Recipe of(Circuit circuit) {
    return of(circuit, new double[0], 0);
  }

  /**
   * Reads a recipe, in whatever form its JSON is written.
   *
   * @throws FormatException when it is not a JSON object
   */
  public static Recipe parse(String json) {
    return new Recipe(CanonicalJson.text(CanonicalJson.parseObject(json, "recipe")));
  }

  /** The bytes its checksum is taken of: the canonical JSON in UTF-8. */
  public byte[] bytes() {
    return json.getBytes(StandardCharsets.UTF_8);
  }

  /**
   * Its circuit.
   *
   * @throws FormatException when the JSON is not a recipe of this form
   */
  public Circuit circuit() {
    return program().circuit();
  }

  /**
   * The circuit's parameters, a copy.
   *
   * @throws FormatException when the JSON is not a recipe of this form
   */
  public double[] parameters() {
    return program().parameters().clone();
  }

  /**
   * The seed of the generator that samples.
   *
   * @throws FormatException when the JSON is not a recipe of this form
   */
  public long seed() {
    return program().seed();
  }

  Program program() {
    return CircuitJson.parseProgram(json);
  }

  /** A recipe, read. */
  record Program(Circuit circuit, double[] parameters, long seed) {
    Program {
      Objects.requireNonNull(circuit, "circuit");
      circuit.requireParameters(parameters);
    }
  }
}
