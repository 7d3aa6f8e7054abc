// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.parquet;

import dev.ringfold.EventLog;
import dev.ringfold.LogClosedException;
import dev.ringfold.MetricsRow;
import dev.ringfold.Producer;
import dev.ringfold.Stream;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** What the threads that log to one attempt of a run have in common. Thread-safe. */
final class RunSession {
  private final EventLog log;
  private final Stream stream;
  private final int attempt;
  private final CostMeter costs;
  private final ColumnLimits limits = new ColumnLimits();
  private final List<CountedProducer> producers = new CopyOnWriteArrayList<>();
  private volatile boolean open = true;
  private long offeredBefore;
  private long droppedBefore;

  /** A producer and what its name had counted before: a name keeps its counts for a session. */
  record CountedProducer(Producer producer, long offeredBefore, long droppedBefore) {
    long offered() {
      return producer.offered() - offeredBefore;
    }

    long dropped() {
      return producer.dropped() - droppedBefore;
    }
  }

  RunSession(EventLog log, Stream stream, int attempt, CostMeter costs) {
    this.log = log;
    this.stream = stream;
    this.attempt = attempt;
    this.costs = costs;
  }

  EventLog log() {
    return log;
  }

  Stream stream() {
    return stream;
  }

  String run() {
    return stream.name();
  }

  int attempt() {
    return attempt;
  }

  CostMeter costs() {
    return costs;
  }

  ColumnLimits limits() {
    return limits;
  }

  /** Opens a producer whose rows are counted in {@link #offered} and {@link #dropped}. */
  synchronized Producer producer(String name) {
    Producer producer = log.producer(name);
    producers.removeIf(counted -> counted.producer().id() == producer.id() && forget(counted));
    producers.add(new CountedProducer(producer, producer.offered(), producer.dropped()));
    return producer;
  }

  private boolean forget(CountedProducer counted) {
    offeredBefore += counted.offered();
    droppedBefore += counted.dropped();
    return true;
  }

  synchronized long offered() {
    return offeredBefore + producers.stream().mapToLong(CountedProducer::offered).sum();
  }

  synchronized long dropped() {
    return droppedBefore + producers.stream().mapToLong(CountedProducer::dropped).sum();
  }

  /** Gives the handle of one thread back, unless the session has ended and did so already. */
  synchronized void close(Producer producer) {
    if (open) {
      producer.close();
    }
  }

  /** After {@link #end}: gives back every handle, also of threads that forgot to. */
  synchronized void closeProducers() {
    producers.forEach(counted -> counted.producer().close());
  }

  boolean isOpen() {
    return open;
  }

  /** Offers a row unless the session has ended; the end may come at any moment. */
  boolean offer(MetricsRow row) {
    try {
      return open && row.offer();
    } catch (LogClosedException closedMeanwhile) {
      return false;
    }
  }

  void requireOpen() {
    if (!open) {
      throw new LogClosedException("The logger of run '" + run() + "' is closed.");
    }
  }

  /** From now on rows are refused. */
  synchronized void end() {
    open = false;
  }
}
