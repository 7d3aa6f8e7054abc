// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.quantum;

import dev.ringfold.EventLog;
import dev.ringfold.writers.checkpoint.ChunkCodec;
import dev.ringfold.writers.checkpoint.Compressor;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Says how to open a {@link QuantumStore}. For one thread. */
public final class QuantumStoreBuilder {
  /** Gzip at level 6, shuffled: what is also written to HDF5. */
  public static final ChunkCodec DEFAULT_CODEC = new ChunkCodec(Compressor.GZIP, 6, true);

  /** Arrays below this many bytes are not compressed, unless told otherwise. */
  public static final long DEFAULT_COMPRESS_FROM_BYTES = 4_096;

  /** Bytes of loaded states kept in memory, unless told otherwise: 64 MiB. */
  public static final long DEFAULT_CACHE_BYTES = 64L << 20;

  /** Bytes of states that wait to be saved, unless told otherwise: 256 MiB. */
  public static final long DEFAULT_MAX_WAITING_BYTES = 256L << 20;

  /** Shortest time between two scrubs. */
  public static final Duration MIN_SCRUB_INTERVAL = Duration.ofMillis(10);

  final @Nullable Path directory;
  final @Nullable EventLog log;
  StatePolicy policy = StatePolicy.RECIPE;
  @Nullable MpsOptions mps;
  ChunkCodec codec = DEFAULT_CODEC;
  long compressFromBytes = DEFAULT_COMPRESS_FROM_BYTES;
  long cacheBytes = DEFAULT_CACHE_BYTES;
  long maxWaitingBytes = DEFAULT_MAX_WAITING_BYTES;
  @Nullable Duration scrubInterval;
  StateWriter.@Nullable TensorWriter tensors;

  QuantumStoreBuilder(@Nullable Path directory, @Nullable EventLog log) {
    this.directory = directory;
    this.log = log;
  }

  /** Whether vectors are stored; {@link StatePolicy#RECIPE} when not set. */
  public QuantumStoreBuilder policy(StatePolicy value) {
    policy = Objects.requireNonNull(value, "policy");
    return this;
  }

  /** Has MPS tensors made, in the background, of states that come without. */
  public QuantumStoreBuilder mps(MpsOptions value) {
    mps = Objects.requireNonNull(value, "mps");
    return this;
  }

  /** How arrays are stored; {@link #DEFAULT_CODEC} when not set. */
  public QuantumStoreBuilder codec(ChunkCodec value) {
    codec = Objects.requireNonNull(value, "codec");
    return this;
  }

  /**
   * Compresses arrays of at least so many bytes, in the background; smaller ones stay as they are.
   */
  public QuantumStoreBuilder compressFrom(long bytes) {
    compressFromBytes = notNegative(bytes, "compressFrom");
    return this;
  }

  /** Keeps at most so many bytes of loaded states in memory; 0 keeps none. */
  public QuantumStoreBuilder cache(long bytes) {
    cacheBytes = notNegative(bytes, "cache");
    return this;
  }

  /** Lets at most so many bytes of states wait to be saved; then {@code save} waits for room. */
  public QuantumStoreBuilder maxWaiting(long bytes) {
    maxWaitingBytes = notNegative(bytes, "maxWaiting");
    return this;
  }

  /** Reads everything again in this interval, in a thread of its own; not done when not set. */
  public QuantumStoreBuilder scrubEvery(Duration interval) {
    if (interval.compareTo(MIN_SCRUB_INTERVAL) < 0) {
      throw new IllegalArgumentException(
          "scrubEvery must be at least " + MIN_SCRUB_INTERVAL + " but was " + interval);
    }
    scrubInterval = interval;
    return this;
  }

  /** For tests: where tensors go instead of the chunk writer. */
  QuantumStoreBuilder tensors(StateWriter.TensorWriter value) {
    tensors = value;
    return this;
  }

  private static long notNegative(long bytes, String name) {
    if (bytes < 0) {
      throw new IllegalArgumentException(name + " must be >= 0 but was " + bytes);
    }
    return bytes;
  }

  /**
   * Opens the store, creating a log when there is none in the directory.
   *
   * @throws dev.ringfold.RingfoldException when it cannot be opened; the message says why
   */
  public QuantumStore open() {
    if (log != null) {
      return new QuantumStore(this, log, false);
    }
    EventLog opened = EventLog.open(Objects.requireNonNull(directory));
    try {
      return new QuantumStore(this, opened, true);
    } catch (RuntimeException | Error e) {
      opened.close();
      throw e;
    }
  }
}
