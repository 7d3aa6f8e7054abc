// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.quantum;

import java.util.Arrays;
import java.util.Comparator;

/**
 * Singular value decomposition of a complex matrix by one-sided Jacobi rotations of its shorter
 * side. Deterministic; as exact as doubles allow, small singular values included.
 *
 * <p>Matrices are row-major with real and imaginary parts in turn. {@code A = left · right}, where
 * left has orthonormal columns and row k of right has the length of singular value k.
 */
final class Svd {
  /** What is smaller than this, relative to the largest one, is rounding and taken for zero. */
  static final double NEGLIGIBLE = 1e-14;

  private static final int MAX_SWEEPS = 60;
  private static final double PRECISION = 0x1p-52;

  /** From this many columns for each row on, the matrix is first reduced to a square one. */
  private static final int REDUCED_FROM_RATIO = 2;

  private final double[] matrix;
  private final int rows;
  private final int columns;
  private final boolean tall;

  /** Rows of the shorter side. */
  private final int side;

  /** Rotated rows: of the matrix, its transpose when tall, or its lower factor when reduced. */
  private final double[] rotated;

  private final int rotatedLength;
  private final boolean reduced;

  /** The unitary matrix of all rotations. */
  private final double[] rotation;

  private final int[] order;
  private final double[] values;

  private Svd(double[] matrix, int rows, int columns) {
    this.matrix = matrix;
    this.rows = rows;
    this.columns = columns;
    this.tall = rows > columns;
    this.side = Math.min(rows, columns);
    this.reduced = !tall && columns >= REDUCED_FROM_RATIO * rows;
    this.rotatedLength = reduced ? side : Math.max(rows, columns);
    this.rotated = tall ? transposed(matrix, rows, columns) : reduced ? lower() : matrix.clone();
    this.rotation = new double[2 * side * side];
    for (int i = 0; i < side; i++) {
      rotation[2 * (i * side + i)] = 1;
    }
    rotate();
    double[] norms = norms();
    Integer[] sorted = new Integer[side];
    Arrays.setAll(sorted, i -> i);
    Arrays.sort(sorted, Comparator.comparingDouble(i -> -norms[i]));
    this.order = Arrays.stream(sorted).mapToInt(Integer::intValue).toArray();
    this.values = Arrays.stream(order).mapToDouble(i -> StrictMath.sqrt(norms[i])).toArray();
  }

  /** Decomposes a matrix, which must not change as long as the result is used. */
  static Svd of(double[] matrix, int rows, int columns) {
    if (matrix.length != 2L * rows * columns) {
      throw new IllegalArgumentException(
          rows + " x " + columns + " complex numbers are not " + matrix.length + " doubles");
    }
    return new Svd(matrix, rows, columns);
  }

  /** All singular values, falling. */
  double[] values() {
    return values;
  }

  /** How many singular values are more than rounding. */
  int rank() {
    int rank = 0;
    while (rank < side && values[rank] > NEGLIGIBLE * values[0]) {
      rank++;
    }
    return rank;
  }

  /** The left factor, rows x kept. */
  double[] left(int kept) {
    double[] left = new double[2 * rows * kept];
    for (int k = 0; k < kept; k++) {
      int from = order[k];
      for (int i = 0; i < rows; i++) {
        int to = 2 * (i * kept + k);
        if (tall) {
          int at = 2 * (from * rotatedLength + i);
          left[to] = rotated[at] / values[k];
          left[to + 1] = rotated[at + 1] / values[k];
        } else {
          int at = 2 * (from * side + i);
          left[to] = rotation[at];
          left[to + 1] = -rotation[at + 1];
        }
      }
    }
    return left;
  }

  /** The right factor with the singular values in it, kept x columns. */
  double[] right(int kept) {
    double[] right = new double[2 * kept * columns];
    for (int k = 0; k < kept; k++) {
      int from = order[k];
      if (tall) {
        for (int j = 0; j < columns; j++) {
          int at = 2 * (from * side + j);
          right[2 * (k * columns + j)] = values[k] * rotation[at];
          right[2 * (k * columns + j) + 1] = -values[k] * rotation[at + 1];
        }
      } else if (reduced) {
        for (int i = 0; i < rows; i++) {
          int at = 2 * (from * side + i);
          addRow(right, k, rotation[at], rotation[at + 1], i);
        }
      } else {
        System.arraycopy(rotated, 2 * from * rotatedLength, right, 2 * k * columns, 2 * columns);
      }
    }
    return right;
  }

  private void addRow(double[] right, int k, double re, double im, int row) {
    int to = 2 * k * columns;
    int at = 2 * row * columns;
    for (int j = 0; j < 2 * columns; j += 2) {
      double xr = matrix[at + j];
      double xi = matrix[at + j + 1];
      right[to + j] += re * xr - im * xi;
      right[to + j + 1] += re * xi + im * xr;
    }
  }

