// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.report;

import java.util.Arrays;

/**
 * Keeps the shape of a curve of any length in a bounded number of points: rows fall into buckets of
 * equal numbers of rows, and the smallest and largest value of each bucket is kept, so that no peak
 * is lost. When there are too many buckets, two neighbours become one. What it gives depends on the
 * rows alone. Not thread-safe.
 */
final class PointReducer {
  /** Most values that are not finite and keep their place. */
  static final int MAX_LOST = 100;

  private static final int FIRST_LENGTH = 16;
  private static final double NANOS_PER_SECOND = 1e9;

  private final int maxPoints;
  private final long originNanos;

  /* Bucket i has its first extreme at 2 i and its second at 2 i + 1, in the order of the rows. */
  private long[] x = new long[FIRST_LENGTH];
  private long[] nanos = new long[FIRST_LENGTH];
  private double[] y = new double[FIRST_LENGTH];
  private int buckets;
  private long bucketRows = 1;
  private long inLastBucket;
  private long rows;
  private long lastX;
  private long lastNanos;
  private double lastY;
  private final long[] lostX = new long[MAX_LOST];
  private final long[] lostNanos = new long[MAX_LOST];
  private long lostRows;

  /**
   * Begins a curve.
   *
   * @param maxPoints most points it may have, besides the last row's
   * @param originNanos the time that counts as 0
   */
  PointReducer(int maxPoints, long originNanos) {
    if (maxPoints < 4) {
      throw new IllegalArgumentException("maxPoints must be >= 4 but was " + maxPoints);
    }
    this.maxPoints = maxPoints;
    this.originNanos = originNanos;
  }

  void add(long atX, long atNanos, double value) {
    rows++;
    if (!Double.isFinite(value)) {
      if (lostRows < MAX_LOST) {
        lostX[(int) lostRows] = atX;
        lostNanos[(int) lostRows] = atNanos;
      }
      lostRows++;
      return;
    }
    lastX = atX;
    lastNanos = atNanos;
    lastY = value;
    if (buckets == 0 || inLastBucket == bucketRows) {
      beginBucket(atX, atNanos, value);
    } else {
      widenBucket(atX, atNanos, value);
      inLastBucket++;
    }
  }

  /** Points that {@link #points} will give, without the last row's. */
  int size() {
    return bucketRows == 1 ? buckets : 2 * buckets;
  }

  /** Joins neighbours, so that there are about half as many points. */
  void halve() {
    int joined = (buckets + 1) / 2;
    for (int i = 0; i < joined; i++) {
      if (2 * i + 1 < buckets) {
        join(2 * i, i);
      } else {
        copy(2 * (2 * i), 2 * i);
        copy(2 * (2 * i) + 1, 2 * i + 1);
      }
    }
    inLastBucket += buckets % 2 == 0 && buckets > 0 ? bucketRows : 0;
    buckets = joined;
    bucketRows *= 2;
  }

  Points points() {
    int last = endsWithLastRow() ? 0 : 1;
    int size = size();
    long[] pointX = new long[size + last];
    double[] pointSeconds = new double[size + last];
    double[] pointY = new double[size + last];
    for (int i = 0; i < size; i++) {
      int from = bucketRows == 1 ? 2 * i : i;
      pointX[i] = x[from];
      pointSeconds[i] = seconds(nanos[from]);
      pointY[i] = y[from];
    }
    if (last == 1) {
      pointX[size] = lastX;
      pointSeconds[size] = seconds(lastNanos);
      pointY[size] = lastY;
    }
    int lost = (int) Math.min(lostRows, MAX_LOST);
    double[] lostSeconds = Arrays.stream(lostNanos, 0, lost).mapToDouble(this::seconds).toArray();
    return new Points(
        pointX, pointSeconds, pointY, Arrays.copyOf(lostX, lost), lostSeconds, rows, lostRows);
  }

  private boolean endsWithLastRow() {
    if (buckets == 0) {
      return true;
    }
    int end = 2 * buckets - 1;
    return x[end] == lastX && nanos[end] == lastNanos && y[end] == lastY;
  }

  private double seconds(long at) {
    return (at - originNanos) / NANOS_PER_SECOND;
  }

  private void beginBucket(long atX, long atNanos, double value) {
    while (buckets == (bucketRows == 1 ? maxPoints : maxPoints / 2)) {
      halve();
    }
    if (inLastBucket < bucketRows && buckets > 0) {
      widenBucket(atX, atNanos, value);
      inLastBucket++;
      return;
    }
    if (2 * buckets + 2 > x.length) {
      int length = Math.min(2 * x.length, 2 * maxPoints);
      x = Arrays.copyOf(x, length);
      nanos = Arrays.copyOf(nanos, length);
      y = Arrays.copyOf(y, length);
    }
    set(2 * buckets, atX, atNanos, value);
    set(2 * buckets + 1, atX, atNanos, value);
    buckets++;
    inLastBucket = 1;
  }

  private void widenBucket(long atX, long atNanos, double value) {
    int first = 2 * (buckets - 1);
    int second = first + 1;
    double low = Math.min(y[first], y[second]);
    double high = Math.max(y[first], y[second]);
    if (value >= low && value <= high) {
      return;
    }
    boolean firstStays = value < low ? y[first] == high : y[first] == low;
    if (!firstStays) {
      copy(second, first);
    }
    set(second, atX, atNanos, value);
  }

  /** Makes two neighbouring buckets one: of four values in order, the smallest and the largest. */
  private void join(int bucket, int target) {
    int from = 2 * bucket;
    int low = from;
    int high = from;
    for (int i = from + 1; i < from + 4; i++) {
      low = y[i] < y[low] ? i : low;
      high = y[i] > y[high] ? i : high;
    }
    copy(Math.min(low, high), 2 * target);
    copy(Math.max(low, high), 2 * target + 1);
  }

  private void copy(int from, int to) {
    set(to, x[from], nanos[from], y[from]);
  }

  private void set(int at, long atX, long atNanos, double value) {
    x[at] = atX;
    nanos[at] = atNanos;
    y[at] = value;
  }
}
