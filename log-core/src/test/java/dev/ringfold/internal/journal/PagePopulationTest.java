// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.internal.journal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PagePopulationTest {
  private static final long SEED = Long.getLong("ringfold.seed", 20_261_121L);
  private static final long FILE_BYTES = 96L << 20;

  @TempDir Path directory;

  /** The writer fills what it has reserved while another thread writes zeros ahead of it. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  @Timeout(60)
  void zerosNeverMeetWhatWasWrittenBehindTheReservation(boolean settle) throws Exception {
    try (FileChannel channel =
        FileChannel.open(
            directory.resolve("segment"),
            StandardOpenOption.CREATE_NEW,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE)) {
      PagePopulation population = new PagePopulation(channel, 64 << 20);
      population.begin(0);
      AtomicBoolean done = new AtomicBoolean();
      AtomicLong position = new AtomicLong();
      AtomicReference<Throwable> failure = new AtomicReference<>();
      Thread ahead =
          new Thread(
              () -> {
                try {
                  while (!done.get()) {
                    population.ahead(position.get() + (4 << 20), 1 << 20, settle);
                  }
                } catch (IOException | RuntimeException e) {
                  failure.set(e);
                }
              });
      ahead.start();

      write(channel, population, position);
      done.set(true);
      ahead.join();

      assertThat(failure.get()).isNull();
      assertThat(zeroBytesBelow(channel, position.get())).as("seed %d", SEED).isZero();
    }
  }

  private static void write(FileChannel channel, PagePopulation population, AtomicLong position) {
    SplittableRandom random = new SplittableRandom(SEED);
    ByteBuffer ones = ByteBuffer.allocateDirect(64 << 10);
    while (ones.hasRemaining()) {
      ones.put((byte) 1);
    }
    long at = 0;
    while (at < FILE_BYTES) {
      int length = random.nextInt(1, 40_000);
      population.reserve(at + length);
      ones.clear().limit(length);
      try {
        while (ones.hasRemaining()) {
          at += channel.write(ones, at);
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      position.set(at);
    }
  }

  private static long zeroBytesBelow(FileChannel channel, long end) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(1 << 20);
    long zeros = 0;
    for (long at = 0; at < end; at += buffer.limit()) {
      buffer.clear().limit((int) Math.min(buffer.capacity(), end - at));
      channel.read(buffer, at);
      for (int i = 0; i < buffer.position(); i++) {
        zeros += buffer.get(i) == 0 ? 1 : 0;
      }
    }
    return zeros;
  }
}
