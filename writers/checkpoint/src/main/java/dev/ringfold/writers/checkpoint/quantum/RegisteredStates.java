// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.quantum;

import dev.ringfold.blob.BlobNotFoundException;
import dev.ringfold.writers.checkpoint.ChecksumMismatchException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** States as the events of a log tell of them. Thread-safe. */
abstract sealed class RegisteredStates implements QuantumStates permits QuantumStore, StoredStates {
  final StateRegistry registry;
  final StateReader reader;
  private final StateRegistry now;

  /**
   * Over a registry.
   *
   * @param now of the same log as it is now, when {@code registry} is of an earlier time
   */
  RegisteredStates(StateRegistry registry, StateRegistry now, StateReader reader) {
    this.registry = registry;
    this.now = now;
    this.reader = reader;
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
  public QuantumState loadStored(SavedState version) {
    return there(version, () -> reader.stored(version));
  }

  @Override
  public Map<String, Object> compressionMetrics(SavedState version) {
    return there(version, () -> reader.compressionMetrics(version));
  }

  /** A version with its vector; where it is damaged, the nearest good source is named. */
  final QuantumState whole(SavedState version) {
    try {
      return there(version, () -> reader.load(version));
    } catch (ChecksumMismatchException e) {
      throw reader.withNearestGood(e, version, registry);
    }
  }

  /** Gives the vector of a version out. */
  final void pieces(SavedState version, VectorSink sink) {
    there(
        version,
        () -> {
          reader.stream(version, sink);
          return version;
        });
  }

  /** Reads something of a version; what is missing of one that was removed is no damage. */
  private <T> T there(SavedState version, Supplier<T> reading) {
    try {
      return reading.get();
    } catch (ChecksumMismatchException | BlobNotFoundException e) {
      if (now.refresh().has(version.sequence())) {
        throw e;
      }
      StateNotFoundException removed =
          new StateNotFoundException(
              version.id() + "@" + version.sequence() + ", which was removed since then,",
              directory().toString(),
              now.nearest(version.id()));
      removed.addSuppressed(e);
      throw removed;
    }
  }
}
