// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.quantum;

/**
 * An angle of a gate, in radians: a constant, or one of the circuit's parameters times a factor.
 *
 * @param parameter index of the parameter, -1 for a constant
 * @param value the constant, or the factor
 */
public record Angle(int parameter, double value) {
  /** Most parameters of a circuit. */
  public static final int MAX_PARAMETERS = 100_000;

  /** Checks both. */
  public Angle {
    if (parameter < -1 || parameter >= MAX_PARAMETERS) {
      throw new IllegalArgumentException(
          "A parameter's index must be 0 to " + (MAX_PARAMETERS - 1) + " but was " + parameter);
    }
    if (!Double.isFinite(value)) {
      throw new IllegalArgumentException("An angle must be a finite number but was " + value);
    }
  }

  /** A constant. */
  public static Angle of(double radians) {
    return new Angle(-1, radians);
  }

  /** The parameter of this index. */
  public static Angle parameter(int index) {
    return parameter(index, 1.0);
  }

  /** The parameter of this index, times a factor. */
  public static Angle parameter(int index, double factor) {
    if (index < 0) {
      throw new IllegalArgumentException("A parameter's index must be >= 0 but was " + index);
    }
    return new Angle(index, factor);
  }

  /** Whether it does not depend on a parameter. */
  public boolean isConstant() {
    return parameter < 0;
  }

  /** The angle in radians, given the circuit's parameters. */
  public double radians(double[] parameters) {
    return parameter < 0 ? value : parameters[parameter] * value;
  }
}
