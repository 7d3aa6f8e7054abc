// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.crash;

import dev.ringfold.EventLog;
import dev.ringfold.EventLogBuilder;
import dev.ringfold.LogOption;
import dev.ringfold.event.EventType;
import dev.ringfold.event.EventTypes;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/** How the harness opens stores: small segments, so that rolls are as frequent as can be. */
final class CrashStore {
  private static final long SEGMENT_BYTES = 1 << 20;
  private static final long SMALL_BLOCK_BYTES = 64 << 10;
  private static final long LARGE_BLOCK_BYTES = 256 << 10;
  private static final long RESERVE_BYTES = 256 << 10;
  private static final long KEY_WINDOW = 4_096;
  private static final Duration INTERVAL = Duration.ofMillis(20);

  private CrashStore() {}

  /** A builder with the harness's options; the seed decides the block size. */
  static EventLogBuilder builder(Path store, long seed, Workload workload) {
    EventLogBuilder builder =
        EventLog.builder(store)
            .environment(Map.of())
            .set(LogOption.RING_SLOTS, 4_096)
            .set(LogOption.SEGMENT_BYTES, SEGMENT_BYTES)
            .set(LogOption.BLOCK_BYTES, (seed & 1) == 0 ? SMALL_BLOCK_BYTES : LARGE_BLOCK_BYTES)
            .set(LogOption.RESERVE_BYTES, RESERVE_BYTES)
            .set(LogOption.KEY_WINDOW, KEY_WINDOW)
            .set(LogOption.FORCE_INTERVAL, INTERVAL)
            .set(LogOption.LEDGER_INTERVAL, INTERVAL)
            // The disks of the harness may be as small as they like; filling them is its own test.
            .set(LogOption.LOW_SPACE_BYTES, 2 << 20)
            .set(LogOption.FULL_SPACE_BYTES, 1 << 20);
    builder.register(workload.types().toArray(new EventType<?>[0]));
    return builder;
  }

  /** The same types as the log's. */
  static EventTypes types(Workload workload) {
    EventTypes.Builder types = EventTypes.builder();
    workload.types().forEach(types::add);
    return types.build();
  }
}
