// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.vqe;

import dev.ringfold.writers.checkpoint.format.FormatException;
import dev.ringfold.writers.checkpoint.quantum.Recipe;
import dev.ringfold.writers.checkpoint.quantum.Simulator;
import dev.ringfold.writers.checkpoint.quantum.StateVector;
import java.util.Map;
import java.util.StringJoiner;

/**
 * A quantum computer without noise: runs a circuit and measures all qubits, so many times. A job is
 * {@code shots}, a line feed and a {@link Recipe} in JSON; its result is {@code basis:count} for
 * every basis state that came, by a blank. The same job has the same result.
 */
final class SamplingBackend implements Job.Work {
  /** What a job costs, in millionths of a credit, and every shot of it. */
  static final long JOB_MICROS = 300_000;

  static final long SHOT_MICROS = 350;
  static final int MAX_SHOTS = 1_000_000;

  /** A job's body. */
  static String job(Recipe recipe, int shots) {
    return shots + "\n" + recipe.json();
  }

  /** What a job of so many shots costs, in credits. */
  static double price(int shots) {
    return (JOB_MICROS + SHOT_MICROS * shots) / 1e6;
  }

  @Override
  public Job.Outcome run(String body) {
    int end = body.indexOf('\n');
    if (end < 0) {
      throw new IllegalArgumentException("a job begins with its number of shots");
    }
    int shots = Integer.parseInt(body.substring(0, end));
    if (shots < 1 || shots > MAX_SHOTS) {
      throw new IllegalArgumentException("shots must be 1 to " + MAX_SHOTS + " but was " + shots);
    }
    try {
      Recipe recipe = Recipe.parse(body.substring(end + 1));
      StateVector state = Simulator.run(recipe);
      StringJoiner counts = new StringJoiner(" ");
      for (Map.Entry<Integer, Integer> entry : state.counts(shots, recipe.seed()).entrySet()) {
        counts.add(entry.getKey() + ":" + entry.getValue());
      }
      return new Job.Outcome(JOB_MICROS + SHOT_MICROS * shots, counts.toString());
    } catch (FormatException e) {
      throw new IllegalArgumentException("the recipe cannot be read: " + e.getMessage(), e);
    }
  }
}
