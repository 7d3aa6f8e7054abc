// SPDX-License-Identifier: Apache-2.0
package dev.ringfold;

import dev.ringfold.event.EventType;
import dev.ringfold.event.EventTypes;
import dev.ringfold.internal.ring.LogEngine;
import dev.ringfold.internal.ring.StoreOpening;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Says how to open a log. Values set here win over the environment ({@code RINGFOLD_…}), which wins
 * over a file, which wins over the defaults of {@link LogOption}.
 */
public final class EventLogBuilder {
  private final Path directory;
  private final LogConfig.Builder config = LogConfig.builder();
  private final List<EventType<?>> types = new ArrayList<>();
  private Map<String, String> environment = System.getenv();
  private Clock clock = Clock.systemUTC();
  private @Nullable LongSupplier usableBytes;
  private boolean createIfMissing = true;

  EventLogBuilder(Path directory) {
    this.directory = directory;
  }

  /** Sets a count or byte option. */
  public EventLogBuilder set(LogOption option, long value) {
    config.set(option, value);
    return this;
  }

  /** Sets a duration option. */
  public EventLogBuilder set(LogOption option, Duration value) {
    config.set(option, value);
    return this;
  }

  /** Takes the entries of a configuration file; the environment and {@link #set} win over them. */
  public EventLogBuilder file(Map<String, String> entries, String fileName) {
    config.file(entries, fileName);
    return this;
  }

  /** Lets the log delete old segments by itself; see {@link RetentionPolicy}. */
  public EventLogBuilder retention(RetentionPolicy policy) {
    config.set(LogOption.RETENTION_AGE, policy.age());
    config.set(LogOption.RETENTION_BYTES, policy.bytes());
    config.set(LogOption.RETENTION_CHECKPOINTS, policy.checkpoints());
    return this;
  }

  /** Replaces the process's environment; an empty map ignores it. */
  public EventLogBuilder environment(Map<String, String> variables) {
    environment = Map.copyOf(variables);
    return this;
  }

  /** Registers types of your own events. */
  public EventLogBuilder register(EventType<?>... eventTypes) {
    types.addAll(List.of(eventTypes));
    return this;
  }

  /** The wall clock; read once, at open. */
  public EventLogBuilder clock(Clock wallClock) {
    clock = wallClock;
    return this;
  }

  /** Replaces the look at the disk's free space, for tests of a filling disk. */
  public EventLogBuilder usableSpace(LongSupplier bytes) {
    usableBytes = bytes;
    return this;
  }

  /** Whether a missing store is created (the default) or is an error. */
  public EventLogBuilder createIfMissing(boolean create) {
    createIfMissing = create;
    return this;
  }

  /**
   * Opens the log: checks the JVM's flags and the directory, takes the lock, recovers, starts.
   *
   * @throws MissingJvmFlagsException with the exact line to add
   * @throws UnsafeStoreException when the directory or its file system cannot be trusted
   * @throws StoreLockedException when another process has it open
   * @throws CorruptJournalException when something that was on disk is damaged or missing
   * @throws StoreTooNewException when a newer version wrote it
   * @throws SchemaChangedException when an event type changed without a new version
   * @throws DiskFullException when there is no room to begin a segment
   */
  public EventLog build() {
    LogConfig checked = config.environment(environment).build();
    EventTypes.Builder registry = EventTypes.builder();
    types.forEach(registry::add);
    EventTypes known = registry.build();
    StoreOpening opening =
        new StoreOpening(directory, checked, known, clock, usableBytes, createIfMissing);
    LogEngine engine = opening.open();
    return new EventLog(checked, known, opening.lock(), engine, clock).start();
  }
}