  private static double[] transposed(double[] matrix, int rows, int columns) {
    double[] transposed = new double[matrix.length];
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < columns; j++) {
        transposed[2 * (j * rows + i)] = matrix[2 * (i * columns + j)];
        transposed[2 * (j * rows + i) + 1] = matrix[2 * (i * columns + j) + 1];
      }
    }
    return transposed;
  }

  /** The lower triangular L with A = L·Q, by modified Gram-Schmidt on the rows. */
  private double[] lower() {
    double[] q = matrix.clone();
    double[] lower = new double[2 * rows * rows];
    int length = 2 * columns;
    for (int i = 0; i < rows; i++) {
      double norm = StrictMath.sqrt(norm(q, i * length, length));
      lower[2 * (i * rows + i)] = norm;
      if (norm == 0) {
        continue;
      }
      for (int at = i * length; at < (i + 1) * length; at++) {
        q[at] /= norm;
      }
      for (int j = i + 1; j < rows; j++) {
        project(q, i * length, j * length, length, lower, 2 * (j * rows + i));
      }
    }
    return lower;
  }

  /** Takes from row x what it has of the unit row u, and stores how much that was. */
  private static void project(double[] q, int u, int x, int length, double[] target, int to) {
    double re = 0;
    double im = 0;
    for (int c = 0; c < length; c += 2) {
      re += q[x + c] * q[u + c] + q[x + c + 1] * q[u + c + 1];
      im += q[x + c + 1] * q[u + c] - q[x + c] * q[u + c + 1];
    }
    for (int c = 0; c < length; c += 2) {
      q[x + c] -= re * q[u + c] - im * q[u + c + 1];
      q[x + c + 1] -= re * q[u + c + 1] + im * q[u + c];
    }
    target[to] = re;
    target[to + 1] = im;
  }

  private static double norm(double[] values, int from, int length) {
    double sum = 0;
    for (int i = from; i < from + length; i++) {
      sum += values[i] * values[i];
    }
    return sum;
  }

  private double[] norms() {
    double[] norms = new double[side];
    for (int i = 0; i < side; i++) {
      norms[i] = norm(rotated, 2 * i * rotatedLength, 2 * rotatedLength);
    }
    return norms;
  }

  /** Rotates pairs of rows until all are orthogonal to each other. */
  private void rotate() {
    double tolerance = PRECISION * Math.max(8, StrictMath.sqrt(rotatedLength));
    for (int sweep = 0; sweep < MAX_SWEEPS; sweep++) {
      double[] norms = norms();
      double negligible = Arrays.stream(norms).sum() * PRECISION * PRECISION;
      int rotations = 0;
      for (int p = 0; p < side - 1; p++) {
        for (int q = p + 1; q < side; q++) {
          if (norms[p] > negligible && norms[q] > negligible) {
            rotations += rotate(p, q, norms, tolerance) ? 1 : 0;
          }
        }
      }
      if (rotations == 0) {
        return;
      }
    }
  }

  private boolean rotate(int p, int q, double[] norms, double tolerance) {
    int length = 2 * rotatedLength;
    int at = p * length;
    int bt = q * length;
    double re = 0;
    double im = 0;
    for (int c = 0; c < length; c += 2) {
      re += rotated[at + c] * rotated[bt + c] + rotated[at + c + 1] * rotated[bt + c + 1];
      im += rotated[at + c + 1] * rotated[bt + c] - rotated[at + c] * rotated[bt + c + 1];
    }
    double overlap = StrictMath.sqrt(re * re + im * im);
    if (overlap <= tolerance * StrictMath.sqrt(norms[p] * norms[q])) {
      return false;
    }
    double zeta = (norms[q] - norms[p]) / (2 * overlap);
    double tangent = (zeta < 0 ? -1 : 1) / (Math.abs(zeta) + StrictMath.sqrt(1 + zeta * zeta));
    double cosine = 1 / StrictMath.sqrt(1 + tangent * tangent);
    double sine = cosine * tangent;
    mix(rotated, at, bt, length, cosine, sine, re / overlap, im / overlap);
    mix(rotation, p * 2 * side, q * 2 * side, 2 * side, cosine, sine, re / overlap, im / overlap);
    norms[p] = Math.max(0, norms[p] - tangent * overlap);
    norms[q] += tangent * overlap;
    return true;
  }

  /** Rows x and phase·y become c·x - s·phase·y and s·x + c·phase·y. */
  private static void mix(
      double[] v, int x, int y, int length, double c, double s, double phaseRe, double phaseIm) {
    for (int i = 0; i < length; i += 2) {
      double xr = v[x + i];
      double xi = v[x + i + 1];
      double yr = phaseRe * v[y + i] - phaseIm * v[y + i + 1];
      double yi = phaseRe * v[y + i + 1] + phaseIm * v[y + i];
      v[x + i] = c * xr - s * yr;
      v[x + i + 1] = c * xi - s * yi;
      v[y + i] = s * xr + c * yr;
      v[y + i + 1] = s * xi + c * yi;
    }
  }
}
