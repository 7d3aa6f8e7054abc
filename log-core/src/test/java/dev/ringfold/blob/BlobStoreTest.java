// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.blob;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BlobStoreTest {
  @TempDir Path directory;
  private BlobFixture fixture;

  @BeforeEach
  void fixture() {
    fixture = new BlobFixture(directory);
  }

  @Test
  void everyWayToPutGivesTheSameBlobAndItsBytesBack() throws IOException {
    for (int length : new int[] {0, 1, 7, 65535, 65536, 65537, 1 << 20, (1 << 20) + 1, 3_000_000}) {
      byte[] bytes = BlobFixture.bytes(length, length);
      Path file = Files.write(directory.resolve("source"), bytes);
      ByteBuffer direct = ByteBuffer.allocateDirect(length + 2);
      direct.position(1).put(bytes).flip().position(1);
      try (BlobStore store = fixture.open();
          BlobSet set = store.begin("length " + length)) {
        BlobRef ref = set.put(bytes);

        assertThat(ref).isEqualTo(new BlobRef(BlobFixture.hash(bytes), length));
        assertThat(set.put(direct)).isEqualTo(ref);
        assertThat(direct.remaining()).isEqualTo(length);
        assertThat(set.put(file)).isEqualTo(ref);
        assertThat(set.put(new ByteArrayInputStream(bytes))).isEqualTo(ref);
        assertThat(set.refs()).containsExactly(ref);
        set.force();
        assertThat(store.readAll(ref, length)).isEqualTo(bytes);
        set.release();
      }
    }
  }

  @Test
  void streamsAndFilesOfEverySizeRoundTripOnTheirOwn() throws IOException {
    for (int length : new int[] {0, 1, 65535, 65536, 1 << 20, (1 << 20) + 1}) {
      byte[] bytes = BlobFixture.bytes(length, length + 9);
      byte[] other = BlobFixture.bytes(length, length + 10);
      Path file = Files.write(directory.resolve("source"), other);
      try (BlobStore store = fixture.open();
          BlobSet set = store.begin("stream")) {
        BlobRef streamed = set.put(new ByteArrayInputStream(bytes));
        BlobRef filed = set.put(file);
        set.force();

        assertThat(store.readAll(streamed, length)).isEqualTo(bytes);
        assertThat(store.readAll(filed, length)).isEqualTo(other);
      }
    }
  }

  @Test
  void equalBytesAreStoredOnceOverSetsAndOpens() throws IOException {
    byte[] small = BlobFixture.bytes(BlobFixture.SMALL, 1);
    byte[] large = BlobFixture.bytes(BlobFixture.LARGE, 2);
    try (BlobStore store = fixture.open()) {
      BlobFixture.save(store, small, large);
      List<Path> once = fixture.allFiles();

      BlobFixture.save(store, large, small);

      assertThat(fixture.allFiles()).isEqualTo(once).hasSize(2);
    }
    try (BlobStore store = fixture.open()) {
      BlobFixture.save(store, small, large);

      assertThat(fixture.allFiles()).hasSize(2);
      assertThat(store.stats())
          .extracting(BlobStats::blobs, BlobStats::bytes, BlobStats::singles, BlobStats::packs)
          .containsExactly(2L, (long) small.length + large.length, 1L, 1L);
      assertThat(store.list())
          .containsExactlyInAnyOrder(
              new BlobRef(BlobFixture.hash(small), small.length),
              new BlobRef(BlobFixture.hash(large), large.length));
    }
  }

  @Test
  void manySmallBlobsShareOnePackAndLargeOnesHaveTheirOwnFile() throws IOException {
    try (BlobStore store = fixture.open();
        BlobSet set = store.begin("tensors")) {
      List<BlobRef> refs = new ArrayList<>();
      for (int i = 0; i < 1000; i++) {
        refs.add(set.put(BlobFixture.bytes(i % 300, i)));
      }
      BlobRef large = set.put(BlobFixture.bytes(BlobFixture.LARGE, 1));
      set.force();
      set.release();

      assertThat(fixture.allFiles()).hasSize(2);
      assertThat(fixture.files().single(large.id())).isRegularFile();
      for (int i = 0; i < 1000; i++) {
        assertThat(store.readAll(refs.get(i), 300)).isEqualTo(BlobFixture.bytes(i % 300, i));
      }
    }
    try (BlobStore reopened = fixture.open()) {
      long emptyOnes = 4;
      assertThat(reopened.stats().blobs()).isEqualTo(1000 - emptyOnes + 1 + 1);
      assertThat(reopened.readAll(new BlobRef(BlobFixture.hash(new byte[0]), 0), 0)).isEmpty();
    }
  }

  @Test
  void aFullPackIsFollowedByAnother() throws IOException {
    fixture.limits = BlobLimits.defaults().withMaxPackBytes(10_000);
    try (BlobStore store = fixture.open()) {
      byte[][] blobs = new byte[50][];
      for (int i = 0; i < blobs.length; i++) {
        blobs[i] = BlobFixture.bytes(1000, i);
      }
      List<BlobRef> refs = BlobFixture.save(store, blobs);

      assertThat(store.stats().packs()).isEqualTo(5);
      for (int i = 0; i < blobs.length; i++) {
        assertThat(store.readAll(refs.get(i), 1000)).isEqualTo(blobs[i]);
      }
    }
  }

  @Test
  void withoutPacksEveryBlobHasItsOwnFile() throws IOException {
    fixture.limits = BlobLimits.defaults().withPackBelowBytes(0);
    try (BlobStore store = fixture.open()) {
      List<BlobRef> refs = BlobFixture.save(store, new byte[0], new byte[] {1}, new byte[] {2, 3});

      assertThat(fixture.allFiles()).hasSize(3);
      assertThat(store.readAll(refs.get(0), 0)).isEmpty();
      assertThat(store.readAll(refs.get(2), 2)).containsExactly(2, 3);
    }
  }

  @Test
  void rangedReadsGiveTheBytesOfTheRange() {
    for (int length : new int[] {BlobFixture.SMALL, BlobFixture.LARGE}) {
      byte[] bytes = BlobFixture.bytes(length, 5);
      try (BlobStore store = fixture.open()) {
        BlobRef ref = BlobFixture.save(store, BlobFixture.bytes(50, 6), bytes).get(1);
        try (BlobReader reader = store.open(ref.id())) {
          assertThat(reader.length()).isEqualTo(length);
          assertThat(reader.ref()).isEqualTo(ref);
          for (int offset : new int[] {0, 1, 500, length - 10, length - 1}) {
            ByteBuffer target = ByteBuffer.allocate(100).position(3);
            int wanted = Math.min(97, length - offset);

            assertThat(reader.read(offset, target)).isEqualTo(wanted);
            assertThat(target.position()).isEqualTo(3 + wanted);
            assertThat(target.limit()).isEqualTo(100);
            assertThat(Arrays.copyOfRange(target.array(), 3, 3 + wanted))
                .isEqualTo(Arrays.copyOfRange(bytes, offset, offset + wanted));
          }
          assertThat(reader.read(length, ByteBuffer.allocate(1))).isEqualTo(-1);
          assertThat(reader.read(Long.MAX_VALUE, ByteBuffer.allocate(1))).isEqualTo(-1);
          assertThatThrownBy(() -> reader.read(-1, ByteBuffer.allocate(1)))
              .isInstanceOf(IllegalArgumentException.class);
          reader.verify();
        }
      }
    }
  }

  @Test
  void aBlobCanBeReadOnlyOnceItsSetIsForced() throws IOException {
    try (BlobStore store = fixture.open();
        BlobSet set = store.begin("unforced")) {
      BlobRef small = set.put(BlobFixture.bytes(BlobFixture.SMALL, 1));
      BlobRef large = set.put(BlobFixture.bytes(BlobFixture.LARGE, 1));

      assertThat(set.forced()).isFalse();
      assertThat(store.contains(small.id())).isFalse();
      assertThat(store.contains(large.id())).isFalse();
      assertThatThrownBy(() -> store.open(large))
          .isInstanceOf(BlobNotFoundException.class)
          .hasMessageContaining(large.id().hex())
          .hasMessageContaining(directory.toString());
      assertThatThrownBy(set::release)
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("force()");
      set.force();
      assertThat(set.forced()).isTrue();
      assertThat(store.contains(small.id())).isTrue();
      assertThat(store.contains(large.id())).isTrue();
    }
  }

  @Test
  void aSetTakesMoreAfterAForce() {
    try (BlobStore store = fixture.open();
        BlobSet set = store.begin("twice")) {
      BlobRef first = set.put(new byte[] {1});
      set.force();
      BlobRef second = set.put(new byte[] {2});
      assertThat(set.forced()).isFalse();
      set.force();
      set.release();

      assertThat(store.readAll(first, 1)).containsExactly(1);
      assertThat(store.readAll(second, 1)).containsExactly(2);
    }
  }

  @Test
  void anAbandonedSetLeavesNoTemporaryFileAndNoRegistration() throws IOException {
    try (BlobStore store = fixture.open()) {
      try (BlobSet set = store.begin("abandoned")) {
        set.put(BlobFixture.bytes(BlobFixture.SMALL, 1));
        for (int i = 0; i < 40; i++) {
          set.put(BlobFixture.bytes(BlobFixture.LARGE, i));
        }
        assertThat(fixture.allFiles()).hasSize(42);
        assertThat(store.stats().openSets()).isEqualTo(1);
      }

      assertThat(fixture.allFiles()).isEmpty();
      assertThat(store.stats().openSets()).isZero();
    }
  }

  @Test
  void theRegistrationFileNamesTheSetsBlobs() throws IOException {
    try (BlobStore store = fixture.open();
        BlobSet set = store.begin("epoch 12")) {
      BlobRef ref = set.put(new byte[] {1});
      set.force();

      Path file = BlobFiles.entries(fixture.files().sets).get(0);
      assertThat(Files.readString(file))
          .isEqualTo(
              "ringfold-blob-set 1\nlabel epoch 12\nbegun 1700000000000000000\nblob "
                  + ref.id()
                  + " 1\n");
      set.release();
      assertThat(file).doesNotExist();
    }
  }

  @Test
  void filesAreFrozenInPrivateDirectories() throws IOException {
    try (BlobStore store = fixture.open();
        BlobSet set = store.begin("modes")) {
      set.put(BlobFixture.bytes(BlobFixture.SMALL, 1));
      set.put(BlobFixture.bytes(BlobFixture.LARGE, 1));
      for (Path file : fixture.allFiles()) {
        assertThat(modes(file)).as(file.toString()).isEqualTo("rw-------");
      }
      set.force();
      set.release();

      assertThat(fixture.allFiles()).hasSize(2);
      for (Path file : fixture.allFiles()) {
        assertThat(modes(file)).as(file.toString()).isEqualTo("r--------");
      }
      try (var walk = Files.walk(directory.resolve("blobs"))) {
        assertThat(walk.filter(Files::isDirectory).map(BlobStoreTest::modes))
            .hasSize(5)
            .containsOnly("rwx------");
      }
    }
  }

  private static String modes(Path path) {
    try {
      return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Test
  void eightThreadsPuttingTheSameContentMakeOneBlob() throws Exception {
    int threads = 8;
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    try (BlobStore store = fixture.open()) {
      for (int round = 0; round < 20; round++) {
        byte[] small = BlobFixture.bytes(BlobFixture.SMALL, round);
        byte[] large = BlobFixture.bytes(BlobFixture.LARGE, round);
        CyclicBarrier barrier = new CyclicBarrier(threads);
        Callable<List<BlobRef>> save =
            () -> {
              barrier.await();
              List<BlobRef> refs = BlobFixture.save(store, small, large);
              assertThat(store.readAll(refs.get(0), BlobFixture.SMALL)).isEqualTo(small);
              assertThat(store.readAll(refs.get(1), BlobFixture.LARGE)).isEqualTo(large);
              return refs;
            };
        List<Future<List<BlobRef>>> saves = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
          saves.add(pool.submit(save));
        }
        for (Future<List<BlobRef>> saved : saves) {
          assertThat(saved.get()).isEqualTo(saves.get(0).get());
        }

        assertThat(fixture.allFiles()).hasSize(2 * (round + 1));
        assertThat(store.list()).hasSize(2 * (round + 1));
      }
    } finally {
      pool.shutdownNow();
    }
  }

  @Test
  void aReadOnlyStoreSeesWhatTheWriterAddsAndRefusesToWrite() throws IOException {
    BlobStore empty = BlobStore.openReadOnly(directory, BlobLimits.defaults());
    assertThat(empty.list()).isEmpty();
    assertThat(directory.resolve("blobs")).doesNotExist();
    try (BlobStore writer = fixture.open();
        BlobStore reader = BlobStore.openReadOnly(directory, BlobLimits.defaults());
        BlobSet unreleased = writer.begin("still open")) {
      unreleased.put(new byte[] {9});
      byte[] small = BlobFixture.bytes(BlobFixture.SMALL, 1);
      byte[] large = BlobFixture.bytes(BlobFixture.LARGE, 1);

      List<BlobRef> refs = BlobFixture.save(writer, small, large);

      assertThat(reader.readAll(refs.get(0), BlobFixture.SMALL)).isEqualTo(small);
      assertThat(reader.readAll(refs.get(1), BlobFixture.LARGE)).isEqualTo(large);
      assertThat(reader.list()).containsExactlyInAnyOrderElementsOf(refs);
      assertThatThrownBy(() -> reader.begin("no"))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("reading only");
      assertThat(BlobFiles.entries(fixture.files().sets)).hasSize(1);
    }
  }

  @Test
  void productionHooksForceAndReadBack() {
    try (BlobStore store = BlobStore.open(directory, () -> 0L, BlobLimits.defaults())) {
      BlobRef ref = BlobFixture.save(store, new byte[] {4, 2}).get(0);

      assertThat(store.readAll(ref, 2)).containsExactly(4, 2);
      assertThat(Set.copyOf(store.list().toList())).isEqualTo(Set.of(ref));
    }
  }
}
