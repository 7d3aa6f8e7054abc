// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.quantum;

import dev.ringfold.AckLevel;
import dev.ringfold.AppendOptions;
import dev.ringfold.EventLog;
import dev.ringfold.Producer;
import dev.ringfold.Receipt;
import dev.ringfold.Stream;
import dev.ringfold.event.Event;
import java.time.Duration;

/** Appends events of any thread, one at a time. */
final class StateFacts {
  private final Producer producer;
  private final Stream stream;
  private final Duration timeout;

  StateFacts(EventLog log, String stream, Duration timeout) {
    this.producer = log.producer("quantum-facts");
    this.stream = log.stream(stream);
    this.timeout = timeout;
  }

  synchronized Receipt append(Event event, AckLevel level) {
    try {
      return producer.appendAndAwait(stream, event, level, AppendOptions.NONE, timeout).receipt();
    } finally {
      producer.handOver();
    }
  }

  synchronized void close() {
    producer.close();
  }
}
