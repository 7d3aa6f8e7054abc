// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.blob;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringfold.DiskFullException;
import dev.ringfold.LogFailedException;
import dev.ringfold.StoreAccessException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Predicate;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("smoke")
class BlobDurabilityTest {
  @TempDir Path temporary;
  private BlobFixture fixture;
  private final PowerLossModel disk = new PowerLossModel();

  @BeforeEach
  void fixture() throws IOException {
    fixture = new BlobFixture(Files.createDirectory(temporary.resolve("store")));
    fixture.syncs = disk;
  }

  @Test
  void afterForceEveryFileAndEveryNameOnTheWayToItIsForced() throws IOException {
    try (BlobStore store = fixture.open();
        BlobSet set = store.begin("forced")) {
      for (int i = 0; i < 60; i++) {
        set.put(BlobFixture.bytes(BlobFixture.LARGE, i));
        set.put(BlobFixture.bytes(BlobFixture.SMALL, i));
      }
      set.force();

      for (BlobRef ref : set.refs()) {
        BlobPlace place = store.index().find(ref.id());
        assertThat(place).isNotNull();
        assertThat(disk.durable(place.path(), fixture.directory)).as(ref.toString()).isTrue();
      }
    }
  }

  @Test
  void aFileIsForcedBeforeItIsRenamedAndItsDirectoryAfterwards() throws IOException {
    List<String> calls = new ArrayList<>();
    fixture.syncs =
        new Syncs() {
          @Override
          public void forceFile(FileChannel channel, Path path) {
            calls.add("file " + BlobFiles.name(BlobFiles.parent(path)));
          }

          @Override
          public void forceDirectory(Path directory) {
            calls.add("directory " + BlobFiles.name(directory));
          }
        };
    fixture.faultPoint = calls::add;
    byte[] large = BlobFixture.bytes(BlobFixture.LARGE, 1);
    String prefix = BlobFixture.hash(large).hex().substring(0, 2);
    try (BlobStore store = fixture.open()) {
      assertThat(calls).containsExactly("directory store", "directory blobs");
      calls.clear();

      BlobFixture.save(store, large, BlobFixture.bytes(BlobFixture.SMALL, 1));
    }

    assertThat(calls)
        .containsExactly(
            BlobHooks.SET_REGISTERED,
            "file _tmp",
            BlobHooks.TMP_WRITTEN,
            "file _tmp",
            BlobHooks.TMP_WRITTEN,
            BlobHooks.PACK_WRITTEN,
            "file _sets",
            "directory _sets",
            BlobHooks.RENAMED,
            BlobHooks.PACK_RENAMED,
            "directory " + prefix,
            "directory packs",
            "directory blobs",
            BlobHooks.DIRECTORIES_FORCED,
            BlobHooks.SET_RELEASED);
  }

  @Test
  void aBlobThatAnotherSetRenamedButDidNotYetForceIsForcedByThisSet() throws IOException {
    byte[] large = BlobFixture.bytes(BlobFixture.LARGE, 1);
    byte[] small = BlobFixture.bytes(BlobFixture.SMALL, 1);
    try (BlobStore store = fixture.open()) {
      boolean[] stopped = new boolean[1];
      fixture.faultPoint =
          name -> {
            if (name.equals(BlobHooks.PACK_RENAMED) && !stopped[0]) {
              stopped[0] = true;
              throw new BlobFixture.SimulatedCrash(name);
            }
          };
      BlobSet halfway = store.begin("stops after its renames");
      halfway.put(large);
      halfway.put(small);
      assertThatThrownBy(halfway::force).isInstanceOf(BlobFixture.SimulatedCrash.class);

      List<BlobRef> refs = BlobFixture.save(store, large, small);

      for (BlobRef ref : refs) {
        BlobPlace place = store.index().find(ref.id());
        assertThat(disk.durable(place.path(), fixture.directory)).as(ref.toString()).isTrue();
      }
      halfway.close();
    }
  }

