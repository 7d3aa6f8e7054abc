// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.blob;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BlobCollectorTest {
  private static final Predicate<BlobId> NONE = id -> false;
  private static final Duration MIN_AGE = BlobStore.DEFAULT_MIN_AGE;

  @TempDir Path directory;
  private BlobFixture fixture;
  private BlobStore store;
  private final byte[] small = BlobFixture.bytes(BlobFixture.SMALL, 1);
  private final byte[] large = BlobFixture.bytes(BlobFixture.LARGE, 2);

  @BeforeEach
  void openStore() {
    fixture = new BlobFixture(directory);
    store = fixture.open();
  }

  @AfterEach
  void closeStore() {
    store.close();
  }

  @Test
  void unreferencedBlobsAreDeletedOnceTheyAreOldEnough() throws IOException {
    List<BlobRef> refs = BlobFixture.save(store, small, large);
    fixture.advance(MIN_AGE.minusNanos(1_000));

    GcReport early = store.gc(() -> NONE, MIN_AGE);
    assertThat(early.keptYoung()).isEqualTo(2);
    assertThat(early.bytesFreed()).isZero();
    assertThat(refs).allMatch(ref -> store.contains(ref.id()));

    fixture.advance(Duration.ofNanos(1_000));
    GcReport late = store.gc(() -> NONE, MIN_AGE);
    assertThat(late.blobs()).isEqualTo(1);
    assertThat(late.packs()).isEqualTo(1);
    assertThat(late.bytesFreed()).isGreaterThan(small.length + large.length);
    assertThat(fixture.allFiles()).isEmpty();
    assertThat(refs).noneMatch(ref -> store.contains(ref.id()));
    assertThat(store.stats())
        .extracting(BlobStats::blobs, BlobStats::packs)
        .containsExactly(0L, 0L);
  }

  @Test
  void referencedBlobsStayHoweverOld() throws IOException {
    List<BlobRef> refs = BlobFixture.save(store, small, large);
    fixture.advance(Duration.ofDays(4000));

    GcReport report = store.gc(() -> id -> true, MIN_AGE);

    assertThat(report.keptReferenced()).isEqualTo(2);
    assertThat(store.readAll(refs.get(0), 1 << 20)).isEqualTo(small);
    assertThat(store.readAll(refs.get(1), 1 << 20)).isEqualTo(large);
  }

  @Test
  void aClockThatFallsBackMakesEverythingYoung() {
    BlobFixture.save(store, small, large);
    fixture.advance(Duration.ofDays(-3650));

    assertThat(store.gc(() -> NONE, MIN_AGE).keptYoung()).isEqualTo(2);
  }

  @Test
  void blobsOfASetThatIsNotReleasedStayAlsoWhenTheyWereThereBefore() {
    List<BlobRef> refs = BlobFixture.save(store, small, large);
    try (BlobSet set = store.begin("holds")) {
      set.put(small);
      set.put(large);
      fixture.advance(Duration.ofDays(1));

      GcReport unforced = store.gc(() -> NONE, MIN_AGE);
      assertThat(unforced.keptRegistered()).isEqualTo(2);
      set.force();
      fixture.advance(Duration.ofDays(1));
      GcReport forced = store.gc(() -> NONE, Duration.ZERO);
      assertThat(forced.keptRegistered()).isEqualTo(2);
      assertThat(refs).allMatch(ref -> store.contains(ref.id()));
      set.release();
    }

    assertThat(store.gc(() -> NONE, Duration.ZERO).blobs()).isEqualTo(1);
    assertThat(refs).noneMatch(ref -> store.contains(ref.id()));
  }

  @Test
  void puttingAnOldBlobAgainMakesItYoung() {
    List<BlobRef> refs = BlobFixture.save(store, small, large);
    fixture.advance(Duration.ofDays(1));

    BlobFixture.save(store, small, large);

    assertThat(store.gc(() -> NONE, MIN_AGE).keptYoung()).isEqualTo(2);
    assertThat(refs).allMatch(ref -> store.contains(ref.id()));
  }

  @Test
  void aSetCommittedAndReleasedWhileReferencesAreWorkedOutIsKept() {
    List<BlobRef> refs = BlobFixture.save(store, small, large);
    fixture.advance(Duration.ofDays(1));
    BlobSet set = store.begin("commits in between");
    set.put(small);
    set.put(large);
    set.force();
    fixture.advance(Duration.ofDays(1));

    GcReport report =
        store.gc(
            () -> {
              set.release();
              return NONE;
            },
            MIN_AGE);

    assertThat(report.keptRegistered()).isEqualTo(2);
    assertThat(refs).allMatch(ref -> store.contains(ref.id()));
    assertThat(store.gc(() -> NONE, MIN_AGE).blobs()).isEqualTo(1);
  }

  @Test
  void theSetOfACrashedProcessIsDroppedAtOpen() throws IOException {
    BlobSet crashed = store.begin("crashed");
    List<BlobRef> refs = List.of(crashed.put(small), crashed.put(large));
    crashed.force();
    crashed.put(BlobFixture.bytes(BlobFixture.LARGE, 77));
    fixture.advance(MIN_AGE);

    try (BlobStore reopened = fixture.open()) {
      assertThat(reopened.stats())
          .extracting(BlobStats::droppedSets, BlobStats::sweptTempFiles, BlobStats::openSets)
          .containsExactly(1L, 1L, 0L);
      assertThat(refs).allMatch(ref -> reopened.contains(ref.id()));
      assertThat(reopened.gc(() -> NONE, MIN_AGE).blobs()).isEqualTo(1);
      assertThat(fixture.allFiles()).isEmpty();
    }
  }

  @Test
  void thePlanSaysWhatTheCollectionThenDoesAndChangesNothing() throws IOException {
    Set<BlobId> referenced = new HashSet<>();
    for (int set = 0; set < 3; set++) {
      byte[][] blobs = new byte[9][];
      for (int i = 0; i < blobs.length; i++) {
        int length = i == 0 ? BlobFixture.LARGE : BlobFixture.SMALL;
        blobs[i] = BlobFixture.bytes(length, 10L * set + i);
      }
      List<BlobRef> refs = BlobFixture.save(store, blobs);
      referenced.addAll(refs.stream().map(BlobRef::id).toList().subList(set, 3 * set));
    }
    fixture.advance(MIN_AGE);
    List<Path> before = fixture.allFiles();

    GcPlan plan = store.planGc(() -> referenced::contains, MIN_AGE);

    assertThat(fixture.allFiles()).isEqualTo(before);
    assertThat(plan.blobs()).isEqualTo(3);
    assertThat(plan.bytes()).isEqualTo(3L * BlobFixture.LARGE);
    assertThat(plan.packs()).isEqualTo(1);
    assertThat(plan.repacks()).isEqualTo(1);
    assertThat(plan.repackBytes()).isEqualTo(2L * BlobFixture.SMALL);
    assertThat(plan.keptReferenced()).isEqualTo(1);
    GcReport report = store.gc(() -> referenced::contains, MIN_AGE);
    assertThat(report.blobs()).isEqualTo(plan.blobs());
    assertThat(report.packs()).isEqualTo(plan.packs());
    assertThat(report.repacked()).isEqualTo(plan.repacks());
    assertThat(report.bytesCopied()).isEqualTo(plan.repackBytes());
    assertThat(referenced).allMatch(store::contains);
  }

  @Test
  void sparsePacksAreCopiedTogetherAndTheirLiveBlobsStayReadable() throws IOException {
    Set<BlobId> referenced = new HashSet<>();
    for (int set = 0; set < 20; set++) {
      byte[][] blobs = new byte[10][];
      for (int i = 0; i < blobs.length; i++) {
        blobs[i] = BlobFixture.bytes(BlobFixture.SMALL, 100L * set + i);
      }
      referenced.add(BlobFixture.save(store, blobs).get(set % 10).id());
    }
    BlobReader old = store.open(BlobFixture.hash(BlobFixture.bytes(BlobFixture.SMALL, 0)));
    fixture.advance(MIN_AGE);
    long before = bytesOnDisk();

    GcReport report = store.gc(() -> referenced::contains, MIN_AGE);

    assertThat(report.repacked()).isEqualTo(20);
    assertThat(report.bytesCopied()).isEqualTo(20L * BlobFixture.SMALL);
    assertThat(fixture.allFiles()).hasSize(1);
    assertThat(report.bytesFreed()).isEqualTo(before - bytesOnDisk());
    assertThat(store.stats().blobs()).isEqualTo(20);
    for (BlobId id : referenced) {
      assertThat(store.readAll(new BlobRef(id, BlobFixture.SMALL), BlobFixture.SMALL))
          .hasSize(1000);
    }
    assertThat(old.read(0, ByteBuffer.allocate(10))).isEqualTo(10);
    old.verify();
    old.close();
    try (BlobStore reopened = fixture.open()) {
      assertThat(referenced).allMatch(reopened::contains);
    }
    assertThat(store.gc(() -> referenced::contains, Duration.ZERO).repacked()).isZero();
  }

  private long bytesOnDisk() throws IOException {
    long bytes = 0;
    for (Path file : fixture.allFiles()) {
      bytes += Files.size(file);
    }
    return bytes;
  }

  @Test
  void aRepackIsBoundedByTheLargestPack() throws IOException {
    store.close();
    fixture.limits = BlobLimits.defaults().withMaxPackBytes(12_000);
    store = fixture.open();
    Set<BlobId> referenced = new HashSet<>();
    for (int set = 0; set < 10; set++) {
      byte[][] blobs = new byte[10][];
      for (int i = 0; i < blobs.length; i++) {
        blobs[i] = BlobFixture.bytes(BlobFixture.SMALL, 100L * set + i);
      }
      List<BlobRef> refs = BlobFixture.save(store, blobs);
      refs.subList(0, 4).forEach(ref -> referenced.add(ref.id()));
    }
    fixture.advance(MIN_AGE);

    GcReport report = store.gc(() -> referenced::contains, MIN_AGE);

    assertThat(report.repacked()).isEqualTo(10);
    assertThat(store.stats().packs()).isEqualTo(4);
    assertThat(referenced).allMatch(store::contains);
  }

  @Test
  void anotherProcesssReaderFindsABlobThatWasRepackedBehindItsBack() {
    byte[][] blobs = new byte[10][];
    for (int i = 0; i < blobs.length; i++) {
      blobs[i] = BlobFixture.bytes(BlobFixture.SMALL, i);
    }
    List<BlobRef> refs = BlobFixture.save(store, blobs);
    try (BlobStore reader = BlobStore.openReadOnly(directory, BlobLimits.defaults())) {
      assertThat(reader.contains(refs.get(3).id())).isTrue();
      fixture.advance(MIN_AGE);
      store.gc(() -> refs.get(3).id()::equals, MIN_AGE);

      assertThat(reader.readAll(refs.get(3), BlobFixture.SMALL)).isEqualTo(blobs[3]);
      assertThatThrownBy(() -> reader.readAll(refs.get(4), BlobFixture.SMALL))
          .isInstanceOf(BlobNotFoundException.class);
      assertThat(reader.list()).containsExactly(refs.get(3));
    }
  }

  @Test
  void anotherProcesssReaderThatSawBothPacksOfARepackFindsTheBlobWhenTheOldOneHasGone() {
    byte[][] blobs = new byte[10][];
    for (int i = 0; i < blobs.length; i++) {
      blobs[i] = BlobFixture.bytes(BlobFixture.SMALL, i);
    }
    List<BlobRef> refs = BlobFixture.save(store, blobs);
    try (BlobStore reader = BlobStore.openReadOnly(directory, BlobLimits.defaults())) {
      List<Boolean> looked = new ArrayList<>();
      fixture.faultPoint =
          point -> {
            if (point.equals(BlobHooks.GC_REPACKED)) {
              looked.add(reader.contains(BlobFixture.hash(large)));
            }
          };
      fixture.advance(MIN_AGE);
      store.gc(() -> refs.get(3).id()::equals, MIN_AGE);

      assertThat(looked).containsExactly(false);
      assertThat(reader.readAll(refs.get(3), BlobFixture.SMALL)).isEqualTo(blobs[3]);
      assertThat(reader.list()).containsExactly(refs.get(3));
      assertThat(reader.stats().packs()).isEqualTo(1);
    }
  }

  @Test
  void foreignFilesAreLeftAlone() throws IOException {
    BlobFixture.save(store, small, large);
    Path inRoot = Files.writeString(directory.resolve("blobs/notes.txt"), "mine");
    Path inPacks = Files.writeString(directory.resolve("blobs/packs/notes.pack"), "mine");
    Path inSingles = fixture.files().single(BlobFixture.hash(large)).resolveSibling("notes");
    Files.writeString(inSingles, "mine");
    fixture.advance(MIN_AGE);

    store.gc(() -> NONE, MIN_AGE);

    assertThat(fixture.allFiles()).containsExactlyInAnyOrder(inRoot, inPacks, inSingles);
    assertThat(store.verifyAll(damage -> {})).isZero();
  }

  @Test
  void aNegativeAgeIsRefused() {
    assertThatThrownBy(() -> store.gc(() -> NONE, Duration.ofNanos(-1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("minAge");
  }
}
