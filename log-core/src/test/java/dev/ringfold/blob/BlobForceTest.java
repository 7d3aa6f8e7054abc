// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.blob;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files are forced by other threads while the next ones are written, and none is left out. */
class BlobForceTest {
  @TempDir Path temporary;
  private final Set<Path> forced = ConcurrentHashMap.newKeySet();
  private final Set<String> threads = ConcurrentHashMap.newKeySet();
  private volatile boolean failing;
  private ExecutorService executor;
  private BlobFixture fixture;

  @BeforeEach
  void open() throws IOException {
    executor =
        Executors.newFixedThreadPool(
            3,
            work -> {
              Thread thread = new Thread(work, "forces");
              thread.setDaemon(true);
              return thread;
            });
    fixture = new BlobFixture(Files.createDirectory(temporary.resolve("store")));
    fixture.syncs =
        new Syncs() {
          @Override
          public void forceFile(FileChannel channel, Path path) throws IOException {
            if (failing) {
              throw new IOException("no disk");
            }
            threads.add(Thread.currentThread().getName());
            channel.force(true);
            forced.add(path);
          }

          @Override
          public void forceDirectory(Path directory) throws IOException {
            Syncs.REAL.forceDirectory(directory);
          }
        };
  }

  @AfterEach
  void close() {
    executor.shutdownNow();
  }

  @Test
  void everyFileIsForcedOnceBeforeForceReturns() {
    List<byte[]> blobs = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      blobs.add(BlobFixture.bytes(i % 3 == 0 ? BlobFixture.SMALL : BlobFixture.LARGE, i));
    }
    try (BlobStore store = fixture.open()) {
      List<BlobRef> refs = new ArrayList<>();
      try (BlobSet set = store.begin("test", executor)) {
        blobs.forEach(blob -> refs.add(set.put(blob)));
        set.force();
        // 40 large ones, a pack of the small ones, and the registration.
        assertThat(forced).hasSize(42);
        set.release();
      }
      assertThat(threads).contains("forces");
      for (int i = 0; i < blobs.size(); i++) {
        assertThat(store.readAll(refs.get(i), BlobFixture.LARGE)).isEqualTo(blobs.get(i));
      }
    }
  }

  @Test
  void aForceThatFailsInAnotherThreadComesOutOfTheSet() throws IOException {
    try (BlobStore store = fixture.open()) {
      failing = true;
      try (BlobSet set = store.begin("test", executor)) {
        set.put(BlobFixture.bytes(BlobFixture.LARGE, 1));
        assertThatThrownBy(set::force).hasMessageContaining("no disk");
        assertThatThrownBy(set::release).isInstanceOf(IllegalStateException.class);
      }
      failing = false;
      assertThat(store.stats().blobs()).isZero();
      assertThat(fixture.allFiles()).isEmpty();
    }
  }

  @Test
  void aSetThatIsAbandonedLeavesNothingWhoeverWasForcingIt() throws IOException {
    try (BlobStore store = fixture.open()) {
      for (int round = 0; round < 20; round++) {
        try (BlobSet set = store.begin("test", executor)) {
          for (int i = 0; i < 6; i++) {
            set.put(BlobFixture.bytes(BlobFixture.LARGE, 100L * round + i));
          }
        }
        assertThat(fixture.allFiles()).isEmpty();
      }
    }
  }
}
