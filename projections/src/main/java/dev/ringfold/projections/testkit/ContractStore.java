// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.projections.testkit;

import dev.ringfold.EventLog;
import dev.ringfold.EventLogReader;
import dev.ringfold.LogOption;
import dev.ringfold.event.EventType;
import dev.ringfold.event.EventTypes;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** A store of the contract's tests. */
final class ContractStore {
  private static final int RING_SLOTS = 4_096;
  private static final long SEGMENT_BYTES = 4L << 20;
  private static final long BLOCK_BYTES = 1L << 20;

  private final Path directory;
  private final EventType<?>[] types;

  ContractStore(Path directory, List<EventType<?>> types) {
    this.directory = directory;
    this.types = types.toArray(EventType<?>[]::new);
  }

  /** Opens the log, publishes and closes it. */
  void publish(Consumer<EventLog> publisher) {
    try (EventLog log =
        EventLog.builder(directory)
            .environment(Map.of())
            .set(LogOption.RING_SLOTS, RING_SLOTS)
            .set(LogOption.SEGMENT_BYTES, SEGMENT_BYTES)
            .set(LogOption.BLOCK_BYTES, BLOCK_BYTES)
            .set(LogOption.RESERVE_BYTES, BLOCK_BYTES)
            .register(types)
            .build()) {
      publisher.accept(log);
    }
  }

  /** Another store with the same history up to now. */
  ContractStore copyTo(Path target) {
    OutputTree.copy(directory, target);
    return new ContractStore(target, List.of(types));
  }

  EventLogReader read() {
    EventTypes.Builder registry = EventTypes.builder();
    for (EventType<?> type : types) {
      registry.add(type);
    }
    return EventLogReader.open(directory, registry.build());
  }

  Path directory() {
    return directory;
  }
}
