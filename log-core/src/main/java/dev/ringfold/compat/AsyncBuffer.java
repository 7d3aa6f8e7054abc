// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.compat;

import com.lmax.disruptor.RingBuffer;
import com.lmax.disruptor.Sequence;
import com.lmax.disruptor.YieldingWaitStrategy;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A bounded in-memory buffer that never makes its producers wait: when it is full, an item is
 * dropped and counted. It stands alone: nothing is written to disk, and what it holds is lost with
 * the process. For events that must survive use {@link dev.ringfold.EventLog}.
 *
 * <pre>{@code
 * AsyncBuffer<Metric> buffer = new AsyncBuffer<>(10_000, "metrics");
 * buffer.push(metric);                                    // true, or false when it was dropped
 * Optional<Metric> next = buffer.pop(1.0);                // waits up to a second
 * AsyncBufferStats stats = buffer.stats();
 * }</pre>
 *
 * <p>Any number of threads may push and pop. {@code push} is lock-free and allocates nothing. Items
 * of one pushing thread leave in the order in which it pushed them. {@code maxsize} is exact for
 * any number: while nobody pops, exactly that many pushes succeed.
 *
 * @param <T> the items
 */
public final class AsyncBuffer<T> {
  /*
   * Producers: a CAS on `size` is the exact gate. Whoever passes it claims a ring sequence; the ring
   * has at least maxsize slots, so the claim never waits: a consumer first advances `consumed`, then
   * lowers `size`, hence claimed - consumed <= size <= maxsize at every moment.
   *
   * Consumers: one at a time under `takeLock`, held for a few instructions and never touched by
   * producers. `consumed` is the ring's gating sequence.
   *
   * Sleeping: a consumer enters `waiters`, looks once more, then parks. A producer publishes, then,
   * after a full fence, looks into `waiters`: one of the two sees the other. Who takes an item and
   * sees another one wakes the next waiter, because a producer's wake-up may have gone to a thread
   * that came before the item in front was published.
   */

  /** Size without an argument. */
  public static final int DEFAULT_MAXSIZE = 10_000;

  /** Name without an argument. */
  public static final String DEFAULT_NAME = "metrics";

  /** The largest size. */
  public static final int MAXSIZE_LIMIT = 1 << 24;

  /** The longest name, in characters. */
  public static final int NAME_LENGTH_LIMIT = 128;

  private static final double NANOS_PER_SECOND = 1e9;

  private final int maxsize;
  private final String name;
  private final RingBuffer<Slot<T>> ring;
  private final Sequence consumed = new Sequence();
  private final AtomicLong size = new AtomicLong();
  private final AtomicLong dropped = new AtomicLong();
  private final ReentrantLock takeLock = new ReentrantLock();
  private final Queue<Thread> waiters = new ConcurrentLinkedQueue<>();
  private volatile @Nullable Attachment attached;

  private static final class Slot<T> {
    private @Nullable T item;
  }

  /** A buffer of {@link #DEFAULT_MAXSIZE} items named {@link #DEFAULT_NAME}. */
  public AsyncBuffer() {
    this(DEFAULT_MAXSIZE, DEFAULT_NAME);
  }

  /** A buffer named {@link #DEFAULT_NAME}; see {@link #AsyncBuffer(int, String)}. */
  public AsyncBuffer(int maxsize) {
    this(maxsize, DEFAULT_NAME);
  }

  /**
   * Creates a buffer.
   *
   * @param maxsize items it holds, 1 to {@link #MAXSIZE_LIMIT}; need not be a power of two
   * @param name shown in errors: 1 to {@link #NAME_LENGTH_LIMIT} characters, no control characters
   * @throws IllegalArgumentException when a value is out of range
   */
  public AsyncBuffer(int maxsize, String name) {
    if (maxsize < 1 || maxsize > MAXSIZE_LIMIT) {
      throw new IllegalArgumentException(
          "maxsize must be 1 to " + MAXSIZE_LIMIT + " but was " + maxsize);
    }
    this.maxsize = maxsize;
    this.name = checkName("name", name);
    int slots = Math.max(2, Integer.highestOneBit(maxsize - 1) << 1);
    // The wait strategy is for event processors, of which there are none.
    this.ring = RingBuffer.createMultiProducer(Slot::new, slots, new YieldingWaitStrategy());
    ring.addGatingSequences(consumed);
  }

