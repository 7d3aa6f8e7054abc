// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.bench;

import dev.ringfold.examples.bench.checkpoints.CheckpointPeer;
import dev.ringfold.examples.bench.checkpoints.Fingerprint;
import dev.ringfold.examples.bench.checkpoints.Weights;
import java.io.IOException;
import java.nio.file.Path;

/**
 * The operation {@code second}: a save of new tensors, and one after a tenth of them has changed.
 * Arguments: content, tensors, floats, seed. Figures: {@code firstNanos} and {@code secondNanos}
 * until everything is forced.
 */
final class SecondSaves {
  private SecondSaves() {}

  static Figures run(CheckpointKind kind, Path directory, Call call) throws IOException {
    Weights weights = Transfers.weights(call);
    try (CheckpointPeer peer = kind.open(directory)) {
      weights.fill(Transfers.content(call), call.get("seed"));
      peer.save(0, weights).join();
      weights.fill(Transfers.content(call), call.get("seed") + 1);
      Fingerprint first = Fingerprint.of(weights.tensors());
      double firstNanos = save(peer, 1, weights);
      weights.changeSome(Transfers.content(call), call.get("seed") + 2);
      Fingerprint second = Fingerprint.of(weights.tensors());
      double secondNanos = save(peer, 2, weights);
      peer.reopen();
      first.verify(peer.load(1));
      second.verify(peer.load(2));
      return new Figures().put("firstNanos", firstNanos).put("secondNanos", secondNanos);
    }
  }

  private static double save(CheckpointPeer peer, int epoch, Weights weights) {
    long start = System.nanoTime();
    peer.save(epoch, weights).join();
    return System.nanoTime() - start;
  }
}
