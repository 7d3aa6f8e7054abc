// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.quantum;

import dev.ringfold.RingfoldException;
import dev.ringfold.blob.BlobId;
import dev.ringfold.blob.BlobRef;
import dev.ringfold.blob.BlobSet;
import dev.ringfold.event.QuantumStateSaved;
import dev.ringfold.writers.checkpoint.ChunkCodec;
import dev.ringfold.writers.checkpoint.Compressor;
import dev.ringfold.writers.checkpoint.format.FormatException;
import dev.ringfold.writers.checkpoint.internal.chunk.ChunkWriter;
import dev.ringfold.writers.checkpoint.internal.chunk.Manifest;
import dev.ringfold.writers.checkpoint.internal.chunk.StoredTensor;
import dev.ringfold.writers.checkpoint.internal.json.CanonicalJson;
import dev.ringfold.writers.checkpoint.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Puts what is kept of a state into a blob set: the arrays in chunks, the rest in the manifest's
 * metadata, {@code {"state":document,"stored":{...}}} with the {@link StateDocument} and
 *
 * <pre>
 * policy               RAW or RECIPE
 * fidelity_bound       of the MPS tensors, absent without, and when they were not compared
 * state_vector_sha256  of the vector that the recipe gives, when that was seen
 * compression_metrics  codec, raw_bytes, stored_bytes, ratio (1 - stored/raw), milliseconds, and
 *                      attempts: codecs that failed before, and why
 * </pre>
 *
 * For one thread.
 */
final class StateWriter {
  static final String GROUP = "quantum_data";
  static final String VECTOR = "state_vector";
  static final String TENSOR_PREFIX = "mps_tensors/tensor_";

  /** Levels to fall back to, and after the last one no compression. */
  private static final int[] LOWER_LEVELS = {9, 6, 1};

  private static final String ASK_FOR_VECTORS =
      "have vectors stored: by policy(StatePolicy.RAW), or by --raw of ringfold state import.";

  private static final double NANOS_PER_MILLISECOND = 1e6;

  /** Where tensors go: a {@link ChunkWriter}, or one that fails, in tests. */
  interface TensorWriter {
    List<StoredTensor> write(BlobSet set, List<ChunkWriter.Request> requests);
  }

  /** What is kept of a state, and what is known of it. */
  private record Kept(QuantumState state, double fidelityBound, @Nullable String vectorSha256) {}

  private final StatePolicy policy;
  private final @Nullable MpsOptions mps;
  private final ChunkCodec codec;
  private final long compressFromBytes;
  private final TensorWriter tensors;

  StateWriter(
      StatePolicy policy,
      @Nullable MpsOptions mps,
      ChunkCodec codec,
      long compressFromBytes,
      TensorWriter tensors) {
    this.policy = policy;
    this.mps = mps;
    this.codec = codec;
    this.compressFromBytes = compressFromBytes;
    this.tensors = tensors;
  }

  /**
   * Refuses what the policy does not take; in the caller's thread, without looking at numbers.
   *
   * @throws StateTooLargeException when the vector is too large to be stored, or to be compared
   * @throws IllegalArgumentException when nothing would be stored that gives the vector again
   */
  void check(QuantumState state) {
    if (state.vector() == null) {
      return;
    }
    if (policy.raw() && state.qubits() > policy.maxQubits()) {
      throw new StateTooLargeException(
          "The vector of state '"
              + state.id()
              + "' has "
              + state.qubits()
              + " qubits, "
              + bytes(state.qubits())
              + " bytes; this store takes vectors of up to "
              + policy.maxQubits()
              + ". Give it a recipe, or raise the cap by StatePolicy.raw(qubits).");
    }
    if (policy.raw()) {
      return;
    }
    if (state.recipe() == null && state.mps().isEmpty() && mps == null) {
      throw new IllegalArgumentException(
          "State '"
              + state.id()
              + "' has a vector only, and the policy RECIPE stores none. Give it a recipe, have MPS"
              + " tensors made by mps(MpsOptions), or "
              + ASK_FOR_VECTORS);
    }
    VectorProof.requireComparable(state);
    if (state.recipe() == null
        && !state.mps().isEmpty()
        && !Mps.givesVector(state.mps(), state.qubits())) {
      throw new IllegalArgumentException(
          "State '"
              + state.id()
              + "' has a vector, which the policy RECIPE does not store, and "
              + state.mps().size()
              + " MPS tensors that it cannot be made of again: "
              + state.qubits()
              + " of the shapes [1, 2, x], [x, 2, y] and so on up to [z, 2, 1] are needed. Leave"
              + " them out and have others made by mps(MpsOptions), give it a recipe, or "
              + ASK_FOR_VECTORS);
    }
  }

  private static long bytes(int qubits) {
    return qubits > 58 ? Long.MAX_VALUE : 16L << qubits;
  }

