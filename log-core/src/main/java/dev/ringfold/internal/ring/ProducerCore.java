// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.internal.ring;

import dev.ringfold.AckLevel;
import dev.ringfold.AppendOptions;
import dev.ringfold.AppendOutcome;
import dev.ringfold.EventTooLargeException;
import dev.ringfold.LogClosedException;
import dev.ringfold.LogFailedException;
import dev.ringfold.Receipt;
import dev.ringfold.RingTimeoutException;
import dev.ringfold.event.DropReason;
import dev.ringfold.event.Event;
import dev.ringfold.event.EventFormat;
import dev.ringfold.event.EventTypes;
import dev.ringfold.event.MetricLayout;
import dev.ringfold.event.MetricsCodec;
import dev.ringfold.event.MetricsLogged;
import dev.ringfold.internal.io.StoreSecurity;
import dev.ringfold.internal.journal.Dictionary;
import dev.ringfold.internal.journal.FrameFormat;
import dev.ringfold.internal.journal.LogClock;
import dev.ringfold.internal.journal.LogState;
import dev.ringfold.internal.keys.KeyEntry;
import dev.ringfold.internal.keys.SealedKeys;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
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
  private static final long PARK_NANOS_MIN = 20_000L;
  private static final long PARK_NANOS_MAX = 1_000_000L;
  private static final int ACK_SPINS = 20_000;

  /** Longer rows are encoded apart and copied. */
  private static final int MAX_SLOTS_IN_PLACE = 8;

  private final EventRing ring;
  private final ProducerHandle handle;
  private final LogState state;
  private final LogClock clock;
  private final Dictionary dictionary;
  private final AckThread acks;
  private final SealedKeys sealedKeys;
  private final EventEncoder encoder;
  private final GroupDraft single;
  private final long requiredTimeoutNanos;
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
    this.acks = engine.acks();
    this.sealedKeys = engine.segmentKeys().sealed();
    this.requiredTimeoutNanos = requiredTimeoutNanos;
    this.maxRecordBytes =
        Math.min(
            engine.writer().maxFrameBytes() - FrameFormat.HEADER_LENGTH, ring.maxRecordBytes());
    this.encoder = new EventEncoder(types, handle.id());
    this.single = new GroupDraft(maxRecordBytes);
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
  public boolean offerMetrics(
      int stream,
      int layoutId,
      MetricsLogged.Kind kind,
      int attempt,
      int epoch,
      long step,
      long[] cells,
      int columns,
      long[] presence,
      int maxLength,
      long eventTimeNanos) {
    checkOwner();
    if (!state.acceptsLossy()) {
      return refuseLossy();
    }
    long time = eventTimeNanos == Long.MIN_VALUE ? clock.nanos() : eventTimeNanos;
    int slots = EventRing.slotsFor(EventFormat.HEADER_LENGTH + maxLength);
    if (slots > MAX_SLOTS_IN_PLACE) {
      byte[] bytes =
          encoder.metrics(
              layoutId, kind, attempt, epoch, step, cells, columns, presence, maxLength, stream,
              time);
      requireFits(encoder.metricsLength());
      return offerBytes(bytes, encoder.metricsLength());
    }
    long ordinal = handle.offer(1);
    long last = ring.tryClaim(slots);
    if (last < 0) {
      handle.drop(1, DropReason.RING_FULL);
      return false;
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
          EventFormat.HEADER_LENGTH
              + MetricsCodec.encode(
                  memory,
                  offset + EventFormat.HEADER_LENGTH,
                  layoutId,
                  kind,
                  attempt,
                  epoch,
                  step,
                  cells,
                  columns,
                  presence);
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
      handle.drop(1, DropReason.RING_FULL);
      return false;
    }
    publish(last, slots, bytes, length, 1, ordinal, null);
    return true;
  }

  private void publish(
      long last,
      int slots,
      byte[] bytes,
      int length,
      int events,
      long ordinal,
      @Nullable PendingAppend pending) {
    long first = last - slots + 1;
    Slot slot = ring.slot(first);
    slot.eventCount = events;
    slot.slotCount = slots;
    slot.length = length;
    slot.ordinal = ordinal;
    slot.producer = handle.id();
    slot.pending = pending;
    ring.copyIn(first, bytes, 0, length);
    ring.publish(first, last);
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
    CompletableFuture<AppendOutcome> future = new CompletableFuture<>();
    if (level == AckLevel.RING) {
      send(draft, level, null);
      future.complete(ringReceipt(draft));
      return future;
    }
    PendingAppend pending = pending(draft, level, future);
    send(draft, level, pending);
    return future.thenCompose(
        outcome -> pending.recheck ? retryLater() : CompletableFuture.completedFuture(outcome));
  }

  private static CompletableFuture<AppendOutcome> retryLater() {
    return CompletableFuture.failedFuture(
        new RingTimeoutException(
            "The window of idempotency keys moved while the append was on its way; append again."));
  }

  private static AppendOutcome ringReceipt(GroupDraft draft) {
    return new AppendOutcome.Appended(new Receipt(-1, draft.events, 0, AckLevel.RING));
  }

  /** Publishes a group and waits for its acknowledgement. */
  public AppendOutcome commitAndAwait(GroupDraft draft, AckLevel level, long timeoutNanos) {
    checkOwner();
    if (level == AckLevel.RING) {
      send(draft, level, null);
      return ringReceipt(draft);
    }
    long deadline = System.nanoTime() + timeoutNanos;
    long park = PARK_NANOS_MIN;
    do {
      PendingAppend pending = pending(draft, level, null);
      send(draft, level, pending);
      await(pending, timeoutNanos);
      if (!pending.recheck) {
        return outcomeOf(pending);
      }
      // The keys of a segment that is being sealed are in neither place that could be looked in.
      LockSupport.parkNanos(this, park);
      park = Math.min(PARK_NANOS_MAX, 2 * park);
    } while (System.nanoTime() < deadline && !Thread.currentThread().isInterrupted());
    throw new RingTimeoutException(
        "The window of idempotency keys moved all the time; append again, or raise key-window.");
  }

  private static AppendOutcome outcomeOf(PendingAppend pending) {
    if (pending.failure != null) {
      throw pending.failure;
    }
    return java.util.Objects.requireNonNull(pending.decided, "decided");
  }

  private void await(PendingAppend pending, long timeoutNanos) {
    long deadline = System.nanoTime() + timeoutNanos;
    for (int i = 0; i < ACK_SPINS && !pending.isDone(); i++) {
      Thread.onSpinWait();
    }
    while (!pending.isDone()) {
      long left = deadline - System.nanoTime();
      if (left <= 0) {
        throw new RingTimeoutException(
            "No acknowledgement within "
                + timeoutNanos / 1_000_000
                + " ms; the event may still be stored. Ask again with the same idempotency key.");
      }
      LockSupport.parkNanos(this, left);
      if (Thread.interrupted()) {
        Thread.currentThread().interrupt();
        throw new RingTimeoutException("Interrupted while waiting for an acknowledgement.");
      }
    }
  }

  private PendingAppend pending(
      GroupDraft draft, AckLevel level, @Nullable CompletableFuture<AppendOutcome> future) {
    if (level == AckLevel.DISK && !StoreSecurity.diskAckSupported()) {
      throw new IllegalArgumentException(
          "AckLevel.DISK is only offered on Linux: elsewhere it has not been tested that a force"
              + " reaches the disk.");
    }
    encoder.seal(draft);
    PendingAppend pending =
        new PendingAppend(
            level,
            draft.expectations.toArray(new PendingAppend.Expectation[0]),
            draft.conditions.toArray(new PendingAppend.Condition[0]),
            draft.key != null,
            draft.keyHi,
            draft.keyLo,
            draft.payloadHash,
            future);
    if (draft.key != null) {
      lookUpSealed(pending);
    }
    return pending;
  }

  private void lookUpSealed(PendingAppend pending) {
    SealedKeys.Snapshot snapshot = sealedKeys.snapshot();
    KeyEntry found = snapshot.find(pending.keyHi, pending.keyLo);
    pending.keySealedSequence = found == null ? -1 : found.sequence();
    pending.keyCheckedBelow = snapshot.endSequence();
  }

  private void send(GroupDraft draft, AckLevel level, @Nullable PendingAppend pending) {
    if (draft.events == 0) {
      throw new IllegalStateException("an empty unit of work cannot be committed; add events");
    }
    if (pending == null
        && (draft.key != null || !draft.expectations.isEmpty() || !draft.conditions.isEmpty())) {
      throw new IllegalArgumentException(
          "AckLevel."
              + level
              + " is acknowledged before keys and expectations are decided; use JOURNAL or DISK");
    }
    requireOpen();
    int slots = EventRing.slotsFor(draft.length());
    long ordinal = handle.offer(draft.events);
    long last = claim(slots, draft.events, pending != null);
    publish(last, slots, draft.bytes(), draft.length(), draft.events, ordinal, pending);
    ring.wakeJournal();
  }

  private long claim(int slots, int events, boolean acknowledged) {
    long deadline = System.nanoTime() + requiredTimeoutNanos;
    long park = PARK_NANOS_MIN;
    boolean entered = !acknowledged || acks.tryEnter();
    long last = entered ? ring.tryClaim(slots) : -1;
    while (last < 0) {
      DropReason refused = refusedReason(deadline);
      if (refused != null) {
        if (entered && acknowledged) {
          acks.leave();
        }
        handle.drop(events, refused);
        requireOpen();
        throw new RingTimeoutException(
            "No room in the ring of "
                + ring.capacity()
                + " slots within "
                + requiredTimeoutNanos / 1_000_000
                + " ms; nothing was stored. Is the disk slow? Raise ring-slots or"
                + " required-timeout.");
      }
      ring.wakeJournal();
      LockSupport.parkNanos(this, park);
      park = Math.min(PARK_NANOS_MAX, 2 * park);
      entered = entered || acks.tryEnter();
      last = entered ? ring.tryClaim(slots) : -1;
    }
    return last;
  }

  private @Nullable DropReason refusedReason(long deadline) {
    if (state.isFinal()) {
      return DropReason.FAILED;
    }
    return System.nanoTime() >= deadline || Thread.currentThread().isInterrupted()
        ? DropReason.TIMEOUT
        : null;
  }

  private void requireOpen() {
    LogState.Condition condition = state.condition();
    if (condition == LogState.Condition.FAILED) {
      throw new LogFailedException("The log has failed: " + state.reason(), state.cause());
    }
    if (condition == LogState.Condition.CLOSED) {
      throw new LogClosedException("The log is closed.");
    }
  }

  public void close() {
    closed = true;
    owner = null;
    handle.close();
  }
}
