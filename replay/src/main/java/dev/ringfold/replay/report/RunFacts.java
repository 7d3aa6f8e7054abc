// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.report;

import java.util.LinkedHashMap;
import java.util.Map;

/** What is counted about one attempt of a run while its rows go by. Not thread-safe. */
final class RunFacts {
  final String run;
  final int attempt;
  final long firstNanos;
  final Map<String, String> texts = new LinkedHashMap<>();
  long lastNanos;
  long stepRows;
  long epochRows;
  long firstStep = Long.MAX_VALUE;
  long lastStep = Long.MIN_VALUE;
  double costUsd;
  double creditsUsed;
  boolean started;
  boolean closed;
  String configuration = "";

  RunFacts(String run, int attempt, long firstNanos) {
    this.run = run;
    this.attempt = attempt;
    this.firstNanos = firstNanos;
    this.lastNanos = firstNanos;
  }

  long rows() {
    return stepRows + epochRows;
  }

  double seconds() {
    return (lastNanos - firstNanos) / 1e9;
  }
}
