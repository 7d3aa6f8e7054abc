// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.bench;

import dev.ringfold.examples.bench.Rounds.Contender;
import dev.ringfold.examples.bench.WorkerProcess.NotRunException;
import dev.ringfold.examples.bench.checkpoints.WeightContent;
import java.io.IOException;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** What the rows of one run of {@code bench checkpoint} share. Used by one thread. */
final class CheckpointSession {
  private final CheckpointScale scale;
  private final Workspace workspace;
  private final Rounds rounds;
  private final Map<WeightContent, Results> transfers = new EnumMap<>(WeightContent.class);

  CheckpointSession(CheckpointScale scale, Workspace workspace, Rounds rounds) {
    this.scale = scale;
    this.workspace = workspace;
    this.rounds = rounds;
  }

  CheckpointScale scale() {
    return scale;
  }

  /**
   * The rounds of everybody who saves and loads this. Several rows look at different figures of the
   * same rounds, so they are measured once.
   */
  Results transfers(WeightContent content) throws IOException, NotRunException {
    Results results = transfers.get(content);
    if (results == null) {
      Call call = weights("transfer", content);
      results =
          interleave(
              "save " + content.label(),
              Stream.of(CheckpointKind.values()).map(kind -> Contender.of(kind, call)).toList());
      transfers.put(content, results);
    }
    return results;
  }

  /** Lets contenders take turns. */
  Results interleave(String row, List<Contender> contenders) throws IOException, NotRunException {
    workspace.requireSpace(scale.storedBytes());
    return rounds.interleave(row, contenders);
  }

  /** Lets contenders take one turn each: what they measure does not vary. */
  Results interleaveOnce(String row, List<Contender> contenders)
      throws IOException, NotRunException {
    workspace.requireSpace(scale.storedBytes());
    return rounds.interleaveSlow(row, contenders);
  }

  /** A call with tensors of this content. */
  Call weights(String operation, WeightContent content) {
    return call(operation)
        .with("content", content.code())
        .with("tensors", scale.tensors())
        .with("floats", scale.floats());
  }

  /** A call of this operation with the seed. */
  static Call call(String operation) {
    return Call.of(operation).with("seed", CheckpointScale.SEED);
  }
}
