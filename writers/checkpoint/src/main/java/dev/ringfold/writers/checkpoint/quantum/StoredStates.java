// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.quantum;

import dev.ringfold.EventLogReader;
import dev.ringfold.blob.BlobStore;
import dev.ringfold.writers.checkpoint.ChecksumMismatchException;
import dev.ringfold.writers.checkpoint.EventScan;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The states of a store that is open for reading only; see {@link QuantumStates#open}. Thread-safe.
 */
public final class StoredStates extends RegisteredStates implements AutoCloseable {
  private static final int NEAREST = 3;

  private final EventLogReader log;
  private final BlobStore blobs;
  private final @Nullable StateRegistry later;

  private StoredStates(
      EventLogReader log,
      BlobStore blobs,
      StateRegistry registry,
      @Nullable StateRegistry later,
      int maxQubits) {
    super(
        registry, new StateReader(blobs, StatePolicy.RECIPE.withMaxQubits(maxQubits).maxQubits()));
    this.log = log;
    this.blobs = blobs;
    this.later = later;
  }

  static StoredStates of(EventLogReader log, int maxQubits) {
    return new StoredStates(log, log.blobs(), whole(log), null, maxQubits);
  }

  static StoredStates of(EventLogReader log, int maxQubits, EventScan scan, Set<Long> without) {
    String where = log.directory().toString();
    StateRegistry then = new StateRegistry(scan, () -> Long.MAX_VALUE, where, without);
    return new StoredStates(log, log.blobs(), then, whole(log), maxQubits);
  }

  private static StateRegistry whole(EventLogReader log) {
    return new StateRegistry(log::tailer, () -> Long.MAX_VALUE, log.directory().toString());
  }

  /** Every version of every state, oldest first. */
  public List<SavedState> all() {
    return registry.refresh().all();
  }

  @Override
  public QuantumState load(SavedState version) {
    try {
      return reader.load(version);
    } catch (ChecksumMismatchException e) {
      requireNotRemoved(version, e);
      throw reader.withNearestGood(e, version, registry);
    }
  }

  @Override
  public QuantumState loadStored(SavedState version) {
    try {
      return reader.stored(version);
    } catch (ChecksumMismatchException e) {
      requireNotRemoved(version, e);
      throw e;
    }
  }

  /** What is missing of the past may have been removed since then. */
  private void requireNotRemoved(SavedState version, ChecksumMismatchException found) {
    StateRegistry now = later;
    if (now != null && now.refresh().all().stream().noneMatch(version::equals)) {
      StateNotFoundException removed =
          new StateNotFoundException(
              version.id() + "@" + version.sequence() + ", which was removed since then,",
              log.directory().toString(),
              now.list().stream().map(SavedState::id).limit(NEAREST).toList());
      removed.addSuppressed(found);
      throw removed;
    }
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