  /** Puts a state; the set is not forced. */
  QuantumStateSaved write(BlobSet set, QuantumState given) {
    Kept kept = kept(given);
    QuantumState state = kept.state();
    long started = System.nanoTime();
    List<String> attempts = new ArrayList<>();
    List<StoredTensor> stored = store(set, state, attempts);
    double milliseconds = (System.nanoTime() - started) / NANOS_PER_MILLISECOND;
    long rawBytes = rawBytes(given);
    Manifest arrays = Manifest.of("{}", stored);
    Map<String, Object> metrics = new LinkedHashMap<>();
    metrics.put("codec", codecOf(stored));
    metrics.put("raw_bytes", rawBytes);
    metrics.put("stored_bytes", arrays.storedBytes());
    metrics.put("ratio", rawBytes == 0 ? 0.0 : 1 - (double) arrays.storedBytes() / rawBytes);
    metrics.put("milliseconds", milliseconds);
    metrics.put("attempts", attempts);
    Manifest manifest = Manifest.of(metadata(kept, metrics), stored);
    byte[] encoded = manifest.encode();
    BlobRef ref = set.put(encoded);
    StateChecksums checksums = StateChecksums.of(state);
    return new QuantumStateSaved(
        state.id(),
        Math.max(0, state.qubits()),
        state.vector() != null,
        kept.fidelityBound(),
        rawBytes,
        manifest.storedBytes() + encoded.length,
        BlobId.parse(checksums.quantumState()),
        BlobId.parse(checksums.metadata()),
        ref);
  }

  private static long rawBytes(QuantumState given) {
    if (given.vector() != null || given.recipe() != null) {
      return bytes(given.qubits());
    }
    return given.mps().stream().mapToLong(Tensor::bytes).sum();
  }

  private String metadata(Kept kept, Map<String, Object> metrics) {
    Map<String, Object> how = new LinkedHashMap<>();
    how.put("policy", policy.label());
    how.put("compression_metrics", metrics);
    if (!Double.isNaN(kept.fidelityBound())) {
      how.put("fidelity_bound", kept.fidelityBound());
    }
    if (kept.vectorSha256() != null) {
      how.put("state_vector_sha256", kept.vectorSha256());
    }
    return CanonicalJson.text(Map.of("state", StateDocument.map(kept.state()), "stored", how));
  }

  private Kept kept(QuantumState given) {
    QuantumState.Builder kept = given.toBuilder();
    String vectorSha256 = null;
    double bound = VectorProof.ofTensors(given);
    double[] vector = given.vector();
    if (!policy.raw() && vector != null) {
      kept.vector(null);
      if (given.recipe() != null) {
        vectorSha256 = VectorProof.byRecipe(given, given.recipe(), vector);
      } else if (!given.mps().isEmpty()) {
        requireAlike(given, bound);
      }
    }
    if (mps != null && given.mps().isEmpty() && given.qubits() > 0) {
      Mps made = made(given, mps);
      if (made != null) {
        kept.mps(made.tensors(), made.bondDimension());
        bound = made.fidelityBound();
      }
    }
    return new Kept(kept.build(), bound, vectorSha256);
  }

  /** A vector is given up for tensors that give it again, or almost where that was asked for. */
  private void requireAlike(QuantumState given, double fidelity) {
    double least = VectorProof.SAME_FIDELITY;
    if (mps != null) {
      least = Math.min(least, 1 - mps.maxError());
    }
    if (!(fidelity >= least)) {
      throw new IllegalArgumentException(
          "The MPS tensors of state '"
              + given.id()
              + "' give a state with the fidelity "
              + fidelity
              + " to the vector given, and at least "
              + least
              + " is needed to store them instead of it. Correct them, leave them out and have"
              + " others made by mps(MpsOptions), or "
              + ASK_FOR_VECTORS);
    }
  }

  private @Nullable Mps made(QuantumState given, MpsOptions options) {
    double[] vector = given.vector();
    if (vector == null && given.recipe() != null && given.qubits() <= policy.maxQubits()) {
      try {
        vector = Simulator.run(given.recipe()).amplitudes();
      } catch (FormatException foreign) {
        return null;
      }
    }
    return vector == null ? null : Mps.of(vector, options.maxBond(), options.maxError());
  }

  private List<StoredTensor> store(BlobSet set, QuantumState state, List<String> attempts) {
    List<Tensor> all = new ArrayList<>(state.mps());
    List<String> names = new ArrayList<>();
    for (int i = 0; i < all.size(); i++) {
      names.add(TENSOR_PREFIX + i);
    }
    Tensor vector = state.vectorTensor();
    if (vector != null) {
      all.add(vector);
      names.add(VECTOR);
    }
    ChunkCodec next = codec;
    while (true) {
      try {
        return tensors.write(set, requests(names, all, next));
      } catch (RingfoldException e) {
        throw e;
      } catch (RuntimeException | OutOfMemoryError e) {
        attempts.add(next + ": " + e);
        if (next.compressor() == Compressor.NONE) {
          throw new CompressionFailedException("state '" + state.id() + "'", attempts, e);
        }
        next = lower(next);
      }
    }
  }

  private List<ChunkWriter.Request> requests(
      List<String> names, List<Tensor> all, ChunkCodec wanted) {
    List<ChunkWriter.Request> requests = new ArrayList<>();
    for (int i = 0; i < all.size(); i++) {
      ChunkCodec used = all.get(i).bytes() < compressFromBytes ? ChunkCodec.RAW : wanted;
      requests.add(new ChunkWriter.Request(GROUP, names.get(i), all.get(i), used));
    }
    return requests;
  }

  /** The next of 9, 6, 1 below a codec's level, and then none. */
  static ChunkCodec lower(ChunkCodec codec) {
    for (int level : LOWER_LEVELS) {
      if (level < codec.level() && level >= codec.compressor().minLevel()) {
        return new ChunkCodec(codec.compressor(), level, codec.shuffle());
      }
    }
    return ChunkCodec.RAW;
  }

  private static String codecOf(List<StoredTensor> stored) {
    return stored.stream()
        .map(StoredTensor::codec)
        .filter(codec -> codec.compressor() != Compressor.NONE)
        .findFirst()
        .orElse(ChunkCodec.RAW)
        .toString();
  }
}
