// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.bench;

import org.jspecify.annotations.Nullable;

/**
 * One line of the table.
 *
 * @param row name, {@code group.detail}
 * @param samples what was measured, or null when it did not run
 * @param unit of the samples and of the peer's
 * @param peer what it is compared with, or null
 * @param peerSamples what the peer did, or null
 * @param target the promise in words; {@code printed} when there is none
 * @param met whether the promise was kept; null when there is none
 * @param note why it did not run, or what else is worth knowing; may be empty
 */
record RowResult(
    String row,
    @Nullable Samples samples,
    String unit,
    @Nullable String peer,
    @Nullable Samples peerSamples,
    String target,
    @Nullable Boolean met,
    String note) {
  static final String PRINTED = "printed";

  /** A line that must be at least {@code factor} times the peer. */
  static RowResult atLeast(
      String row, Samples samples, String unit, String peer, Samples peerSamples, double factor) {
    boolean met = samples.median() >= factor * peerSamples.median();
    String target = atLeastTarget(peer, factor);
    return new RowResult(row, samples, unit, peer, peerSamples, target, met, "");
  }

  /** A line that must be at most {@code factor} times the peer. */
  static RowResult atMostTimes(
      String row, Samples samples, String unit, String peer, Samples peerSamples, double factor) {
    boolean met = samples.median() <= factor * peerSamples.median();
    String target = atMostTimesTarget(peer, factor);
    return new RowResult(row, samples, unit, peer, peerSamples, target, met, "");
  }

  /** A line that must be at least {@code limit}. */
  static RowResult atLeast(String row, Samples samples, String unit, double limit) {
    boolean met = samples.median() >= limit;
    return new RowResult(row, samples, unit, null, null, atLeastTarget(limit, unit), met, "");
  }

  /** A line with something beside it and no promise. */
  static RowResult beside(
      String row, Samples samples, String unit, String peer, Samples peerSamples) {
    return new RowResult(row, samples, unit, peer, peerSamples, PRINTED, null, "");
  }

  /** A line that must be at most {@code limit}. */
  static RowResult atMost(String row, Samples samples, String unit, double limit) {
    boolean met = samples.median() <= limit;
    return new RowResult(row, samples, unit, null, null, atMostTarget(limit, unit), met, "");
  }

  /** A line without a promise. */
  static RowResult printed(String row, Samples samples, String unit) {
    return new RowResult(row, samples, unit, null, null, PRINTED, null, "");
  }

  /** A line whose peer could not be measured; it counts as missed. */
  static RowResult peerNotRun(
      String row, Samples samples, String unit, String peer, String target, String why) {
    String note = peer + " not run: " + why;
    Boolean met = target.equals(PRINTED) ? null : Boolean.FALSE;
    return new RowResult(row, samples, unit, peer, null, target, met, note);
  }

  /** A line that could not be measured; it counts as missed if something was promised. */
  static RowResult notRun(String row, String unit, String target, String why) {
    Boolean met = target.equals(PRINTED) ? null : Boolean.FALSE;
    return new RowResult(row, null, unit, null, null, target, met, "not run: " + why);
  }

  /** Median over the peer's median, or null where one is missing or the peer's is 0. */
  @Nullable Double ratio() {
    return samples == null || peerSamples == null || peerSamples.median() == 0
        ? null
        : samples.median() / peerSamples.median();
  }

  static String atLeastTarget(String peer, double factor) {
    return ">= " + Numbers.plain(factor) + " x " + peer;
  }

  static String atMostTimesTarget(String peer, double factor) {
    return "<= " + Numbers.plain(factor) + " x " + peer;
  }

  static String atLeastTarget(double limit, String unit) {
    return ">= " + Numbers.plain(limit) + " " + unit;
  }

  static String atMostTarget(double limit, String unit) {
    return "<= " + Numbers.plain(limit) + " " + unit;
  }
}
