// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;

class BenchEventTest {
  private static final long SEED = 7;

  private final ByteBuffer bytes =
      ByteBuffer.allocate(BenchEvent.LENGTH).order(ByteOrder.LITTLE_ENDIAN);

  @Test
  void contentIsAFunctionOfSeedAndNumber() {
    BenchEvent event = new BenchEvent();
    BenchEvent same = new BenchEvent();

    event.fill(SEED, 123_456);
    same.fill(SEED, 123_456);

    assertThat(same.hash()).isEqualTo(event.hash());
    same.fill(SEED + 1, 123_456);
    assertThat(same.hash()).isNotEqualTo(event.hash());
  }

  @Test
  void decodingGivesBackEveryFieldOfTheEncodedEvent() {
    BenchEvent event = new BenchEvent();
    BenchEvent decoded = new BenchEvent();
    for (long i = 0; i < 20_000; i += 7) {
      event.fill(SEED, i);

      event.encode(bytes, 0);
      decoded.decode(bytes, 0);

      assertThat(decoded.step).isEqualTo(i);
      assertThat(decoded.wallTimeNanos).isEqualTo(event.wallTimeNanos);
      assertThat(decoded.runHash).isEqualTo(BenchEvent.runHashOf(event.run));
      assertThat(decoded.nameHash).isEqualTo(BenchEvent.nameHashOf(event.name));
      assertThat(decoded.values).containsExactly(event.values);
    }
  }

  @Test
  void changeOfAnyByteChangesTheHash() {
    BenchEvent event = new BenchEvent();
    event.fill(SEED, 4_711);
    event.encode(bytes, 0);
    BenchEvent changed = new BenchEvent();
    for (int at = 0; at < BenchEvent.LENGTH; at++) {
      bytes.put(at, (byte) (bytes.get(at) ^ 0x10));

      changed.decode(bytes, 0);

      assertThat(changed.hash()).as("byte %d", at).isNotEqualTo(event.hash());
      bytes.put(at, (byte) (bytes.get(at) ^ 0x10));
    }
  }

  @Test
  void everyRunAndNameOccurs() {
    boolean[] runs = new boolean[BenchEvent.RUNS];
    boolean[] names = new boolean[BenchEvent.NAMES];
    BenchEvent event = new BenchEvent();

    for (long i = 0; i < 20_000; i++) {
      event.fill(SEED, i);
      runs[event.run] = true;
      names[event.name] = true;
    }

    assertThat(runs).doesNotContain(false);
    assertThat(names).doesNotContain(false);
  }
}
