// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.blob;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BlobCollectorRaceTest {
  private static final int WRITERS = 3;
  private static final int SETS_EACH = 250;
  private static final int MAX_SETS_EACH = 20 * SETS_EACH;
  private static final int DIFFERENT_BLOBS = 40;
  private static final long ENOUGH = 10;
  private static final int COMMITTED_EACH = 4;

  @TempDir Path directory;

  /** The events: set number to the blobs it names. */
  private final Map<Long, Set<BlobId>> committed = new ConcurrentHashMap<>();

  private final AtomicLong setNumbers = new AtomicLong();

  private volatile boolean collectedEnough;

  @Test
  void nothingRegisteredOrCommittedIsEverDeletedWhileCollectionsRunInALoop() throws Exception {
    System.out.println("seed " + BlobFixture.SEED + " (-Dringfold.seed=N)");
    BlobFixture fixture = new BlobFixture(directory);
    fixture.syncs = noSyncs();
    ExecutorService pool = Executors.newFixedThreadPool(WRITERS + 1);
    AtomicBoolean done = new AtomicBoolean();
    try (BlobStore store = fixture.open()) {
      List<Future<Integer>> writers = new ArrayList<>();
      for (int i = 0; i < WRITERS; i++) {
        Random random = new Random(BlobFixture.SEED + i);
        writers.add(pool.submit(() -> write(store, random)));
      }
      Future<long[]> collector = pool.submit(() -> collect(fixture, store, done));
      for (Future<Integer> writer : writers) {
        assertThat(writer.get(120, TimeUnit.SECONDS)).isGreaterThanOrEqualTo(SETS_EACH);
      }
      done.set(true);
      long[] freed = collector.get(60, TimeUnit.SECONDS);

      assertThat(freed[0]).as("single blobs deleted").isGreaterThan(ENOUGH);
      assertThat(freed[1]).as("packs deleted").isGreaterThan(ENOUGH);
      assertThat(freed[2]).as("packs repacked").isPositive();
      store.verifyAll(
          damage -> {
            throw damage;
          });
    } finally {
      pool.shutdownNow();
    }
  }

  private int write(BlobStore store, Random random) {
    Deque<Long> mine = new ArrayDeque<>();
    Map<Long, Map<BlobRef, byte[]>> contents = new LinkedHashMap<>();
    int n = 0;
    for (; n < SETS_EACH || (!collectedEnough && n < MAX_SETS_EACH); n++) {
      long number = setNumbers.incrementAndGet();
      Map<BlobRef, byte[]> blobs = new LinkedHashMap<>();
      try (BlobSet set = store.begin("set " + number)) {
        int count = 1 + random.nextInt(6);
        for (int i = 0; i < count; i++) {
          int length = random.nextInt(4) == 0 ? 66_000 : 500;
          byte[] bytes = BlobFixture.bytes(length, random.nextInt(DIFFERENT_BLOBS));
          blobs.put(set.put(bytes), bytes);
        }
        set.force();
        readable(store, blobs, "registered");
        if (random.nextInt(5) != 0) {
          Set<BlobId> ids = new HashSet<>();
          blobs.keySet().forEach(ref -> ids.add(ref.id()));
          committed.put(number, ids);
          set.release();
          mine.add(number);
          contents.put(number, blobs);
        }
      }
      for (Map<BlobRef, byte[]> kept : contents.values()) {
        readable(store, kept, "committed");
      }
      if (mine.size() > COMMITTED_EACH) {
        long expired = mine.remove();
        contents.remove(expired);
        committed.remove(expired);
      }
    }
    return n;
  }

  private static void readable(BlobStore store, Map<BlobRef, byte[]> blobs, String what) {
    blobs.forEach((ref, bytes) -> assertThat(store.readAll(ref, 66_000)).as(what).isEqualTo(bytes));
  }

  private long[] collect(BlobFixture fixture, BlobStore store, AtomicBoolean done) {
    long[] freed = new long[3];
    while (!done.get()) {
      fixture.advance(Duration.ofMinutes(1));
      GcReport report = store.gc(this::references, Duration.ZERO);
      freed[0] += report.blobs();
      freed[1] += report.packs();
      freed[2] += report.repacked();
      collectedEnough = freed[0] > ENOUGH && freed[1] > ENOUGH && freed[2] > 0;
    }
    return freed;
  }

  private java.util.function.Predicate<BlobId> references() {
    Set<BlobId> all = new HashSet<>();
    committed.values().forEach(all::addAll);
    return all::contains;
  }

  /** The race is in memory and in the names, so this disk may be lazy. */
  private static Syncs noSyncs() {
    return new Syncs() {
      @Override
      public void forceFile(FileChannel channel, Path path) {}

      @Override
      public void forceDirectory(Path directory) {}
    };
  }
}
