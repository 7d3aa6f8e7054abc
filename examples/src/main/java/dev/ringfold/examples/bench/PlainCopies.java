// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.bench;

import dev.ringfold.examples.bench.checkpoints.Fingerprint;
import dev.ringfold.examples.bench.checkpoints.Weights;
import dev.ringfold.writers.checkpoint.tensor.DType;
import dev.ringfold.writers.checkpoint.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The operation {@code copy}: all arrays into direct buffers that are there already, by one thread.
 * Nobody who captures them can do less. Arguments: content, tensors, floats, captures, seed.
 * Figures: {@code nanos}, the median.
 */
final class PlainCopies {
  private PlainCopies() {}

  static Figures run(CheckpointKind kind, Path directory, Call call) {
    Weights weights = Transfers.weights(call);
    weights.fill(Transfers.content(call), call.get("seed"));
    Map<String, ByteBuffer> buffers = new LinkedHashMap<>();
    weights
        .arrays()
        .forEach(
            (name, values) ->
                buffers.put(
                    name,
                    ByteBuffer.allocateDirect(values.length * Float.BYTES)
                        .order(ByteOrder.LITTLE_ENDIAN)));
    copy(weights, buffers);
    double[] nanos = new double[call.getInt("captures")];
    for (int i = 0; i < nanos.length; i++) {
      long start = System.nanoTime();
      copy(weights, buffers);
      nanos[i] = System.nanoTime() - start;
    }
    Map<String, Tensor> copied = new LinkedHashMap<>();
    buffers.forEach(
        (name, bytes) ->
            copied.put(name, Tensor.of(DType.FLOAT32, bytes, bytes.capacity() / Float.BYTES)));
    Fingerprint.of(weights.tensors()).verify(copied);
    return new Figures().put("nanos", Samples.of(nanos).median());
  }

  private static void copy(Weights weights, Map<String, ByteBuffer> buffers) {
    weights.arrays().forEach((name, values) -> buffer(buffers, name).asFloatBuffer().put(values));
  }

  private static ByteBuffer buffer(Map<String, ByteBuffer> buffers, String name) {
    ByteBuffer buffer = buffers.get(name);
    if (buffer == null) {
      throw new IllegalStateException("no buffer for " + name);
    }
    return buffer;
  }
}
