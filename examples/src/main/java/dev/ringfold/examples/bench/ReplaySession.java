// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.bench;

import dev.ringfold.examples.bench.Rounds.Contender;
import dev.ringfold.examples.bench.WorkerProcess.NotRunException;
import java.io.IOException;
import java.util.List;

/** What the rows of one run of {@code bench replay} share. Used by one thread. */
record ReplaySession(ReplayScale scale, Workspace workspace, Rounds rounds) {
  /** Lets our store do one thing in each round. */
  Results store(Call call) throws IOException, NotRunException {
    requireSpace();
    return rounds.interleaveSlow(call.operation(), List.of(Contender.of(ReplayKind.STORE, call)));
  }

  /** Makes sure that one store with all that is made of it fits. */
  void requireSpace() throws IOException, NotRunException {
    workspace.requireSpace(scale.rows() * ReplayScale.BYTES_PER_ROW);
  }

  /** A call about a store with metrics and checkpoints. */
  Call call(String operation) {
    return Call.of(operation)
        .with("seed", ReplayScale.SEED)
        .with("rows", scale.rows())
        .with("checkpoints", scale.checkpoints());
  }
}
