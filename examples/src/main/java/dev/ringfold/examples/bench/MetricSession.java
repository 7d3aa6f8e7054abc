// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.bench;

import dev.ringfold.examples.bench.Rounds.Contender;
import dev.ringfold.examples.bench.WorkerProcess.NotRunException;
import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What the rows of one run of {@code bench metrics} share. Used by one thread. */
final class MetricSession {
  private static final List<MetricKind> WRITERS =
      Stream.of(MetricKind.values())
          .filter(kind -> kind != MetricKind.LOGGER && kind != MetricKind.SMALL_HEAP)
          .toList();

  private final MetricScale scale;
  private final Workspace workspace;
  private final Rounds rounds;
  private @Nullable Results writes;

  MetricSession(MetricScale scale, Workspace workspace, Rounds rounds) {
    this.scale = scale;
    this.workspace = workspace;
    this.rounds = rounds;
  }

  MetricScale scale() {
    return scale;
  }

  Workspace workspace() {
    return workspace;
  }

  Rounds rounds() {
    return rounds;
  }

  /**
   * The rounds of everybody who writes files. Several rows look at different figures of the same
   * rounds, so they are measured once.
   */
  Results writes() throws IOException, NotRunException {
    if (writes == null) {
      workspace.requireSpace(scale.rows() * MetricScale.FILE_BYTES_PER_ROW);
      Call call = call("write").with("rows", scale.rows());
      writes =
          rounds.interleave("write", WRITERS.stream().map(kind -> contender(kind, call)).toList());
    }
    return writes;
  }

  /** Lets the logger do one thing for a fixed time. */
  Results stream(String row, Call call, long rows) throws IOException, NotRunException {
    return stream(row, List.of(contender(MetricKind.LOGGER, call)), rows);
  }

  /**
   * Lets contenders take turns that take a fixed time each.
   *
   * @param rows most rows that one of them stores
   */
  Results stream(String row, List<Contender> contenders, long rows)
      throws IOException, NotRunException {
    workspace.requireSpace(rows * MetricScale.STORED_BYTES_PER_ROW);
    return rounds.interleaveSlow(row, contenders);
  }

  /** A call of this operation with the seed. */
  static Call call(String operation) {
    return Call.of(operation).with("seed", MetricScale.SEED);
  }

  /** A contender under its own name. */
  static Contender contender(MetricKind kind, Call call) {
    return new Contender(kind.label(), kind, call);
  }
}
