// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.compat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
final class AsyncBufferTest {
  private static final Duration LONG = Duration.ofSeconds(30);

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
}
