// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.internal.ring;

import dev.ringfold.AckLevel;
import dev.ringfold.AppendOptions;
import dev.ringfold.AppendOutcome;
import dev.ringfold.EventTooLargeException;
import dev.ringfold.LogClosedException;
import dev.ringfold.event.DropReason;
import dev.ringfold.event.Event;
import dev.ringfold.event.EventFormat;
import dev.ringfold.event.EventTypes;
import dev.ringfold.event.MetricLayout;
import dev.ringfold.internal.journal.Dictionary;
import dev.ringfold.internal.journal.FrameFormat;
import dev.ringfold.internal.journal.LogClock;
import dev.ringfold.internal.journal.LogState;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * What a producer does in its own thread: count, encode, claim, copy, publish.
 *
 * <p>Hot path rules for {@link #offerMetrics}: no allocation, no lock, no log line, one clock read.
 * Between a claim and its publish nothing may throw past us, since a claimed slot that is never
 * published stalls the journal for ever.
 */
public final class ProducerCore {
  private static final int METRICS_TYPE = dev.ringfold.event.BuiltinTypes.METRICS_LOGGED.id();
  private static final int METRICS_VERSION =
      dev.ringfold.event.BuiltinTypes.METRICS_LOGGED.schemaVersion();

  /** Longer rows are encoded apart and copied. */
  private static final int MAX_SLOTS_IN_PLACE = 8;

  private final EventRing ring;
  private final ProducerHandle handle;
  private final LogState state;
  private final LogClock clock;
  private final Dictionary dictionary;
  private final EventEncoder encoder;
  private final GroupDraft single;
  private final RequiredAppends appends;
  private final int maxRecordBytes;

  /** A row whose slots go around the end of the ring's memory is encoded here first. */
  private final byte[] wrapped = new byte[MAX_SLOTS_IN_PLACE * EventRing.SLOT_BYTES];

  private @Nullable Thread owner;
  private boolean closed;

  public ProducerCore(
      LogEngine engine, ProducerHandle handle, EventTypes types, long requiredTimeoutNanos) {
    this.ring = engine.ring();
    this.handle = handle;
    this.state = engine.state();
    this.clock = engine.clock();
    this.dictionary = engine.dictionary();
    this.maxRecordBytes =
        Math.min(
            engine.writer().maxFrameBytes() - FrameFormat.HEADER_LENGTH, ring.maxRecordBytes());
    this.encoder = new EventEncoder(types, handle.id());
    this.single = new GroupDraft(maxRecordBytes);
    this.appends = new RequiredAppends(engine, handle, encoder, requiredTimeoutNanos);
  }

  public String name() {
    return handle.name();
  }

  public int id() {
    return handle.id();
  }

  public long offered() {
    return handle.offered();
  }

  public long dropped() {
    return handle.dropped();
  }

  public int layoutId(MetricLayout layout) {
    return dictionary.layout(layout);
  }

  public int nameId(String name) {
    return dictionary.name(name);
  }

  private void checkOwner() {
    Thread current = Thread.currentThread();
    if (owner != current) {
      takeOver(current);
    }
  }

  private void takeOver(Thread current) {
    if (closed) {
      throw new LogClosedException("Producer '" + name() + "' is closed; open it again by name.");
    }
    if (owner != null) {
      throw new IllegalStateException(
          "Producer '"
              + name()
              + "' belongs to thread "
              + owner.getName()
              + " and was called from "
              + current.getName()
              + ". Give each thread its own producer, or call handOver() first.");
    }
    owner = current;
  }

  /** The next thread to call becomes the owner. */
  public void handOver() {
    owner = null;
  }

  /** Offers a row of metrics; see the class for the rules of this path. */
  public boolean offerMetrics(int stream, MetricsPayload row, long eventTimeNanos) {
    checkOwner();
    if (!state.acceptsLossy()) {
      return refuseLossy();
    }
    long time = eventTimeNanos == Long.MIN_VALUE ? clock.nanos() : eventTimeNanos;
    int slots = EventRing.slotsFor(EventFormat.HEADER_LENGTH + row.maxLength());
    if (slots > MAX_SLOTS_IN_PLACE) {
      byte[] bytes = encoder.metrics(row, stream, time);
      requireFits(encoder.metricsLength());
      return offerBytes(bytes, encoder.metricsLength());
    }
    long ordinal = handle.offer(1);
    long last = ring.tryClaim(slots);
    if (last < 0) {
      return dropWithoutRoom();
    }
    long first = last - slots + 1;
    Slot slot = ring.slot(first);
    slot.eventCount = 0; // Until the encoding has succeeded.
    slot.slotCount = slots;
    try {
      boolean inPlace = ring.isContiguous(first, slots);
      byte[] memory = inPlace ? ring.memory() : wrapped;
      int offset = inPlace ? ring.offsetOf(first) : 0;
      int length =
          EventFormat.HEADER_LENGTH + row.encode(memory, offset + EventFormat.HEADER_LENGTH);
      EventHeader.put(
          memory, offset, length, METRICS_TYPE, METRICS_VERSION, 0, handle.id(), stream, time);
      if (!inPlace) {
        ring.copyIn(first, memory, 0, length);
      }
      slot.ordinal = ordinal;
      slot.length = length;
      slot.producer = handle.id();
      slot.eventCount = 1;
    } finally {
      ring.publish(first, last);
    }
    return true;
  }

  /** A sealed ring has no room, either. */
  private boolean dropWithoutRoom() {
    handle.drop(1, state.isClosing() ? DropReason.CLOSED : DropReason.RING_FULL);
    return false;
  }

  private boolean refuseLossy() {
    LogState.Condition condition = state.condition();
    if (condition == LogState.Condition.CLOSED) {
      return false;
    }
    handle.offer(1);
    handle.drop(
        1,
        switch (condition) {
          case LOW -> DropReason.DISK_LOW;
          case FULL -> DropReason.DISK_FULL;
          case CLOSING -> DropReason.CLOSED;
          default -> DropReason.FAILED;
        });
    return false;
  }

  /** Offers any event. */
  public boolean offer(int stream, Event event) {
    checkOwner();
    encoder.encode(event, stream, clock.nanos(), AppendOptions.NONE);
    requireFits(encoder.length());
    if (!state.acceptsLossy()) {
      return refuseLossy();
    }
    return offerBytes(encoder.bytes(), encoder.length());
  }

  private boolean offerBytes(byte[] bytes, int length) {
    int slots = EventRing.slotsFor(length);
    long ordinal = handle.offer(1);
    long last = ring.tryClaim(slots);
    if (last < 0) {
      return dropWithoutRoom();
    }
    ring.publishRecord(last, bytes, length, 1, ordinal, handle.id(), null);
    return true;
  }

  private void requireFits(int length) {
    if (length > maxRecordBytes) {
      throw new EventTooLargeException(
          "The event has "
              + length
              + " bytes encoded, but a frame holds "
              + maxRecordBytes
              + ". Put bulk bytes into the blob store and name them in the event.");
    }
  }

  /** Appends a REQUIRED event. */
  public CompletableFuture<AppendOutcome> append(
      int stream, Event event, AckLevel level, AppendOptions options) {
    checkOwner();
    single.clear();
    addToGroup(single, stream, event, options);
    return commit(single, level);
  }

  /** Appends a REQUIRED event and waits. */
  public AppendOutcome appendAndAwait(
      int stream, Event event, AckLevel level, AppendOptions options, long timeoutNanos) {
    checkOwner();
    single.clear();
    addToGroup(single, stream, event, options);
    return commitAndAwait(single, level, timeoutNanos);
  }

  /** A new empty group. */
  public GroupDraft newGroup() {
    return new GroupDraft(maxRecordBytes);
  }

  /** Encodes an event into a group. */
  public void addToGroup(GroupDraft draft, int stream, Event event, AppendOptions options) {
    checkOwner();
    encoder.encode(event, stream, clock.nanos(), options);
    if (draft.events == 0) {
      requireFits(encoder.length());
    }
    draft.add(encoder.bytes(), 0, encoder.length());
    encoder.addExpectations(draft, stream, options);
  }

  /** Publishes a group; its future completes at the level. */
  public CompletableFuture<AppendOutcome> commit(GroupDraft draft, AckLevel level) {
    checkOwner();
    return appends.commit(draft, level);
  }

  /** Publishes a group and waits for its acknowledgement. */
  public AppendOutcome commitAndAwait(GroupDraft draft, AckLevel level, long timeoutNanos) {
    checkOwner();
    return appends.commitAndAwait(draft, level, timeoutNanos);
  }

  /** Ends the use of the handle. */
  public void close() {
    closed = true;
    owner = null;
    handle.close();
  }
}
