// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.compat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
final class AsyncBufferTest {
  private static final Duration LONG = Duration.ofSeconds(30);

  private final ExecutorService threads = Executors.newCachedThreadPool();

  private record Item(int producer, int number) {}

  @AfterEach
  void stopThreads() {
    threads.shutdownNow();
  }

  @Test
  void pushedItemIsPopped() throws InterruptedException {
    AsyncBuffer<String> buffer = new AsyncBuffer<>(10, "metrics");

    assertThat(buffer.push("loss")).isTrue();
    assertThat(buffer.size()).isEqualTo(1);
    assertThat(buffer.pop(1.0)).contains("loss");
    assertThat(buffer.size()).isZero();
  }

  @Test
  void itemsLeaveInTheOrderInWhichTheyCame() throws InterruptedException {
    AsyncBuffer<Integer> buffer = new AsyncBuffer<>(1_000);
    for (int i = 0; i < 1_000; i++) {
      buffer.push(i);
    }
    for (int i = 0; i < 1_000; i++) {
      assertThat(buffer.pop(Duration.ZERO)).contains(i);
    }
    assertThat(buffer.pop(Duration.ZERO)).isEmpty();
  }

  @Test
  void defaultsAreThoseOfTheSeed() {
    AsyncBuffer<String> buffer = new AsyncBuffer<>();

    assertThat(buffer.maxsize()).isEqualTo(10_000);
    assertThat(buffer.name()).isEqualTo("metrics");
    assertThat(new AsyncBuffer<String>(5).name()).isEqualTo("metrics");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 7, 8, 9, 100, 1_000, 1_023, 1_024, 1_025, 10_000, 50_000})
  void overflowDropsExactlyWhatDoesNotFit(int maxsize) throws InterruptedException {
    AsyncBuffer<Integer> buffer = new AsyncBuffer<>(maxsize, "exact");
    // Three rounds, so that the ring wraps at every possible place relative to the gate.
    for (int round = 1; round <= 3; round++) {
      for (int i = 0; i < maxsize; i++) {
        assertThat(buffer.push(i)).isTrue();
      }
      for (int i = 0; i < 7; i++) {
        assertThat(buffer.push(-1)).isFalse();
      }
      assertThat(buffer.stats().dropped()).isEqualTo(7L * round);
      assertThat(buffer.stats().utilization()).isEqualTo(1.0);
      for (int i = 0; i < maxsize; i++) {
        assertThat(buffer.pop(Duration.ZERO)).contains(i);
      }
      assertThat(buffer.pop(Duration.ZERO)).isEmpty();
    }
  }

  @Test
  void onePopMakesRoomForExactlyOnePush() throws InterruptedException {
    AsyncBuffer<Integer> buffer = new AsyncBuffer<>(3);
    for (int i = 0; i < 10_000; i++) {
      while (buffer.push(i)) {
        assertThat(buffer.size()).isLessThanOrEqualTo(3);
      }
      buffer.pop(Duration.ZERO);
      assertThat(buffer.push(i)).isTrue();
      assertThat(buffer.push(i)).isFalse();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 1_000})
  void gateIsExactWhenManyThreadsPush(int maxsize) throws Exception {
    AsyncBuffer<Integer> buffer = new AsyncBuffer<>(maxsize);
    CyclicBarrier start = new CyclicBarrier(8);
    List<Future<Integer>> accepted = new ArrayList<>();
    for (int thread = 0; thread < 8; thread++) {
      accepted.add(
          threads.submit(
              () -> {
                start.await();
                int count = 0;
                for (int i = 0; i < 5_000; i++) {
                  count += buffer.push(i) ? 1 : 0;
                }
                return count;
              }));
    }
    int total = 0;
    for (Future<Integer> count : accepted) {
      total += count.get();
    }

    assertThat(total).isEqualTo(maxsize);
    assertThat(buffer.stats().pushed()).isEqualTo(maxsize);
    assertThat(buffer.stats().dropped()).isEqualTo(40_000 - maxsize);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 5, 100, 10_000})
  void nothingIsLostOrDoubledOrReorderedByEightPushersAndTwoPoppers(int maxsize) throws Exception {
    AsyncBuffer<Item> buffer = new AsyncBuffer<>(maxsize, "race");
    int perPusher = 50_000;
    AtomicInteger pushing = new AtomicInteger(8);
    List<Future<int[]>> pushers = new ArrayList<>();
    for (int pusher = 0; pusher < 8; pusher++) {
      int producer = pusher;
      pushers.add(threads.submit(() -> pushAll(buffer, producer, perPusher, pushing)));
    }
    List<Future<long[]>> poppers = new ArrayList<>();
    for (int popper = 0; popper < 2; popper++) {
      poppers.add(threads.submit(() -> popAll(buffer, pushing)));
    }
    long pushedSum = 0;
    long pushed = 0;
    for (Future<int[]> result : pushers) {
      for (int number : result.get()) {
        pushedSum += number;
        pushed++;
      }
    }
    long poppedSum = 0;
    long popped = 0;
    for (Future<long[]> result : poppers) {
      popped += result.get()[0];
      poppedSum += result.get()[1];
    }
    AsyncBufferStats stats = buffer.stats();

    assertThat(popped).isEqualTo(pushed);
    assertThat(poppedSum).isEqualTo(pushedSum);
    assertThat(stats.pushed()).isEqualTo(pushed);
    assertThat(stats.popped()).isEqualTo(pushed);
    assertThat(stats.offered()).isEqualTo(8L * perPusher);
    assertThat(stats.utilization()).isZero();
  }

  @Test
  void everyPushWakesAWaitingPopper() throws Exception {
    AsyncBuffer<Integer> buffer = new AsyncBuffer<>(4);
    AsyncBuffer<Integer> answers = new AsyncBuffer<>(4);
    Future<?> echo =
        threads.submit(
            () -> {
              for (int i = 0; i < 20_000; i++) {
                answers.push(buffer.pop(LONG).orElseThrow());
              }
              return null;
            });
    // A lost wake-up would stop this exchange for 30 seconds.
    for (int i = 0; i < 20_000; i++) {
      assertThat(buffer.push(i)).isTrue();
      assertThat(answers.pop(LONG)).contains(i);
    }
    echo.get();
  }

  @Test
  void twoPushesWakeTwoPoppers() throws Exception {
    AsyncBuffer<Integer> buffer = new AsyncBuffer<>(8);
    for (int round = 0; round < 3_000; round++) {
      Future<Optional<Integer>> first = threads.submit(() -> buffer.pop(LONG));
      Future<Optional<Integer>> second = threads.submit(() -> buffer.pop(LONG));
      Future<Boolean> other = threads.submit(() -> buffer.push(1));
      assertThat(buffer.push(2)).isTrue();

      assertThat(other.get()).isTrue();
      assertThat(first.get(10, TimeUnit.SECONDS).orElseThrow()
              + second.get(10, TimeUnit.SECONDS).orElseThrow())
          .isEqualTo(3);
    }
  }

  @Test
  void popWaitsForItsTimeoutAndNotMuchLonger() throws InterruptedException {
    AsyncBuffer<Integer> buffer = new AsyncBuffer<>(8);
    long start = System.nanoTime();

    assertThat(buffer.pop(0.05)).isEmpty();
    assertThat(buffer.pop(Duration.ofMillis(50))).isEmpty();

    Duration waited = Duration.ofNanos(System.nanoTime() - start);
    assertThat(waited).isBetween(Duration.ofMillis(100), Duration.ofSeconds(5));
  }

  @Test
  void popOfZeroDoesNotWait() throws InterruptedException {
    AsyncBuffer<Integer> buffer = new AsyncBuffer<>(8);
    long start = System.nanoTime();

    for (int i = 0; i < 1_000; i++) {
      assertThat(buffer.pop(0.0)).isEmpty();
    }

    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
  }

  @Test
  void timeoutThatIsNoTimeIsRefused() {
    AsyncBuffer<Integer> buffer = new AsyncBuffer<>(8);

    assertThatThrownBy(() -> buffer.pop(-0.1)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> buffer.pop(Double.NaN)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> buffer.pop(Duration.ofNanos(-1)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void longestTimeoutsAreAccepted() throws InterruptedException {
    AsyncBuffer<Integer> buffer = new AsyncBuffer<>(8);
    buffer.push(1);
    buffer.push(2);

    assertThat(buffer.pop(Double.POSITIVE_INFINITY)).contains(1);
    assertThat(buffer.pop(Duration.ofSeconds(Long.MAX_VALUE))).contains(2);
  }

  @Test
  void interruptedPopThrowsAndTakesNothing() throws Exception {
    AsyncBuffer<Integer> buffer = new AsyncBuffer<>(8);
    Thread[] popper = new Thread[1];
    CyclicBarrier started = new CyclicBarrier(2);
    Future<Optional<Integer>> result =
        threads.submit(
            () -> {
              popper[0] = Thread.currentThread();
              started.await();
              return buffer.pop(LONG);
            });
    started.await();
    popper[0].interrupt();

    assertThatThrownBy(result::get)
        .isInstanceOf(ExecutionException.class)
        .hasCauseInstanceOf(InterruptedException.class);
    buffer.push(1);
    assertThat(buffer.pop(0.0)).contains(1);
  }

  @Test
  void statsStartAtZeroAndCountEverything() throws InterruptedException {
    AsyncBuffer<Integer> buffer = new AsyncBuffer<>(4);
    assertThat(buffer.stats()).isEqualTo(new AsyncBufferStats(0, 0, 0, 0.0, 0.0));

    for (int i = 0; i < 5; i++) {
      buffer.push(i);
    }
    buffer.pop(0.0);

    AsyncBufferStats stats = buffer.stats();
    assertThat(stats).isEqualTo(new AsyncBufferStats(4, 1, 1, 0.2, 0.75));
    assertThat(stats.offered()).isEqualTo(5);
    assertThat(stats.pushed()).isEqualTo(stats.popped() + buffer.size());
  }

  @Test
  void statsMapHasTheNamesOfTheSeed() {
    assertThat(new AsyncBufferStats(4, 1, 1, 0.2, 0.75).toMap().toString())
        .isEqualTo("{pushed=4, popped=1, dropped=1, drop_rate=0.2, utilization=0.75}");
  }

  @Test
  void statsStayPlausibleWhileThreadsPushAndPop() throws Exception {
    AsyncBuffer<Integer> buffer = new AsyncBuffer<>(3);
    AtomicInteger pushing = new AtomicInteger(1);
    Callable<long[]> popper =
        () -> {
          long popped = 0;
          while (pushing.get() > 0) {
            popped += buffer.pop(0.0).isPresent() ? 1 : 0;
          }
          return new long[] {popped};
        };
    Future<long[]> popped = threads.submit(popper);
    Future<?> pusher =
        threads.submit(
            () -> {
              for (int i = 0; i < 200_000; i++) {
                buffer.push(i);
              }
              pushing.set(0);
            });
    while (pushing.get() > 0) {
      AsyncBufferStats stats = buffer.stats();
      assertThat(stats.pushed()).isGreaterThanOrEqualTo(stats.popped());
      assertThat(stats.utilization()).isBetween(0.0, 1.0);
      assertThat(stats.dropRate()).isBetween(0.0, 1.0);
    }
    pusher.get();
    long poppedByThread = popped.get()[0];
    assertThat(buffer.stats().offered()).isEqualTo(200_000);
    assertThat(buffer.stats().popped()).isEqualTo(poppedByThread);
  }

  @Test
  void attachedConsumerIsTheOnlyOne() throws InterruptedException {
    AsyncBuffer<Integer> buffer = new AsyncBuffer<>(8, "steps");
    buffer.push(1);
    buffer.push(2);
    buffer.push(3);

    try (AsyncBuffer<Integer>.Attachment writer = buffer.attach("parquet writer")) {
      assertThat(writer.consumerName()).isEqualTo("parquet writer");
      assertThatThrownBy(() -> buffer.pop(0.0))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("'steps' is attached to 'parquet writer'");
      assertThatThrownBy(() -> buffer.attach("another"))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("'parquet writer'; detach");
      assertThat(writer.poll()).isEqualTo(1);
      assertThat(writer.poll(LONG)).contains(2);
    }

    assertThat(buffer.pop(0.0)).contains(3);
    assertThat(buffer.stats().popped()).isEqualTo(3);
  }

  @Test
  void drainStopsAtItsLimitAndAtTheEnd() {
    AsyncBuffer<Integer> buffer = new AsyncBuffer<>(8);
    for (int i = 0; i < 5; i++) {
      buffer.push(i);
    }
    List<Integer> drained = new ArrayList<>();
    AsyncBuffer<Integer>.Attachment writer = buffer.attach("writer");

    assertThat(writer.drain(drained::add, 3)).isEqualTo(3);
    assertThat(drained).containsExactly(0, 1, 2);
    assertThat(writer.drain(drained::add, 3)).isEqualTo(2);
    assertThat(writer.drain(drained::add, 3)).isZero();
    assertThat(writer.poll()).isNull();
    assertThat(drained).containsExactly(0, 1, 2, 3, 4);
  }

  @Test
  void detachedConsumerIsRefusedAndAnotherMayAttach() {
    AsyncBuffer<Integer> buffer = new AsyncBuffer<>(8);
    AsyncBuffer<Integer>.Attachment first = buffer.attach("first");
    first.detach();
    AsyncBuffer<Integer>.Attachment second = buffer.attach("second");
    first.detach();
    buffer.push(1);

    assertThatThrownBy(first::poll)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("'first' is detached");
    assertThat(second.poll()).isEqualTo(1);
  }

  @Test
  void popperThatWaitsIsRefusedWhenAConsumerAttaches() throws Exception {
    for (int round = 0; round < 500; round++) {
      AsyncBuffer<Integer> buffer = new AsyncBuffer<>(8);
      CyclicBarrier started = new CyclicBarrier(2);
      Future<Optional<Integer>> popper =
          threads.submit(
              () -> {
                started.await();
                return buffer.pop(LONG);
              });
      started.await();
      AsyncBuffer<Integer>.Attachment writer = buffer.attach("writer");
      buffer.push(7);

      assertThat(writer.poll(LONG)).contains(7);
      assertThatThrownBy(() -> popper.get(10, TimeUnit.SECONDS))
          .hasCauseInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  void nullIsRefusedAndNotCounted() {
    AsyncBuffer<String> buffer = new AsyncBuffer<>(8);

    assertThatThrownBy(() -> buffer.push(null)).isInstanceOf(NullPointerException.class);
    assertThat(buffer.stats().offered()).isZero();
  }

  @Test
  void badSizesAndNamesAreRefused() {
    for (int maxsize : new int[] {0, -1, Integer.MIN_VALUE, AsyncBuffer.MAXSIZE_LIMIT + 1}) {
      assertThatThrownBy(() -> new AsyncBuffer<>(maxsize))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("but was " + maxsize);
    }
    for (String name : new String[] {"", " ", "a\nb", "x".repeat(129)}) {
      assertThatThrownBy(() -> new AsyncBuffer<>(1, name))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> new AsyncBuffer<>(1).attach(name))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("consumer name");
    }
    assertThatThrownBy(() -> new AsyncBuffer<>(1, null)).isInstanceOf(NullPointerException.class);
  }

  @Test
  void poppedItemIsNotKeptAliveByTheBuffer() throws InterruptedException {
    AsyncBuffer<byte[]> buffer = new AsyncBuffer<>(64);
    // 64 slots that each kept a popped 16 MiB array would need a gigabyte and more.
    for (int i = 0; i < 200; i++) {
      assertThat(buffer.push(new byte[16 << 20])).isTrue();
      assertThat(buffer.pop(0.0)).isPresent();
    }
    assertThat(buffer.stats().popped()).isEqualTo(200);
  }

  @Test
  void pushAllocatesNothingWhetherItIsTakenOrDropped() {
    AsyncBuffer<String> buffer = new AsyncBuffer<>(10_000);
    AsyncBuffer<String>.Attachment writer = buffer.attach("writer");
    Runnable pushOnly =
        () -> {
          for (int i = 0; i < 15_000; i++) {
            buffer.push("item");
          }
        };
    pushOnly.run();
    writer.drain(item -> {}, 10_000);
    ThreadMXBean bean = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long least = Long.MAX_VALUE;
    for (int round = 0; round < 5; round++) {
      long before = bean.getCurrentThreadAllocatedBytes();
      pushOnly.run();
      least = Math.min(least, bean.getCurrentThreadAllocatedBytes() - before);
      assertThat(writer.drain(item -> {}, 20_000)).isEqualTo(10_000);
    }
    assertThat(least).isZero();
    assertThat(buffer.stats().dropped()).isEqualTo(6 * 5_000);
  }

  private static int[] pushAll(
      AsyncBuffer<Item> buffer, int producer, int count, AtomicInteger pushing) {
    int[] accepted = new int[count];
    int taken = 0;
    for (int number = 0; number < count; number++) {
      if (buffer.push(new Item(producer, number))) {
        accepted[taken++] = number;
      }
    }
    pushing.decrementAndGet();
    return Arrays.copyOf(accepted, taken);
  }

  /** Pops until the pushers are done and nothing is left; checks the order of each pusher. */
  private static long[] popAll(AsyncBuffer<Item> buffer, AtomicInteger pushing)
      throws InterruptedException {
    int[] last = new int[8];
    Arrays.fill(last, -1);
    long count = 0;
    long sum = 0;
    while (true) {
      boolean done = pushing.get() == 0;
      Optional<Item> item = buffer.pop(0.001);
      if (item.isPresent()) {
        Item next = item.get();
        assertThat(next.number).isGreaterThan(last[next.producer]);
        last[next.producer] = next.number;
        count++;
        sum += next.number;
      } else if (done) {
        return new long[] {count, sum};
      }
    }
  }
}
