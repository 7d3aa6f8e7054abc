// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.projections;

import dev.ringfold.EventLog;
import dev.ringfold.EventLogReader;
import dev.ringfold.ForkOrigin;
import dev.ringfold.Tailer;
import java.nio.file.Path;
import java.util.OptionalInt;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The journal as a projection reads it, whether this process writes it or not. */
record Journal(
    Path directory,
    String storeId,
    @Nullable ForkOrigin origin,
    Supplier<Tailer.Builder> tailers,
    LongSupplier floor) {
  static Journal of(EventLog log) {
    return new Journal(
        log.directory(), log.storeId(), log.forkedFrom(), log::tailer, log::floorSequence);
  }

  static Journal of(EventLogReader log) {
    return new Journal(
        log.directory(), log.storeId(), log.forkedFrom(), log::tailer, log::floorSequence);
  }

  Tailer.Builder tailer() {
    return tailers.get();
  }

  long floorSequence() {
    return floor.getAsLong();
  }

  /** CRC of the frame that holds a sequence at or above the floor; empty when it is not written. */
  OptionalInt frameCrcAt(long sequence) {
    int[] crc = new int[1];
    try (Tailer tailer = tailer().fromSequence(sequence).upTo(sequence).open()) {
      int found = tailer.poll(event -> crc[0] = event.frameCrc(), 1);
      return found == 0 ? OptionalInt.empty() : OptionalInt.of(crc[0]);
    }
  }
}
