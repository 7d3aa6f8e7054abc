// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.bench;

import com.sun.management.OperatingSystemMXBean;
import dev.ringfold.examples.bench.checkpoints.CheckpointPeer;
import dev.ringfold.examples.bench.checkpoints.Fingerprint;
import dev.ringfold.examples.bench.checkpoints.WeightContent;
import dev.ringfold.examples.bench.checkpoints.Weights;
import dev.ringfold.writers.checkpoint.tensor.Tensor;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.Map;

/**
 * The operation {@code transfer}: saves new tensors where others were saved before, so that buffers
 * are there, and loads them by a fresh reader. Arguments: content, tensors, floats, seed. Figures:
 * {@code saveNanos} until everything is forced and {@code saveCpuNanos} of all threads meanwhile,
 * {@code loadNanos}, {@code loadCpuNanos}, {@code openNanos} of the reader, {@code storedBytes}.
 */
final class Transfers {
  private static final OperatingSystemMXBean PROCESS =
      ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

  private Transfers() {}

  static Figures run(CheckpointKind kind, Path directory, Call call) throws IOException {
    Weights weights = weights(call);
    try (CheckpointPeer peer = kind.open(directory)) {
      weights.fill(content(call), call.get("seed"));
      Fingerprint first = Fingerprint.of(weights.tensors());
      peer.save(0, weights).join();
      weights.fill(content(call), call.get("seed") + 1);
      Fingerprint second = Fingerprint.of(weights.tensors());
      Figures figures = new Figures();
      save(peer, weights, figures);
      load(peer, second, figures);
      first.verify(peer.load(0));
      return figures;
    }
  }

  private static void save(CheckpointPeer peer, Weights weights, Figures figures) {
    long cpu = PROCESS.getProcessCpuTime();
    long start = System.nanoTime();
    long stored = peer.save(1, weights).join();
    figures.put("saveNanos", System.nanoTime() - start);
    figures.put("saveCpuNanos", PROCESS.getProcessCpuTime() - cpu);
    figures.put("storedBytes", stored);
  }

  private static void load(CheckpointPeer peer, Fingerprint expected, Figures figures)
      throws IOException {
    long opened = System.nanoTime();
    peer.reopen();
    long cpu = PROCESS.getProcessCpuTime();
    long start = System.nanoTime();
    Map<String, Tensor> loaded = peer.load(1);
    figures.put("loadNanos", System.nanoTime() - start);
    figures.put("loadCpuNanos", PROCESS.getProcessCpuTime() - cpu);
    figures.put("openNanos", start - opened);
    expected.verify(loaded);
  }

  /** Arrays of the call's size. */
  static Weights weights(Call call) {
    return new Weights(call.getInt("tensors"), call.getInt("floats"));
  }

  /** What the call wants in them. */
  static WeightContent content(Call call) {
    return WeightContent.of(call.getInt("content"));
  }
}
