// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.internal.save;

import dev.ringfold.AckLevel;
import dev.ringfold.AppendOptions;
import dev.ringfold.EventLog;
import dev.ringfold.Producer;
import dev.ringfold.Receipt;
import dev.ringfold.event.Event;
import java.time.Duration;

/** Publishes facts about checkpoints; when a call returns, its fact is on the disk. Thread-safe. */
public final class Facts implements AutoCloseable {
  /** Name of the producer; a log has one. */
  public static final String PRODUCER = "checkpoints";

  private static final Duration ACK_TIMEOUT = Duration.ofSeconds(60);

  private final EventLog log;
  private final Producer producer;

  /** Opens the producer. */
  public Facts(EventLog log) {
    this.log = log;
    this.producer = log.producer(PRODUCER);
    producer.handOver();
  }

  /**
   * Appends a fact at level DISK and waits for it.
   *
   * @param run the stream it belongs to
   * @return where it is
   * @throws dev.ringfold.RingfoldException when the fact may be stored or not, unless the log had
   *     no room for it
   */
  public synchronized Receipt append(String run, Event fact) {
    try {
      return producer
          .appendAndAwait(log.stream(run), fact, AckLevel.DISK, AppendOptions.NONE, ACK_TIMEOUT)
          .receipt();
    } finally {
      producer.handOver();
    }
  }

  @Override
  public synchronized void close() {
    producer.close();
  }
}
