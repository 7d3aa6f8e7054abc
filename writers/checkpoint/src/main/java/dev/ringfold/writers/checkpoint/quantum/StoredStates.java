// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.quantum;

import dev.ringfold.EventLogReader;
import dev.ringfold.blob.BlobStore;
import dev.ringfold.writers.checkpoint.ChecksumMismatchException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The states of a store that is open for reading only; see {@link QuantumStates#open}. Thread-safe.
 */
public final class StoredStates implements QuantumStates, AutoCloseable {
  private final EventLogReader log;
  private final BlobStore blobs;
  private final StateRegistry registry;
  private final StateReader reader;

  StoredStates(EventLogReader log, int maxQubits) {
    StatePolicy cap = StatePolicy.RECIPE.withMaxQubits(maxQubits);
    this.log = log;
    this.blobs = log.blobs();
    this.reader = new StateReader(blobs, cap.maxQubits());
    this.registry =
        new StateRegistry(log::tailer, () -> Long.MAX_VALUE, log.directory().toString());
  }

  @Override
  public List<SavedState> list() {
    return registry.refresh().list();
  }

  @Override
  public Optional<SavedState> find(String id) {
    return registry.refresh().newest(id);
  }

  @Override
  public List<SavedState> versions(String id) {
    return registry.refresh().versions(id);
  }

  @Override
  public QuantumState load(String id) {
    return load(registry.refresh().require(id));
  }

  @Override
  public QuantumState loadAt(String id, long sequence) {
    return load(registry.refresh().require(id, sequence));
  }

  @Override
  public QuantumState load(SavedState version) {
    try {
      return reader.load(version);
    } catch (ChecksumMismatchException e) {
      throw reader.withNearestGood(e, version, registry);
    }
  }

  @Override
  public QuantumState loadStored(SavedState version) {
    return reader.stored(version);
  }

  @Override
  public Map<String, Object> compressionMetrics(SavedState version) {
    return reader.compressionMetrics(version);
  }

  @Override
  public void stream(String id, VectorSink sink) {
    reader.stream(registry.refresh().require(id), sink);
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
