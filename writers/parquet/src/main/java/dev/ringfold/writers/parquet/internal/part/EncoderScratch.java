// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.parquet.internal.part;

/**
 * What the encoders of one writer share, so that a file of many columns needs the arrays once.
 * Every array is made when it is first needed. Belongs to one thread.
 */
final class EncoderScratch {
  final ValueDictionary dictionary = new ValueDictionary();
  final DeltaEncoder delta = new DeltaEncoder();
  final HybridEncoder hybrid = new HybridEncoder();

  private long[] longs = {};
  private double[] doubles = {};
  private int[] ints = {};
  private int[] indices = {};

  long[] longs(int rows) {
    if (longs.length < rows) {
      longs = new long[rows];
    }
    return longs;
  }

  double[] doubles(int rows) {
    if (doubles.length < rows) {
      doubles = new double[rows];
    }
    return doubles;
  }

  int[] ints(int rows) {
    if (ints.length < rows) {
      ints = new int[rows];
    }
    return ints;
  }

  int[] indices(int rows) {
    if (indices.length < rows) {
      indices = new int[rows];
    }
    return indices;
  }
}
