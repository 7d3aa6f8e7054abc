// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.blob;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringfold.blob.BlobFixture.SimulatedCrash;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BlobCrashTest {
  @TempDir Path temporary;

  private final Set<String> pointsSeen = new TreeSet<>();

  /** What the world outside knows: the oracle. */
  private static final class Oracle {
    private final Map<BlobRef, byte[]> mustBeThere = new LinkedHashMap<>();
  }

  @Test
  void afterACrashAtAnyFaultPointForcedBlobsAreReadableAndNoDebrisIsLeft() throws IOException {
    int hits = 1;
    while (crashAt(hits)) {
      hits++;
    }

    assertThat(hits).isGreaterThan(50);
    assertThat(pointsSeen)
        .containsExactly(
            BlobHooks.DIRECTORIES_FORCED,
            BlobHooks.GC_DELETED,
            BlobHooks.GC_PACK_DELETED,
            BlobHooks.GC_REPACKED,
            BlobHooks.PACK_RENAMED,
            BlobHooks.PACK_WRITTEN,
            BlobHooks.RENAMED,
            BlobHooks.SET_REGISTERED,
            BlobHooks.SET_RELEASED,
            BlobHooks.TMP_WRITTEN);
  }

  /** Runs the workload until the n-th point; false when it has fewer. */
  private boolean crashAt(int n) throws IOException {
    BlobFixture fixture = new BlobFixture(Files.createTempDirectory(temporary, "store"));
    Oracle oracle = new Oracle();
    int[] passed = new int[1];
    fixture.faultPoint =
        name -> {
          pointsSeen.add(name);
          if (++passed[0] == n) {
            throw new SimulatedCrash(name);
          }
        };
    boolean crashed = false;
    try {
      workload(fixture, oracle);
    } catch (SimulatedCrash crash) {
      crashed = true;
    }
    fixture.faultPoint = name -> {};
    recovered(fixture, oracle, "crash at point " + n);
    return crashed;
  }

  /** Closes nothing on the way: a crashed process does not either. */
  private static void workload(BlobFixture fixture, Oracle oracle) {
    Random random = new Random(BlobFixture.SEED);
    BlobStore store = fixture.open();
    for (int round = 0; round < 5; round++) {
      BlobSet set = store.begin("round " + round);
      Map<BlobRef, byte[]> saving = new LinkedHashMap<>();
      for (int i = 0; i < 7; i++) {
        int length = i < 2 ? BlobFixture.LARGE : BlobFixture.SMALL;
        byte[] bytes = BlobFixture.bytes(length, random.nextInt(50));
        saving.put(set.put(bytes), bytes);
      }
      set.force();
      oracle.mustBeThere.putAll(saving);
      set.release();
    }
    fixture.advance(BlobStore.DEFAULT_MIN_AGE);
    List<BlobRef> all = List.copyOf(oracle.mustBeThere.keySet());
    for (int i = 0; i < all.size(); i++) {
      if (i % 4 != 0) {
        oracle.mustBeThere.remove(all.get(i));
      }
    }
    Set<BlobId> referenced = new HashSet<>();
    oracle.mustBeThere.keySet().forEach(ref -> referenced.add(ref.id()));
    store.gc(() -> referenced::contains, BlobStore.DEFAULT_MIN_AGE);
  }

  private static void recovered(BlobFixture fixture, Oracle oracle, String when)
      throws IOException {
    try (BlobStore store = fixture.open()) {
      assertThat(BlobFiles.entries(fixture.files().temporary)).as(when).isEmpty();
      assertThat(BlobFiles.entries(fixture.files().sets)).as(when).isEmpty();
      for (Map.Entry<BlobRef, byte[]> blob : oracle.mustBeThere.entrySet()) {
        assertThat(store.readAll(blob.getKey(), BlobFixture.LARGE))
            .as(when)
            .isEqualTo(blob.getValue());
      }
      store.verifyAll(
          damage -> {
            throw damage;
          });
      Set<BlobId> referenced = new HashSet<>();
      oracle.mustBeThere.keySet().forEach(ref -> referenced.add(ref.id()));
      fixture.advance(BlobStore.DEFAULT_MIN_AGE);
      store.gc(() -> referenced::contains, BlobStore.DEFAULT_MIN_AGE);
      assertThat(oracle.mustBeThere.keySet())
          .as("the next collection keeps what is referenced, %s", when)
          .allMatch(ref -> store.contains(ref.id()));
    }
  }
}
