// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.bench;

import dev.ringfold.examples.bench.Rounds.Contender;
import dev.ringfold.examples.bench.WorkerProcess.NotRunException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the rows of one run of the benchmark share. Used by one thread. */
final class Session {
  private static final List<PeerKind> INGEST_PEERS = List.of(PeerKind.values());

  private final Scale scale;
  private final Workspace workspace;
  private final Rounds rounds;
  private @Nullable Results ingest;

  Session(Scale scale, Workspace workspace, Rounds rounds) {
    this.scale = scale;
    this.workspace = workspace;
    this.rounds = rounds;
  }

  Scale scale() {
    return scale;
  }

  Workspace workspace() {
    return workspace;
  }

  Rounds rounds() {
    return rounds;
  }

  /**
   * The rounds of one producer and all peers. The rows ingest, replay and bytes look at different
   * figures of the same rounds, so they are measured once.
   */
  Results ingest() throws IOException, NotRunException {
    if (ingest == null) {
      requireIngestSpace();
      Call call = ingestCall(1);
      List<Contender> contenders = new ArrayList<>();
      INGEST_PEERS.forEach(kind -> contenders.add(Contender.of(kind, call)));
      ingest = rounds.interleave("ingest", contenders);
    }
    return ingest;
  }

  /** Makes sure that a round of ingest fits. */
  void requireIngestSpace() throws IOException, NotRunException {
    workspace.requireSpace(scale.events() * Scale.BYTES_PER_EVENT);
  }

  /** The call that publishes a round's events and reads them back. */
  Call ingestCall(int producers) {
    return Call.of("ingest")
        .with("events", scale.events())
        .with("producers", producers)
        .with("seed", Scale.SEED);
  }
}