  /**
   * Adds an item, or drops and counts it when the buffer is full. Never waits.
   *
   * @return whether the buffer took it
   * @throws NullPointerException when the item is null
   */
  public boolean push(T item) {
    Objects.requireNonNull(item, "item");
    if (!enter()) {
      dropped.getAndIncrement();
      return false;
    }
    long sequence = ring.next();
    ring.get(sequence).item = item;
    ring.publish(sequence);
    wakeOne();
    return true;
  }

  /**
   * Removes the oldest item, waiting for one if need be.
   *
   * @param timeout how long to wait at most; zero looks once
   * @return the item, or nothing when none came in time
   * @throws IllegalArgumentException when the timeout is negative
   * @throws IllegalStateException while a consumer is attached
   * @throws InterruptedException when interrupted while waiting
   */
  public Optional<T> pop(Duration timeout) throws InterruptedException {
    return Optional.ofNullable(take(nanos(timeout), null));
  }

  /**
   * As {@link #pop(Duration)}, with the timeout in seconds as in the seed.
   *
   * @throws IllegalArgumentException when the timeout is negative or not a number
   */
  public Optional<T> pop(double seconds) throws InterruptedException {
    if (!(seconds >= 0)) {
      throw new IllegalArgumentException("timeout must be at least 0 seconds but was " + seconds);
    }
    return Optional.ofNullable(take((long) (seconds * NANOS_PER_SECOND), null));
  }

  /**
   * Makes a consumer, such as a metrics writer, the only one: until it detaches, {@code pop} is
   * refused. Threads that wait in {@code pop} are refused too.
   *
   * @param consumerName named in the errors of {@code pop}; checked like the buffer's name
   * @throws IllegalStateException when a consumer is attached already
   */
  public Attachment attach(String consumerName) {
    Attachment attachment = new Attachment(checkName("consumer name", consumerName));
    // Under the lock, so that no pop that began before takes an item after this returns.
    takeLock.lock();
    try {
      if (attached != null) {
        throw new IllegalStateException(
            "buffer '" + name + "' is attached to '" + attachedName() + "'; detach that one first");
      }
      attached = attachment;
    } finally {
      takeLock.unlock();
    }
    wakeAll();
    return attachment;
  }

  /** The only consumer of a buffer, until it detaches. Thread-safe, meant for one thread. */
  public final class Attachment implements AutoCloseable {
    private final String consumerName;

    private Attachment(String consumerName) {
      this.consumerName = consumerName;
    }

    /** The name given to {@link AsyncBuffer#attach}. */
    public String consumerName() {
      return consumerName;
    }

    /** Removes the oldest item, or returns null when there is none. Never waits. */
    public @Nullable T poll() {
      return takeNow(this);
    }

    /** Removes the oldest item, waiting as {@link AsyncBuffer#pop(Duration)} does. */
    public Optional<T> poll(Duration timeout) throws InterruptedException {
      return Optional.ofNullable(take(nanos(timeout), this));
    }

    /**
     * Hands over items, oldest first, until there are no more or the limit is reached. An item
     * whose target throws has left the buffer.
     *
     * @return how many were handed over
     */
    public int drain(Consumer<? super T> target, int limit) {
      int count = 0;
      while (count < limit) {
        T item = takeNow(this);
        if (item == null) {
          break;
        }
        count++;
        target.accept(item);
      }
      return count;
    }

    /** Gives the buffer back to {@code pop}. Doing so twice is harmless. */
    public void detach() {
      release(this);
    }

    /** The same as {@link #detach()}. */
    @Override
    public void close() {
      detach();
    }
  }

  /** Counts so far. */
  public AsyncBufferStats stats() {
    // In this order: items that come or go in between cannot make popped exceed pushed.
    long popped = consumed.get() + 1;
    long droppedNow = dropped.get();
    long pushed = ring.getCursor() + 1;
    long offered = pushed + droppedNow;
    return new AsyncBufferStats(
        pushed,
        popped,
        droppedNow,
        offered == 0 ? 0.0 : (double) droppedNow / offered,
        (double) Math.min(pushed - popped, maxsize) / maxsize);
  }

