// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.quantum;

/** What gates do to amplitudes, in place. */
final class GateKernels {
  private static final double HALF_ROOT = StrictMath.sqrt(0.5);

  private GateKernels() {}

  static void apply(StateVector state, Gate gate, double[] parameters) {
    double[] angles = new double[gate.angles().size()];
    for (int i = 0; i < angles.length; i++) {
      angles[i] = gate.angles().get(i).radians(parameters);
    }
    for (int qubit : gate.qubits()) {
      if (qubit >= state.qubits()) {
        throw new IllegalArgumentException(
            "A gate " + gate.kind().code() + " acts on qubit " + qubit + " of " + state.qubits());
      }
    }
    if (gate.kind().qubits() == 1) {
      single(state.amplitudes(), gate.kind(), gate.qubits().get(0), angles);
    } else {
      pair(state.amplitudes(), gate.kind(), gate.qubits().get(0), gate.qubits().get(1), angles);
    }
  }

  private static void single(double[] v, GateKind kind, int qubit, double[] angles) {
    double half = angles.length == 0 ? 0 : angles[0] / 2;
    double c = StrictMath.cos(half);
    double s = StrictMath.sin(half);
    switch (kind) {
      case H -> dense(v, qubit, HALF_ROOT, 0, HALF_ROOT, 0, HALF_ROOT, 0, -HALF_ROOT, 0);
      case X -> dense(v, qubit, 0, 0, 1, 0, 1, 0, 0, 0);
      case Y -> dense(v, qubit, 0, 0, 0, -1, 0, 1, 0, 0);
      case Z -> diagonal(v, qubit, 1, 0, -1, 0);
      case S -> diagonal(v, qubit, 1, 0, 0, 1);
      case T -> diagonal(v, qubit, 1, 0, HALF_ROOT, HALF_ROOT);
      case RX -> dense(v, qubit, c, 0, 0, -s, 0, -s, c, 0);
      case RY -> dense(v, qubit, c, 0, -s, 0, s, 0, c, 0);
      case RZ -> diagonal(v, qubit, c, -s, c, s);
      case U3 -> u3(v, qubit, c, s, angles[1], angles[2]);
      default -> throw new AssertionError("not a gate of one qubit: " + kind);
    }
  }

  private static void u3(double[] v, int qubit, double c, double s, double phi, double lambda) {
    dense(
        v,
        qubit,
        c,
        0,
        -s * StrictMath.cos(lambda),
        -s * StrictMath.sin(lambda),
        s * StrictMath.cos(phi),
        s * StrictMath.sin(phi),
        c * StrictMath.cos(phi + lambda),
        c * StrictMath.sin(phi + lambda));
  }

  /** Multiplies by a matrix {@code [[a, b], [c, d]]}, each a real and an imaginary part. */
  private static void dense(
      double[] v,
      int qubit,
      double ar,
      double ai,
      double br,
      double bi,
      double cr,
      double ci,
      double dr,
      double di) {
    int stride = 2 << qubit;
    for (int base = 0; base < v.length; base += 2 * stride) {
      for (int i = base; i < base + stride; i += 2) {
        int j = i + stride;
        double xr = v[i];
        double xi = v[i + 1];
        double yr = v[j];
        double yi = v[j + 1];
        v[i] = ar * xr - ai * xi + br * yr - bi * yi;
        v[i + 1] = ar * xi + ai * xr + br * yi + bi * yr;
        v[j] = cr * xr - ci * xi + dr * yr - di * yi;
        v[j + 1] = cr * xi + ci * xr + dr * yi + di * yr;
      }
    }
  }

  /** Multiplies amplitudes by one of two numbers, as the qubit is 0 or 1. */
  private static void diagonal(
      double[] v, int qubit, double zeroRe, double zeroIm, double oneRe, double oneIm) {
    int bit = 2 << qubit;
    for (int i = 0; i < v.length; i += 2) {
      boolean one = (i & bit) != 0;
      multiply(v, i, one ? oneRe : zeroRe, one ? oneIm : zeroIm);
    }
  }

  private static void multiply(double[] v, int i, double re, double im) {
    double xr = v[i];
    double xi = v[i + 1];
    v[i] = re * xr - im * xi;
    v[i + 1] = re * xi + im * xr;
  }

  private static void pair(double[] v, GateKind kind, int first, int second, double[] angles) {
    int a = 2 << first;
    int b = 2 << second;
    double half = angles.length == 0 ? 0 : angles[0] / 2;
    double c = StrictMath.cos(half);
    double s = StrictMath.sin(half);
    switch (kind) {
      case CX -> exchange(v, a, b, b);
      case SWAP -> exchange(v, a, b, a | b);
      case CZ -> controlledPhases(v, a, b, 1, 0, -1, 0);
      case CRZ -> controlledPhases(v, a, b, c, -s, c, s);
      case RZZ -> parityPhases(v, a, b, c, s);
      case RXX -> mix(v, a, b, c, -s, -s);
      case RYY -> mix(v, a, b, c, s, -s);
      default -> throw new AssertionError("not a gate of two qubits: " + kind);
    }
  }

  /** Exchanges amplitude i with i ^ flip, where one bit of i is set and another one is clear. */
  private static void exchange(double[] v, int set, int clear, int flip) {
    for (int i = 0; i < v.length; i += 2) {
      if ((i & set) != 0 && (i & clear) == 0) {
        swap(v, i, i ^ flip);
      }
    }
  }

  private static void swap(double[] v, int i, int j) {
    double re = v[i];
    double im = v[i + 1];
    v[i] = v[j];
    v[i + 1] = v[j + 1];
    v[j] = re;
    v[j + 1] = im;
  }

  private static void controlledPhases(
      double[] v, int control, int target, double zr, double zi, double or, double oi) {
    for (int i = 0; i < v.length; i += 2) {
      if ((i & control) != 0) {
        boolean one = (i & target) != 0;
        multiply(v, i, one ? or : zr, one ? oi : zi);
      }
    }
  }

  /** exp(-i·angle/2) where both bits are equal, exp(i·angle/2) where they differ. */
  private static void parityPhases(double[] v, int a, int b, double c, double s) {
    for (int i = 0; i < v.length; i += 2) {
      boolean odd = ((i & a) != 0) != ((i & b) != 0);
      multiply(v, i, c, odd ? s : -s);
    }
  }

  /** Mixes |00> with |11> by {@code i·equal} and |01> with |10> by {@code i·different}. */
  private static void mix(double[] v, int a, int b, double c, double equal, double different) {
    for (int i = 0; i < v.length; i += 2) {
      if ((i & a) == 0) {
        int j = i ^ (a | b);
        double s = (i & b) == 0 ? equal : different;
        double xr = v[i];
        double xi = v[i + 1];
        double yr = v[j];
        double yi = v[j + 1];
        v[i] = c * xr - s * yi;
        v[i + 1] = c * xi + s * yr;
        v[j] = c * yr - s * xi;
        v[j + 1] = c * yi + s * xr;
      }
    }
  }
}
