// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.compat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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

/** What must hold while several threads use one buffer. */
@Timeout(60)
final class AsyncBufferConcurrencyTest {
  private static final Duration LONG = Duration.ofSeconds(30);

  private final ExecutorService threads = Executors.newCachedThreadPool();

  private record Item(int producer, int number) {}

  @AfterEach
  void stopThreads() {
    threads.shutdownNow();
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
      assertThat(
              first.get(10, TimeUnit.SECONDS).orElseThrow()
                  + second.get(10, TimeUnit.SECONDS).orElseThrow())
          .isEqualTo(3);
    }
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
