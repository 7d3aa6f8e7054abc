// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.bench;

import com.sun.management.ThreadMXBean;
import dev.ringfold.examples.bench.checkpoints.Fingerprint;
import dev.ringfold.examples.bench.checkpoints.RingfoldCheckpoints;
import dev.ringfold.examples.bench.checkpoints.Weights;
import dev.ringfold.writers.checkpoint.Saving;
import dev.ringfold.writers.checkpoint.tensor.Tensor;
import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.Map;

/**
 * The operation {@code capture}: how long a save holds its caller, and what it allocates meanwhile.
 * No other save is on its way then. Arguments: content, tensors, floats, captures, seed. Figures:
 * {@code frozenNanos} and {@code nanos}, medians of the saves of frozen tensors and of others;
 * {@code firstNanos} of the first that copies, which allocates the buffers; {@code frozenCopies}
 * and {@code copies}: bytes allocated on the heap by the caller and by anybody outside it, over the
 * bytes of the tensors.
 */
final class Captures {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private final RingfoldCheckpoints peer;
  private final Weights weights;
  private int epoch;
  private double copies;

  private Captures(RingfoldCheckpoints peer, Weights weights) {
    this.peer = peer;
    this.weights = weights;
  }

  static Figures run(CheckpointKind kind, Path directory, Call call) throws IOException {
    Weights weights = Transfers.weights(call);
    weights.fill(Transfers.content(call), call.get("seed"));
    try (RingfoldCheckpoints peer = new RingfoldCheckpoints(directory)) {
      return new Captures(peer, weights).measure(call.getInt("captures"));
    }
  }

  private Figures measure(int captures) {
    save(weights.frozen()); // Makes the buffers of those who compress: they are no copy.
    Figures figures = new Figures().put("frozenNanos", median(weights.frozen(), captures));
    figures.put("frozenCopies", copies);
    figures.put("firstNanos", save(weights.tensors())).put("copies", copies);
    figures.put("nanos", median(weights.tensors(), captures));
    Fingerprint expected = Fingerprint.of(weights.tensors());
    peer.reopen();
    expected.verify(peer.load(epoch));
    return figures;
  }

  private double median(Map<String, Tensor> tensors, int captures) {
    double[] nanos = new double[captures];
    for (int i = 0; i < captures; i++) {
      nanos[i] = save(tensors);
    }
    return Samples.of(nanos).median();
  }

  private double save(Map<String, Tensor> tensors) {
    long direct = directBytes();
    long heap = THREADS.getCurrentThreadAllocatedBytes();
    long start = System.nanoTime();
    Saving saving = peer.checkpoints().save(++epoch, tensors, Map.of(), Map.of());
    double nanos = System.nanoTime() - start;
    long allocated = THREADS.getCurrentThreadAllocatedBytes() - heap;
    allocated += Math.max(0, directBytes() - direct);
    copies = (double) allocated / weights.bytes();
    saving.await();
    return nanos;
  }

  private static long directBytes() {
    return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
        .filter(pool -> pool.getName().equals("direct"))
        .mapToLong(BufferPoolMXBean::getMemoryUsed)
        .sum();
  }
}
