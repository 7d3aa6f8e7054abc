// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.internal.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.BufferOverflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class StreamVersionsTest {
  @Test
  void versionCountsTheEventsOfAStream() {
    StreamVersions versions = new StreamVersions();

    assertThat(versions.version(3)).isZero();
    assertThat(versions.increment(3)).isEqualTo(1);
    assertThat(versions.increment(3)).isEqualTo(2);
    assertThat(versions.increment(65_535)).isEqualTo(1);
    assertThat(versions.version(3)).isEqualTo(2);
    assertThat(versions.count()).isEqualTo(2);
  }

  @Test
  void streamOutOfRangeIsRefusedAndHasVersionZero() {
    StreamVersions versions = new StreamVersions();

    assertThatThrownBy(() -> versions.increment(65_536)).hasMessageContaining("65536");
    assertThatThrownBy(() -> versions.increment(-1)).hasMessageContaining("-1");
    assertThat(versions.version(65_536)).isZero();
    assertThat(versions.version(-1)).isZero();
    assertThat(versions.count()).isZero();
  }

  @Test
  void savedVersionsComeBackAsTheyWere() {
    SplittableRandom random = TestSeed.random("StreamVersionsTest");
    StreamVersions versions = new StreamVersions();
    Map<Integer, Long> model = new HashMap<>();
    for (int i = 0; i < 100_000; i++) {
      int stream = random.nextInt(1 << random.nextInt(17));
      versions.increment(stream);
      model.merge(stream, 1L, Long::sum);
    }
    ByteBuffer saved = buffer(versions.savedLength());

    int pairs = versions.save(saved);
    StreamVersions restored = new StreamVersions();
    restored.increment(9);
    restored.restore(saved.flip(), pairs);

    assertThat(pairs).isEqualTo(model.size());
    assertThat(restored.count()).isEqualTo(model.size());
    for (int stream = 0; stream < StreamVersions.MAX_STREAMS; stream++) {
      assertThat(restored.version(stream)).isEqualTo(model.getOrDefault(stream, 0L));
    }
    assertThat(restored.savedLength()).isLessThanOrEqualTo(1 << 20);
  }

  @Test
  void savingIntoTooSmallABufferFails() {
    StreamVersions versions = new StreamVersions();
    versions.increment(1);

    assertThatThrownBy(() -> versions.save(buffer(11))).isInstanceOf(BufferOverflowException.class);
  }

  @Test
  void pairsThatCannotHaveBeenSavedAreRefusedAndChangeNothing() {
    StreamVersions versions = new StreamVersions();
    versions.increment(7);

    refuse(versions, buffer(12).putInt(1).putLong(0), 1);
    refuse(versions, buffer(12).putInt(-1).putLong(5), 1);
    refuse(versions, buffer(12).putInt(70_000).putLong(5), 1);
    refuse(versions, buffer(24).putInt(1).putLong(5).putInt(1).putLong(6), 2);
    refuse(versions, buffer(12).putInt(1).putLong(5), 2);
    refuse(versions, buffer(12).putInt(1).putLong(5), -1);

    assertThat(versions.version(7)).isEqualTo(1);
    assertThat(versions.count()).isEqualTo(1);
  }

  private static void refuse(StreamVersions versions, ByteBuffer source, int pairs) {
    assertThatThrownBy(() -> versions.restore(source.flip(), pairs))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static ByteBuffer buffer(int length) {
    return ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
  }
}
