// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.quantum;

import dev.ringfold.writers.checkpoint.tensor.Tensor;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * States that were loaded, by their sequences; the one not used for longest goes first.
 * Thread-safe.
 */
final class StateCache {
  /** What a state takes besides its arrays, roughly. */
  private static final long OVERHEAD_BYTES = 4_096;

  private final long maxBytes;
  private final LinkedHashMap<Long, QuantumState> states = new LinkedHashMap<>(16, 0.75f, true);
  private long bytes;
  private long hits;
  private long misses;
  private long evictions;

  StateCache(long maxBytes) {
    this.maxBytes = maxBytes;
  }

  synchronized @Nullable QuantumState find(long sequence) {
    QuantumState found = states.get(sequence);
    if (found == null) {
      misses++;
    } else {
      hits++;
    }
    return found;
  }

  synchronized void put(long sequence, QuantumState state) {
    long size = size(state);
    if (size > maxBytes || states.containsKey(sequence)) {
      return;
    }
    states.put(sequence, state);
    bytes += size;
    Iterator<Map.Entry<Long, QuantumState>> oldest = states.entrySet().iterator();
    while (bytes > maxBytes) {
      bytes -= size(oldest.next().getValue());
      oldest.remove();
      evictions++;
    }
  }

  synchronized void remove(long sequence) {
    QuantumState removed = states.remove(sequence);
    bytes -= removed == null ? 0 : size(removed);
  }

  static long size(QuantumState state) {
    double[] vector = state.vector();
    long arrays = vector == null ? 0 : (long) vector.length * Double.BYTES;
    for (Tensor tensor : state.mps()) {
      arrays += tensor.bytes();
    }
    return arrays + OVERHEAD_BYTES;
  }

  synchronized Counts counts() {
    return new Counts(states.size(), bytes, maxBytes, hits, misses, evictions);
  }

  /** As {@link QuantumStoreStats} gives them out. */
  record Counts(int states, long bytes, long maxBytes, long hits, long misses, long evictions) {}
}
