// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.quantum;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** States as the events of a log tell of them. Thread-safe. */
abstract sealed class RegisteredStates implements QuantumStates permits QuantumStore, StoredStates {
  final StateRegistry registry;
  final StateReader reader;

  RegisteredStates(StateRegistry registry, StateReader reader) {
    this.registry = registry;
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
  public Map<String, Object> compressionMetrics(SavedState version) {
    return reader.compressionMetrics(version);
  }
}
