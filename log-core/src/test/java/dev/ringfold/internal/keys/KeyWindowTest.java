// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.internal.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class KeyWindowTest {
  private record Key(long hi, long lo) {}

  private record Entry(long payloadHash, long sequence, int count, long logTime) {}

  @Test
  void findTellsEverythingThatWasAdded() {
    KeyWindow window = new KeyWindow(10);

    window.add(1, 2, 3, 4, 5, 6);

    assertThat(window.find(1, 2)).isTrue();
    assertThat(window.foundPayloadHash()).isEqualTo(3);
    assertThat(window.foundSequence()).isEqualTo(4);
    assertThat(window.foundCount()).isEqualTo(5);
    assertThat(window.foundLogTime()).isEqualTo(6);
  }

  @Test
  void keyThatDiffersInOneHalfIsNotFound() {
    KeyWindow window = new KeyWindow(10);
    window.add(1, 2, 0, 0, 1, 0);

    assertThat(window.find(1, 3)).isFalse();
    assertThat(window.find(3, 2)).isFalse();
    assertThat(window.find(2, 1)).isFalse();
  }

  @Test
  void foundMethodsRefuseWhenNothingWasFound() {
    KeyWindow window = new KeyWindow(10);
    window.add(1, 2, 3, 4, 5, 6);
    window.find(7, 7);

    assertThatThrownBy(window::foundSequence)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("call find first");
  }

  @Test
  void fullWindowEvictsTheOldestAndRaisesTheFloor() {
    KeyWindow window = new KeyWindow(3);
    for (int i = 0; i < 3; i++) {
      window.add(i, 0, 0, 10 * i, 1, 0);
    }
    assertThat(window.floorSequence()).isZero();

    window.add(99, 0, 0, 30, 1, 0);

    assertThat(window.find(0, 0)).isFalse();
    assertThat(window.find(1, 0)).isTrue();
    assertThat(window.floorSequence()).isEqualTo(1);
    assertThat(window.evicted()).isEqualTo(1);
    assertThat(window.size()).isEqualTo(3);
  }

  @Test
  void sequenceMustAscendAndKeyMustBeNew() {
    KeyWindow window = new KeyWindow(3);
    window.add(1, 1, 0, 5, 1, 0);

    assertThatThrownBy(() -> window.add(2, 2, 0, 5, 1, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("above 5 but found 5");
    assertThatThrownBy(() -> window.add(1, 1, 0, 6, 1, 0))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("sequence 6");
  }

  @Test
  void capacityOutOfRangeIsRefused() {
    assertThatThrownBy(() -> new KeyWindow(0)).hasMessageContaining("but was 0");
    assertThatThrownBy(() -> new KeyWindow(KeyWindow.MAX_CAPACITY + 1))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void repeatAndConflictAreToldApartByThePayload() {
    KeyWindow window = new KeyWindow(3);
    window.add(1, 1, 77, 5, 1, 0);

    assertThat(window.decide(1, 1, 77, -1, 0)).isEqualTo(KeyDecision.REPEAT);
    assertThat(window.foundSequence()).isEqualTo(5);
    assertThat(window.decide(1, 1, 78, -1, 0)).isEqualTo(KeyDecision.CONFLICT);
    assertThat(window.decide(2, 2, 77, -1, 0)).isEqualTo(KeyDecision.NEW);
  }

  @Test
  void windowHitWinsOverASealedSegmentThatHoldsTheSameKey() {
    KeyWindow window = new KeyWindow(3);
    window.add(1, 1, 77, 5, 1, 0);

    assertThat(window.decide(1, 1, 77, 5, 6)).isEqualTo(KeyDecision.REPEAT);
  }

  @Test
  void evictedKeyIsExpiredWhenSealedAndRecheckedWhenTheCallerLookedTooEarly() {
    KeyWindow window = new KeyWindow(1);
    window.add(1, 1, 77, 5, 1, 0);
    window.add(2, 2, 77, 6, 1, 0);

    assertThat(window.decide(1, 1, 77, 5, 6)).isEqualTo(KeyDecision.EXPIRED);
    assertThat(window.decide(1, 1, 77, -1, 5)).isEqualTo(KeyDecision.RECHECK);
    assertThat(window.decide(3, 3, 77, -1, 5)).isEqualTo(KeyDecision.RECHECK);
    assertThat(window.decide(3, 3, 77, -1, 6)).isEqualTo(KeyDecision.NEW);
  }

  @Test
  void unsealedKeysAreKeptAboveTheCapacityAndLeaveAfterTheSeal() {
    KeyWindow window = new KeyWindow(10);
    window.evictableBelow(0);
    for (int i = 0; i < 25; i++) {
      window.add(i, 0, 0, i, 1, 0);
    }
    assertThat(window.size()).isEqualTo(25);
    assertThat(window.floorSequence()).isZero();

    window.evictableBelow(45);
    for (int i = 25; i < 45; i++) {
      window.add(i, 0, 0, i, 1, 0);
      window.checkStructure();
    }

    assertThat(window.size()).isEqualTo(10);
    assertThat(window.floorSequence()).isEqualTo(35);
    assertThat(window.find(34, 0)).isFalse();
    assertThat(window.find(35, 0)).isTrue();
  }

  @Test
  void overgrowthIsBounded() {
    KeyWindow window = new KeyWindow(10);
    window.evictableBelow(0);

    for (int i = 0; i < 1_000; i++) {
      window.add(i, 0, 0, i, 1, 0);
    }

    assertThat(window.size()).isEqualTo(10 * KeyWindow.OVERGROWTH);
    assertThat(window.decide(0, 0, 0, -1, 0)).isEqualTo(KeyDecision.RECHECK);
  }

  @Test
  void forEachFromVisitsOldestFirstFromTheSequence() {
    KeyWindow window = new KeyWindow(100);
    for (int i = 0; i < 150; i++) {
      window.add(i, -i, 2L * i, 10L * i, i, 3L * i);
    }

    List<Long> sequences = new ArrayList<>();
    window.forEachFrom(
        1_455,
        (hi, lo, payloadHash, sequence, count, logTime) -> {
          assertThat(lo).isEqualTo(-hi);
          assertThat(payloadHash).isEqualTo(2 * hi);
          assertThat(count).isEqualTo((int) hi);
          assertThat(logTime).isEqualTo(3 * hi);
          sequences.add(sequence);
        });

    assertThat(sequences).containsExactly(1_460L, 1_470L, 1_480L, 1_490L);
  }

  @Test
  void raisedFloorNeverFalls() {
    KeyWindow window = new KeyWindow(10);
    window.raiseFloor(100);
    window.raiseFloor(50);

    assertThat(window.floorSequence()).isEqualTo(100);
    assertThat(window.decide(1, 1, 1, -1, 99)).isEqualTo(KeyDecision.RECHECK);
  }

  @Test
  void twoMillionOperationsAgreeWithALinkedHashMap() {
    SplittableRandom random = TestSeed.random("KeyWindowTest");
    int capacity = 5_000;
    KeyWindow window = new KeyWindow(capacity);
    Map<Key, Entry> model = new LinkedHashMap<>();
    long sequence = 0;
    long floor = 0;
    for (int operation = 0; operation < 2_000_000; operation++) {
      // Few distinct halves, so that keys often differ in one half only.
      Key key = new Key(random.nextInt(200), random.nextInt(100) << 20);
      Entry expected = model.get(key);
      assertThat(window.find(key.hi, key.lo)).isEqualTo(expected != null);
      if (expected != null) {
        check(window, expected);
      } else {
        sequence += random.nextInt(1, 4);
        Entry entry = new Entry(random.nextLong(), sequence, random.nextInt(), random.nextLong());
        if (model.size() == capacity) {
          Key oldest = model.keySet().iterator().next();
          floor = model.remove(oldest).sequence + 1;
        }
        model.put(key, entry);
        window.add(key.hi, key.lo, entry.payloadHash, entry.sequence, entry.count, entry.logTime);
      }
      if (operation % 250_000 == 0) {
        window.checkStructure();
        compareAll(window, model);
      }
    }
    assertThat(window.floorSequence()).isEqualTo(floor);
    assertThat(window.evicted()).isPositive();
    compareAll(window, model);
  }

  @Test
  void memoryStaysBelowTheDocumentedBound() {
    KeyWindow window = new KeyWindow();
    SplittableRandom random = TestSeed.random("KeyWindowTest");
    long before = window.memoryBytes();
    for (long i = 0; i < 2L * KeyWindow.DEFAULT_CAPACITY; i++) {
      window.add(random.nextLong(), random.nextLong(), i, i, 1, i);
    }

    assertThat(before).isLessThan(64 << 10);
    assertThat(window.size()).isEqualTo(KeyWindow.DEFAULT_CAPACITY);
    assertThat(window.memoryBytes()).isEqualTo(72L * KeyWindow.DEFAULT_CAPACITY);
  }

  @Test
  void fullWindowAllocatesNothing() {
    KeyWindow window = new KeyWindow(10_000);
    long[] next = {0};
    Runnable work =
        () -> {
          for (int i = 0; i < 100_000; i++) {
            long sequence = next[0]++;
            if (window.decide(sequence * 31, sequence, 1, -1, Long.MAX_VALUE) == KeyDecision.NEW) {
              window.add(sequence * 31, sequence, 1, sequence, 1, 1);
            }
          }
        };
    work.run();

    assertThat(Allocations.leastBytes(work)).isZero();
    assertThat(window.evicted()).isPositive();
  }

  private static void check(KeyWindow window, Entry expected) {
    boolean same =
        window.foundSequence() == expected.sequence
            && window.foundPayloadHash() == expected.payloadHash
            && window.foundCount() == expected.count
            && window.foundLogTime() == expected.logTime;
    assertThat(same).isTrue();
  }

  private static void compareAll(KeyWindow window, Map<Key, Entry> model) {
    Map<Key, Entry> seen = new LinkedHashMap<>();
    window.forEachFrom(
        0,
        (hi, lo, payloadHash, sequence, count, logTime) ->
            seen.put(new Key(hi, lo), new Entry(payloadHash, sequence, count, logTime)));
    assertThat(List.copyOf(seen.entrySet())).isEqualTo(List.copyOf(model.entrySet()));
    assertThat(window.size()).isEqualTo(model.size());
  }
}
