// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.quantum;

import dev.ringfold.EventLogReader;
import dev.ringfold.writers.checkpoint.EventScan;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The states of a log, for reading. A {@link QuantumStore} is one, and {@link #open} gives one of a
 * store that another process may be writing. Thread-safe.
 */
public sealed interface QuantumStates permits RegisteredStates {
  /**
   * The states of a store that is open for reading.
   *
   * @param maxQubits most qubits of a vector that is made again, up to {@link
   *     StateVector#MAX_QUBITS}
   */
  static StoredStates open(EventLogReader log, int maxQubits) {
    return StoredStates.of(log, maxQubits);
  }

  /**
   * The states of a store as they were at a sequence. One that was removed since then is listed,
   * but when its blobs are gone it is a {@link StateNotFoundException}.
   */
  static StoredStates openAt(EventLogReader log, long sequence) {
    return openAt(log, EventScan.of(() -> log.tailer().upTo(sequence)), Set.of());
  }

  /**
   * As the shorter form.
   *
   * @param scan gives the events up to the sequence, at least those about states
   * @param without sequences of events that are treated as if they had never been
   */
  static StoredStates openAt(EventLogReader log, EventScan scan, Set<Long> without) {
    return StoredStates.of(log, StatePolicy.DEFAULT_MAX_QUBITS, scan, without);
  }

  /** As the longer form, up to {@link StatePolicy#DEFAULT_MAX_QUBITS}. */
  static StoredStates open(EventLogReader log) {
    return open(log, StatePolicy.DEFAULT_MAX_QUBITS);
  }

  /** The newest version of every state, in the order they were saved. */
  List<SavedState> list();

  /** The newest version of a state. */
  Optional<SavedState> find(String id);

  /** All versions of a state that are not removed, oldest first. */
  List<SavedState> versions(String id);

  /**
   * The newest version of a state, with its vector where the cap allows one.
   *
   * @throws StateNotFoundException when there is none of this id, or it is removed meanwhile
   * @throws dev.ringfold.writers.checkpoint.ChecksumMismatchException when what is stored is
   *     damaged; names the nearest good source
   */
  QuantumState load(String id);

  /** The version of a state that was the newest at a sequence. As {@link #load(String)}. */
  QuantumState loadAt(String id, long sequence);

  /** A version of a state. As {@link #load(String)}. */
  QuantumState load(SavedState version);

  /** What is stored of a version: without a vector where only its recipe or tensors are. */
  QuantumState loadStored(SavedState version);

  /** What was measured when a version was stored, as {@code compression_metrics} in files. */
  Map<String, Object> compressionMetrics(SavedState version);

  /**
   * Gives the newest version's vector out in pieces. A stored one is read chunk by chunk, never as
   * a whole; one that is made again is in memory at once, up to the cap.
   *
   * @throws StateTooLargeException when it is not stored, and over the cap or without a recipe
   */
  void stream(String id, VectorSink sink);

  /** The log's directory. */
  Path directory();

  /** The log's id. */
  String storeId();
}