  /** Items in the buffer now. */
  public int size() {
    return (int) size.get();
  }

  /** Items that the buffer can hold. */
  public int maxsize() {
    return maxsize;
  }

  /** The buffer's name. */
  public String name() {
    return name;
  }

  private boolean enter() {
    long now = size.get();
    while (now < maxsize) {
      long found = size.compareAndExchange(now, now + 1);
      if (found == now) {
        return true;
      }
      now = found;
    }
    return false;
  }

  private @Nullable T take(long timeoutNanos, @Nullable Attachment taker)
      throws InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
    T item = takeNow(taker);
    if (item != null || timeoutNanos == 0) {
      return item;
    }
    long start = System.nanoTime();
    long remaining = timeoutNanos;
    while (item == null && remaining > 0) {
      awaitItem(remaining, taker);
      item = takeNow(taker);
      remaining = timeoutNanos - (System.nanoTime() - start);
    }
    return item;
  }

  /** Parks until woken or the time is over, unless there is an item or another consumer. */
  private void awaitItem(long nanos, @Nullable Attachment taker) throws InterruptedException {
    Thread self = Thread.currentThread();
    waiters.add(self);
    if (!hasItem() && attached == taker) {
      LockSupport.parkNanos(this, nanos);
    }
    boolean chosen = !waiters.remove(self);
    if (Thread.interrupted()) {
      if (chosen) {
        // The wake-up was meant for an item that this thread will not take.
        wakeOne();
      }
      throw new InterruptedException();
    }
  }

  private @Nullable T takeNow(@Nullable Attachment taker) {
    takeLock.lock();
    try {
      requireTaker(taker);
      long next = consumed.get() + 1;
      if (!ring.isAvailable(next)) {
        return null;
      }
      Slot<T> slot = ring.get(next);
      T item = slot.item;
      slot.item = null;
      consumed.setVolatile(next);
      size.getAndDecrement();
      if (ring.isAvailable(next + 1)) {
        wakeOne();
      }
      return item;
    } finally {
      takeLock.unlock();
    }
  }

  private void requireTaker(@Nullable Attachment taker) {
    if (attached == taker) {
      return;
    }
    // If a wake-up brought this thread here, it was meant for the consumer.
    wakeOne();
    throw new IllegalStateException(
        taker == null
            ? "buffer '" + name + "' is attached to '" + attachedName() + "': only that takes items"
            : "'" + taker.consumerName + "' is detached from buffer '" + name + "'");
  }

  private String attachedName() {
    Attachment holder = attached;
    return holder == null ? "nobody any more" : holder.consumerName;
  }

  private void release(Attachment attachment) {
    takeLock.lock();
    try {
      if (attached != attachment) {
        return;
      }
      attached = null;
    } finally {
      takeLock.unlock();
    }
    wakeAll();
  }

  private boolean hasItem() {
    return ring.isAvailable(consumed.get() + 1);
  }

  private void wakeOne() {
    VarHandle.fullFence();
    Thread waiter = waiters.poll();
    if (waiter != null) {
      LockSupport.unpark(waiter);
    }
  }

  private void wakeAll() {
    for (Thread waiter = waiters.poll(); waiter != null; waiter = waiters.poll()) {
      LockSupport.unpark(waiter);
    }
  }

  private static long nanos(Duration timeout) {
    if (timeout.isNegative()) {
      throw new IllegalArgumentException("timeout must not be negative but was " + timeout);
    }
    try {
      return timeout.toNanos();
    } catch (ArithmeticException longerThanAnyWait) {
      return Long.MAX_VALUE;
    }
  }

  private static String checkName(String what, String value) {
    Objects.requireNonNull(value, what);
    if (value.isBlank()
        || value.length() > NAME_LENGTH_LIMIT
        || value.chars().anyMatch(Character::isISOControl)) {
      throw new IllegalArgumentException(
          what
              + " must be 1 to "
              + NAME_LENGTH_LIMIT
              + " characters without control characters, and not blank");
    }
    return value;
  }
}
