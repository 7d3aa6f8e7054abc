// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.internal.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringfold.internal.keys.ConditionIndex.Verdict;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class ConditionIndexTest {
  private record Pair(int type, long hi, long lo) {}

  @Test
  void newestSequenceOfEachTypeAndTagIsKnown() {
    ConditionIndex index = new ConditionIndex(10);
    index.add(1, 7, 7, 3);
    index.add(2, 7, 7, 4);
    index.add(1, 7, 7, 9);

    assertThat(index.lastSequence(1, 7, 7)).isEqualTo(9);
    assertThat(index.lastSequence(2, 7, 7)).isEqualTo(4);
    assertThat(index.lastSequence(3, 7, 7)).isEqualTo(-1);
    assertThat(index.lastSequence(1, 7, 8)).isEqualTo(-1);
    assertThat(index.size()).isEqualTo(2);
  }

  @Test
  void conditionIsViolatedOnlyByAnEventAfterTheSequence() {
    ConditionIndex index = new ConditionIndex(10);
    index.add(1, 7, 7, 3);

    assertThat(index.check(new int[] {1, 2}, 2, 7, 7, 2)).isEqualTo(Verdict.VIOLATED);
    assertThat(index.check(new int[] {2, 1}, 2, 7, 7, 2)).isEqualTo(Verdict.VIOLATED);
    assertThat(index.check(new int[] {1, 2}, 2, 7, 7, 3)).isEqualTo(Verdict.HOLDS);
    assertThat(index.check(new int[] {2, 1}, 1, 7, 7, -1)).isEqualTo(Verdict.HOLDS);
  }

  @Test
  void conditionBelowTheFloorIsUnknownNeverHeld() {
    ConditionIndex index = new ConditionIndex(1);
    index.add(1, 7, 7, 3);
    index.add(1, 8, 8, 5);

    assertThat(index.floorSequence()).isEqualTo(4);
    assertThat(index.check(new int[] {1}, 1, 7, 7, 2)).isEqualTo(Verdict.UNKNOWN);
    assertThat(index.check(new int[] {1}, 1, 7, 7, 3)).isEqualTo(Verdict.HOLDS);
    assertThat(index.check(new int[] {1}, 1, 8, 8, 0)).isEqualTo(Verdict.VIOLATED);
  }

  @Test
  void refreshedPairIsEvictedLast() {
    ConditionIndex index = new ConditionIndex(2);
    index.add(1, 1, 1, 0);
    index.add(1, 2, 2, 1);
    index.add(1, 1, 1, 2);

    index.add(1, 3, 3, 3);

    assertThat(index.lastSequence(1, 1, 1)).isEqualTo(2);
    assertThat(index.lastSequence(1, 2, 2)).isEqualTo(-1);
    assertThat(index.floorSequence()).isEqualTo(2);
  }

  @Test
  void oneEventMayCarrySeveralTagsButOrderMustNotFall() {
    ConditionIndex index = new ConditionIndex(10);
    index.add(1, 1, 1, 5);
    index.add(1, 2, 2, 5);

    assertThatThrownBy(() -> index.add(1, 3, 3, 4))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("from 5 but found 4");
  }

  @Test
  void twoMillionOperationsAgreeWithALinkedHashMap() {
    SplittableRandom random = TestSeed.random("ConditionIndexTest");
    int capacity = 3_000;
    ConditionIndex index = new ConditionIndex(capacity);
    Map<Pair, Long> model = new LinkedHashMap<>();
    long floor = 0;
    for (long sequence = 0; sequence < 2_000_000; sequence++) {
      Pair pair = new Pair(random.nextInt(4), random.nextInt(50), random.nextInt(30) - 15);
      Long expected = model.remove(pair);
      assertThat(index.lastSequence(pair.type, pair.hi, pair.lo))
          .isEqualTo(expected == null ? -1L : expected);
      if (model.size() == capacity) {
        floor = model.remove(model.keySet().iterator().next()) + 1;
      }
      model.put(pair, sequence);
      index.add(pair.type, pair.hi, pair.lo, sequence);
      if (sequence % 250_000 == 0) {
        index.checkStructure();
      }
    }
    assertThat(index.floorSequence()).isEqualTo(floor).isPositive();
    Map<Pair, Long> seen = new LinkedHashMap<>();
    index.forEachFrom(0, (type, hi, lo, sequence) -> seen.put(new Pair(type, hi, lo), sequence));
    assertThat(List.copyOf(seen.entrySet())).isEqualTo(List.copyOf(model.entrySet()));
  }

  @Test
  void forEachFromSkipsOlderPairs() {
    ConditionIndex index = new ConditionIndex(10);
    index.add(1, 1, 1, 1);
    index.add(1, 2, 2, 2);
    index.add(1, 3, 3, 3);

    List<Long> seen = new ArrayList<>();
    index.forEachFrom(2, (type, hi, lo, sequence) -> seen.add(sequence));

    assertThat(seen).containsExactly(2L, 3L);
  }

  @Test
  void fullIndexAllocatesNothing() {
    ConditionIndex index = new ConditionIndex(10_000);
    long[] next = {0};
    int[] types = {1, 2};
    Runnable work =
        () -> {
          for (int i = 0; i < 100_000; i++) {
            long sequence = next[0]++;
            index.check(types, 2, sequence, 5, sequence);
            index.add(1, sequence % 20_000, 5, sequence);
          }
        };
    work.run();

    assertThat(Allocations.leastBytes(work)).isZero();
    assertThat(index.memoryBytes()).isLessThan(64L * 16_384);
  }
}