  @Test
  void whatWasForcedInThisOpenIsNotForcedAgain() {
    try (BlobStore store = fixture.open()) {
      byte[] large = BlobFixture.bytes(BlobFixture.LARGE, 1);
      BlobFixture.save(store, large);
      int before = disk.directoryForces + disk.fileForces;

      BlobFixture.save(store, large);

      assertThat(disk.directoryForces + disk.fileForces).isEqualTo(before);
    }
  }

  @Test
  void afterPowerLossAtAnyForceOrRenameTheStoreHoldsOnlyWholeBlobsAndAllForcedOnes()
      throws IOException {
    System.out.println("seed " + BlobFixture.SEED + " (-Dringfold.seed=N)");
    Random random = new Random(BlobFixture.SEED);
    Map<BlobRef, byte[]> forced = new LinkedHashMap<>();
    int[] images = new int[1];
    fixture.faultPoint =
        name -> {
          try {
            Path image = Files.createDirectory(temporary.resolve("image" + images[0]++));
            disk.materialize(fixture.directory, image, random);
            checkImage(image, forced);
          } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
          }
        };
    try (BlobStore store = fixture.open()) {
      for (int set = 0; set < 6; set++) {
        Map<BlobRef, byte[]> pending = new LinkedHashMap<>();
        try (BlobSet saving = store.begin("set " + set)) {
          for (int i = 0; i < 8; i++) {
            int length = i < 2 ? BlobFixture.LARGE : BlobFixture.SMALL;
            byte[] bytes = BlobFixture.bytes(length, random.nextInt(60));
            pending.put(saving.put(bytes), bytes);
          }
          saving.force();
          forced.putAll(pending);
          saving.release();
        }
      }
      fixture.advance(BlobStore.DEFAULT_MIN_AGE);
      int[] place = new int[1];
      forced.keySet().removeIf(ref -> place[0]++ % 4 != 0);
      Predicate<BlobId> referenced =
          id -> forced.keySet().stream().anyMatch(ref -> ref.id().equals(id));
      GcReport report = store.gc(() -> referenced, BlobStore.DEFAULT_MIN_AGE);
      assertThat(report.blobs()).isPositive();
      assertThat(report.repacked()).isPositive();
    }
    assertThat(images[0]).isGreaterThan(50);
  }

  private static void checkImage(Path image, Map<BlobRef, byte[]> forced) throws IOException {
    if (!Files.exists(image.resolve("blobs"))) {
      assertThat(forced).isEmpty();
      return;
    }
    try (BlobStore store = new BlobFixture(image).open()) {
      store.verifyAll(
          damage -> {
            throw damage;
          });
      assertThat(store.stats().damagedPacks()).isZero();
      for (Map.Entry<BlobRef, byte[]> blob : forced.entrySet()) {
        assertThat(store.readAll(blob.getKey(), BlobFixture.LARGE)).isEqualTo(blob.getValue());
      }
      assertThat(BlobFiles.entries(new BlobFiles(image).temporary)).isEmpty();
      assertThat(BlobFiles.entries(new BlobFiles(image).sets)).isEmpty();
    }
  }

  @Test
  void afterAFailedForceOfAFileTheSetTakesNothingMoreAndLeavesNothing() throws IOException {
    boolean[] broken = {true};
    fixture.syncs =
        new Syncs() {
          @Override
          public void forceFile(FileChannel channel, Path path) throws IOException {
            if (broken[0]) {
              throw new IOException("Input/output error");
            }
          }

          @Override
          public void forceDirectory(Path directory) {}
        };
    try (BlobStore store = fixture.open()) {
      try (BlobSet set = store.begin("broken")) {
        set.put(BlobFixture.bytes(BlobFixture.LARGE, 1));

        assertThatThrownBy(set::force)
            .isInstanceOf(StoreAccessException.class)
            .hasMessageContaining("force")
            .hasMessageContaining("Input/output error");
        broken[0] = false;
        assertThatThrownBy(set::force).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> set.put(new byte[1])).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(set::release).isInstanceOf(IllegalStateException.class);
        assertThat(set.forced()).isFalse();
      }

      assertThat(fixture.allFiles()).isEmpty();
      assertThat(BlobFixture.save(store, BlobFixture.bytes(BlobFixture.LARGE, 1))).hasSize(1);
    }
  }

  @Test
  void afterAFailedForceOfADirectoryEveryForceFailsUntilReopen() throws IOException {
    boolean[] broken = {false};
    fixture.syncs =
        new Syncs() {
          @Override
          public void forceFile(FileChannel channel, Path path) {}

          @Override
          public void forceDirectory(Path directory) throws IOException {
            if (broken[0]) {
              broken[0] = false;
              throw new IOException("Input/output error");
            }
          }
        };
    byte[] large = BlobFixture.bytes(BlobFixture.LARGE, 1);
    try (BlobStore store = fixture.open();
        BlobSet first = store.begin("first");
        BlobSet second = store.begin("second")) {
      first.put(large);
      second.put(large);
      broken[0] = true;

      assertThatThrownBy(first::force).isInstanceOf(StoreAccessException.class);
      assertThatThrownBy(second::force)
          .isInstanceOf(LogFailedException.class)
          .hasMessageContaining("reopen");
    }
    try (BlobStore store = fixture.open()) {
      BlobRef ref = BlobFixture.save(store, large).get(0);
      assertThat(store.readAll(ref, BlobFixture.LARGE)).isEqualTo(large);
    }
  }

  @Test
  void aFullDiskIsATypedErrorAndLeavesNothingHalfVisible() throws IOException {
    fixture.syncs = Syncs.REAL;
    fixture.limits = BlobLimits.defaults().withDiskReserveBytes(1 << 20);
    try (BlobStore store = fixture.open()) {
      fixture.usableBytes.set((1 << 20) + 50_000);
      byte[] large = BlobFixture.bytes(BlobFixture.LARGE, 1);
      Path source = Files.write(temporary.resolve("source"), large);
      for (int way = 0; way < 3; way++) {
        int chosen = way;
        try (BlobSet set = store.begin("full")) {
          assertThatThrownBy(
                  () -> {
                    if (chosen == 0) {
                      set.put(large);
                    } else if (chosen == 1) {
                      set.put(new ByteArrayInputStream(large));
                    } else {
                      set.put(source);
                    }
                  })
              .isInstanceOf(DiskFullException.class)
              .hasMessageContaining("needs 100000 more bytes")
              .hasMessageContaining("1098576 are free");
        }
        assertThat(fixture.allFiles()).isEmpty();
      }
      fixture.usableBytes.set(Long.MAX_VALUE);
      assertThat(BlobFixture.save(store, large)).hasSize(1);
    }
  }

  @Test
  void aPackThatDoesNotFitFailsAtForceAndLeavesNothing() throws IOException {
    try (BlobStore store = fixture.open()) {
      try (BlobSet set = store.begin("full")) {
        set.put(BlobFixture.bytes(BlobFixture.SMALL, 1));
        fixture.usableBytes.set(fixture.limits.diskReserveBytes() + 10);

        assertThatThrownBy(set::force).isInstanceOf(DiskFullException.class);
      }
      assertThat(fixture.allFiles()).isEmpty();
      assertThat(store.list()).isEmpty();
    }
  }

  @Test
  void anInterruptFailsTheSetButNotTheStore() {
    fixture.syncs = Syncs.REAL;
    byte[] large = BlobFixture.bytes(BlobFixture.LARGE, 1);
    try (BlobStore store = fixture.open()) {
      try (BlobSet set = store.begin("interrupted")) {
        set.put(large);
        Thread.currentThread().interrupt();
        assertThatThrownBy(set::force)
            .isInstanceOf(StoreAccessException.class)
            .hasMessageContaining("interrupted");
      } finally {
        assertThat(Thread.interrupted()).isTrue();
      }

      assertThat(BlobFixture.save(store, large)).hasSize(1);
    }
  }
}
