// SPDX-License-Identifier: Apache-2.0
package dev.ringfold;

import dev.ringfold.event.Event;
import dev.ringfold.event.MetricLayout;
import dev.ringfold.internal.ring.ProducerCore;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * A thread's handle for publishing. What one producer publishes keeps its order in the journal.
 *
 * <p><b>Threads.</b> A producer belongs to the thread that uses it first; a call from another one
 * throws {@link IllegalStateException}, since two threads on one handle would corrupt its count of
 * offered events. {@link #handOver()} gives it up to the next thread that calls.
 *
 * <p><b>Delivery.</b> {@code offer} is LOSSY: it never blocks, and what finds no room is dropped,
 * counted and declared in the journal. {@code append} is REQUIRED: it waits for room up to the
 * configured {@code required-timeout} and is never dropped in silence; its future completes at the
 * level asked for, in the thread {@code ringfold-ack}.
 */
public final class Producer implements AutoCloseable {
  private final ProducerCore core;

  Producer(ProducerCore core) {
    this.core = core;
  }

  /** The handle's name. */
  public String name() {
    return core.name();
  }

  /** The number that events of this producer carry, 1 to 255, for the rest of the session. */
  public int id() {
    return core.id();
  }

  /**
   * Offers an event; returns at once.
   *
   * @return false when it was dropped and counted: the ring is full, disk space is low, or the log
   *     has failed; also when the log is closed
   * @throws UnknownEventTypeException when the event's type is not registered
   * @throws EventTooLargeException when it does not fit a frame
   */
  public boolean offer(Stream stream, Event event) {
    return core.offer(stream.id(), event);
  }

  /**
   * A reusable row of metrics for one stream and layout; offering it allocates nothing. It belongs
   * to this producer's thread.
   */
  public MetricsRow metrics(Stream stream, MetricLayout layout) {
    return new MetricsRow(core, stream.id(), core.layoutId(layout), layout);
  }

  /** Appends a REQUIRED event; as {@link #append(Stream, Event, AckLevel, AppendOptions)}. */
  public CompletableFuture<AppendOutcome> append(Stream stream, Event event, AckLevel level) {
    return append(stream, event, level, AppendOptions.NONE);
  }

  /**
   * Appends a REQUIRED event, waiting for room in the ring.
   *
   * @param level when the future completes; {@link AckLevel#RING} takes no key and no expectation,
   *     since both are decided later
   * @return the outcome; exceptional when the log fails or the disk is full
   * @throws RingTimeoutException when there was no room within {@code required-timeout}
   * @throws UnknownEventTypeException when the event's type is not registered
   * @throws EventTooLargeException when it does not fit a frame
   */
  public CompletableFuture<AppendOutcome> append(
      Stream stream, Event event, AckLevel level, AppendOptions options) {
    return core.append(stream.id(), event, level, options);
  }

  /**
   * Appends a REQUIRED event and waits for its acknowledgement: faster than a future for a caller
   * that has nothing else to do.
   *
   * @param timeout for the acknowledgement
   * @throws RingTimeoutException when there was no room, or no answer in time; in the second case
   *     the event may still be stored
   */
  public AppendOutcome appendAndAwait(
      Stream stream, Event event, AckLevel level, AppendOptions options, Duration timeout) {
    return core.appendAndAwait(stream.id(), event, level, options, timeout.toNanos());
  }

  /** As the longer form, without options, waiting 30 seconds at most; returns the receipt. */
  public Receipt appendAndAwait(Stream stream, Event event, AckLevel level) {
    return appendAndAwait(stream, event, level, AppendOptions.NONE, Duration.ofSeconds(30))
        .receipt();
  }

  /** A new atomic group: all of its events are stored in one frame, or none. */
  public UnitOfWork unitOfWork() {
    return new UnitOfWork(core);
  }

  /** Gives the producer up to the next thread that uses it. */
  public void handOver() {
    core.handOver();
  }

  /** Events offered through this handle in this session, dropped ones included. */
  public long offered() {
    return core.offered();
  }

  /** Events that found no room in the ring, or no disk space, before the journal saw them. */
  public long dropped() {
    return core.dropped();
  }

  /** Ends the use of this handle; its name may be opened again. */
  @Override
  public void close() {
    core.close();
  }
}
