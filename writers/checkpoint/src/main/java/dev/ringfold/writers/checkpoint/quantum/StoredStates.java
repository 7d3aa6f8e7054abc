// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.quantum;

import dev.ringfold.EventLogReader;
import dev.ringfold.blob.BlobStore;
import dev.ringfold.writers.checkpoint.EventScan;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/**
 * The states of a store that is open for reading only; see {@link QuantumStates#open}. Thread-safe.
 */
public final class StoredStates extends RegisteredStates implements AutoCloseable {
  private final EventLogReader log;
  private final BlobStore blobs;

  private StoredStates(
      EventLogReader log,
      BlobStore blobs,
      StateRegistry registry,
      StateRegistry now,
      int maxQubits) {
    super(
        registry,
        now,
        new StateReader(blobs, StatePolicy.RECIPE.withMaxQubits(maxQubits).maxQubits()));
    this.log = log;
    this.blobs = blobs;
  }

  static StoredStates of(EventLogReader log, int maxQubits) {
    StateRegistry now = registry(log);
    return new StoredStates(log, log.blobs(), now, now, maxQubits);
  }

  static StoredStates of(EventLogReader log, int maxQubits, EventScan scan, Set<Long> without) {
    String where = log.directory().toString();
    StateRegistry then = new StateRegistry(scan, () -> Long.MAX_VALUE, where, without);
    return new StoredStates(log, log.blobs(), then, registry(log), maxQubits);
  }

  private static StateRegistry registry(EventLogReader log) {
    return new StateRegistry(log::tailer, () -> Long.MAX_VALUE, log.directory().toString());
  }

  /** Every version of every state, oldest first. */
  public List<SavedState> all() {
    return registry.refresh().all();
  }

  @Override
  public QuantumState load(SavedState version) {
    return whole(version);
  }

  @Override
  public void stream(String id, VectorSink sink) {
    pieces(registry.refresh().require(id), sink);
  }

  @Override
  public Path directory() {
    return log.directory();
  }

  @Override
  public String storeId() {
    return log.storeId();
  }

  /** Closes what it opened; the reader of the log stays open. */
  @Override
  public void close() {
    blobs.close();
  }
}
