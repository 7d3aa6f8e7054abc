// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.parquet.compat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringfold.compat.AsyncBuffer;
import dev.ringfold.compat.AsyncBufferStats;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The seed's list of tests, AsyncBuffer: push and pop, overflow, timeout, statistics. */
@Timeout(60)
final class SeedAsyncBufferTest {
  @Test
  void pushThenPopGivesTheSameItem() throws InterruptedException {
    AsyncBuffer<Map<String, Object>> buffer = new AsyncBuffer<>(10_000, "metrics");

    assertThat(buffer.push(Map.of("metric", "loss", "value", 0.5))).isTrue();

    assertThat(buffer.pop(1.0)).contains(Map.of("metric", "loss", "value", 0.5));
  }

  @Test
  void defaultsAreTheSeeds() {
    AsyncBuffer<String> buffer = new AsyncBuffer<>();

    assertThat(buffer.maxsize()).isEqualTo(10_000);
    assertThat(buffer.name()).isEqualTo("metrics");
  }

  @Test
  void itemsLeaveInOrder() throws InterruptedException {
    AsyncBuffer<Integer> buffer = new AsyncBuffer<>(100);
    List<Integer> popped = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      buffer.push(i);
    }
    for (int i = 0; i < 100; i++) {
      popped.add(buffer.pop(0.0).orElseThrow());
    }

    assertThat(popped).isSorted().hasSize(100);
  }

  @Test
  void overflowDropsTheNewestAndNeverBlocks() throws InterruptedException {
    AsyncBuffer<Integer> buffer = new AsyncBuffer<>(5);
    List<Boolean> taken = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      taken.add(buffer.push(i));
    }

    assertThat(taken).containsExactly(true, true, true, true, true, false, false, false);
    assertThat(buffer.pop(0.0)).contains(0);
    assertThat(buffer.stats().dropped()).isEqualTo(3);
  }

  @Test
  void overflowEndsWhenThereIsRoomAgain() throws InterruptedException {
    AsyncBuffer<Integer> buffer = new AsyncBuffer<>(1);
    buffer.push(1);
    assertThat(buffer.push(2)).isFalse();

    buffer.pop(0.0);

    assertThat(buffer.push(3)).isTrue();
  }

  @Test
  void tenThousandIsTenThousand() {
    AsyncBuffer<Integer> buffer = new AsyncBuffer<>(10_000);
    int taken = 0;
    for (int i = 0; i < 12_000; i++) {
      taken += buffer.push(i) ? 1 : 0;
    }

    assertThat(taken).isEqualTo(10_000);
  }

  @Test
  void popOfAnEmptyBufferWaitsForItsTimeout() throws InterruptedException {
    AsyncBuffer<Integer> buffer = new AsyncBuffer<>(10);
    long start = System.nanoTime();

    Optional<Integer> item = buffer.pop(0.1);

    assertThat(item).isEmpty();
    assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(100_000_000L);
  }

  @Test
  void popOfZeroLooksOnce() throws InterruptedException {
    assertThat(new AsyncBuffer<Integer>(10).pop(Duration.ZERO)).isEmpty();
  }

  @Test
  void popWakesForAnItemThatComesLater() throws InterruptedException {
    AsyncBuffer<Integer> buffer = new AsyncBuffer<>(10);
    Thread pusher = new Thread(() -> buffer.push(42));
    pusher.start();

    assertThat(buffer.pop(30.0)).contains(42);
    pusher.join();
  }

  @Test
  void statsHaveTheSeedsFiveNumbers() throws InterruptedException {
    AsyncBuffer<Integer> buffer = new AsyncBuffer<>(4);
    for (int i = 0; i < 5; i++) {
      buffer.push(i);
    }
    buffer.pop(0.0);

    assertThat(buffer.stats().toMap().toString())
        .isEqualTo("{pushed=4, popped=1, dropped=1, drop_rate=0.2, utilization=0.75}");
  }

  @Test
  void statsOfANewBufferAreZero() {
    assertThat(new AsyncBuffer<Integer>(4).stats())
        .isEqualTo(new AsyncBufferStats(0, 0, 0, 0.0, 0.0));
  }

  @Test
  void manyThreadsLoseNothingThatFits() throws InterruptedException {
    AsyncBuffer<Integer> buffer = new AsyncBuffer<>(10_000);
    List<Thread> threads = new ArrayList<>();
    for (int t = 0; t < 4; t++) {
      int base = t * 2_000;
      threads.add(
          new Thread(
              () -> {
                for (int i = 0; i < 2_000; i++) {
                  buffer.push(base + i);
                }
              }));
    }
    threads.forEach(Thread::start);
    Set<Integer> seen = ConcurrentHashMap.newKeySet();
    while (seen.size() < 8_000) {
      buffer.pop(5.0).ifPresent(seen::add);
    }
    for (Thread thread : threads) {
      thread.join();
    }

    AsyncBufferStats stats = buffer.stats();
    assertThat(stats.pushed()).isEqualTo(8_000);
    assertThat(stats.popped()).isEqualTo(8_000);
    assertThat(stats.dropped()).isZero();
  }

  @Test
  void attachedWriterIsTheOnlyConsumer() {
    AsyncBuffer<Integer> buffer = new AsyncBuffer<>(10);
    try (AsyncBuffer<Integer>.Attachment attachment = buffer.attach("writer")) {
      buffer.push(7);

      assertThatThrownBy(() -> buffer.pop(0.0)).isInstanceOf(IllegalStateException.class);
      assertThat(attachment.poll()).isEqualTo(7);
    }
  }

  @Test
  void sizesAndNamesThatMakeNoSenseAreRefused() {
    assertThatThrownBy(() -> new AsyncBuffer<Integer>(0))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new AsyncBuffer<Integer>(1, " "))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
