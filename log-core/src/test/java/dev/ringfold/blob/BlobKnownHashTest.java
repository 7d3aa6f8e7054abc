// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.blob;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Blobs whose hash is known, blobs that are known to be there, and blobs that were given up. */
class BlobKnownHashTest {
  private static final String LABEL = "test:";

  @TempDir Path temporary;
  private BlobFixture fixture;
  private BlobStore store;
  private final byte[] small = BlobFixture.bytes(BlobFixture.SMALL, 1);
  private final byte[] large = BlobFixture.bytes(BlobFixture.LARGE, 2);

  @BeforeEach
  void open() throws IOException {
    fixture = new BlobFixture(Files.createDirectory(temporary.resolve("store")));
    store = fixture.open();
  }

  @AfterEach
  void close() {
    store.close();
  }

  @Test
  void bytesWithAKnownHashAreStoredUnderItWithoutBeingHashed() {
    BlobId claimed = BlobFixture.hash(small);
    try (BlobSet set = store.begin("test")) {
      BlobRef right = set.put(ByteBuffer.wrap(large), BlobFixture.hash(large));
      // Only one that is not hashed can be stored under a wrong name.
      BlobRef wrong = set.put(ByteBuffer.wrap(large), claimed);
      assertThat(set.newBytes()).isEqualTo(2 * BlobFixture.LARGE);
      set.force();
      set.release();
      assertThat(store.readAll(right, BlobFixture.LARGE)).isEqualTo(large);
      assertThat(wrong.id()).isEqualTo(claimed);
    }
    Set<String> damaged = new HashSet<>();
    store.verifyAll(damage -> damaged.add(damage.expected()));
    assertThat(damaged).containsExactly(claimed.hex());
  }

  @Test
  void whatIsThereIsKeptWithoutItsBytes() {
    List<BlobRef> refs = BlobFixture.save(store, small, large);
    try (BlobSet set = store.begin("again")) {
      for (BlobRef ref : refs) {
        assertThat(set.keep(ref)).isTrue();
      }
      assertThat(set.newBytes()).isZero();
      assertThat(set.refs()).containsExactlyElementsOf(refs);
      assertThat(store.gc(() -> id -> false, Set.of(refs.get(0).id(), refs.get(1).id())).blobs())
          .isZero();
      set.force();
      set.release();
    }
    assertThat(refs).allMatch(ref -> store.contains(ref.id()));
  }

  @Test
  void whatIsNotThereIsNotKeptAndCanBePut() {
    BlobRef ref = new BlobRef(BlobFixture.hash(large), large.length);
    BlobRef shorter = new BlobRef(BlobFixture.hash(small), small.length - 1);
    BlobFixture.save(store, small);
    try (BlobSet set = store.begin("test")) {
      assertThat(set.keep(ref)).isFalse();
      assertThat(set.keep(shorter)).isFalse();
      assertThat(set.refs()).isEmpty();
      assertThat(set.put(ByteBuffer.wrap(large), ref.id())).isEqualTo(ref);
      set.force();
      set.release();
    }
    assertThat(store.readAll(ref, BlobFixture.LARGE)).isEqualTo(large);
  }

  @Test
  void onlyTheBlobsNamedAreCollected() {
    List<BlobRef> refs = BlobFixture.save(store, small, large, BlobFixture.bytes(70_000, 3));
    BlobRef packed = BlobFixture.save(store, BlobFixture.bytes(100, 4)).get(0);
    Set<BlobId> only = Set.of(refs.get(1).id(), packed.id());
    GcReport report = store.gc(() -> id -> false, only);
    assertThat(report.blobs()).isEqualTo(1);
    assertThat(report.packs()).isEqualTo(1);
    assertThat(store.contains(refs.get(0).id())).isTrue();
    assertThat(store.contains(refs.get(1).id())).isFalse();
    assertThat(store.contains(refs.get(2).id())).isTrue();
    assertThat(store.contains(packed.id())).isFalse();
  }

  @Test
  void blobsOfSetsThatDiedAreToldByTheirLabelUntilTheyAreReplaced() throws IOException {
    BlobSet mine = store.begin(LABEL + " epoch 1");
    BlobId one = mine.put(large).id();
    BlobId two = mine.put(small).id();
    mine.force();
    BlobSet other = store.begin("other");
    BlobId three = other.put(BlobFixture.bytes(70_000, 3)).id();
    other.force();

    for (int i = 0; i < 3; i++) {
      try (BlobStore reopened = fixture.open()) {
        assertThat(reopened.abandoned(LABEL)).containsExactlyInAnyOrder(one, two);
        assertThat(reopened.abandoned("")).containsExactlyInAnyOrder(one, two, three);
        assertThat(reopened.stats().droppedSets()).isEqualTo(i == 0 ? 2 : 0);
      }
    }
    try (BlobStore reopened = fixture.open()) {
      reopened.abandon(LABEL, Set.of(two));
      assertThat(reopened.abandoned("")).containsExactlyInAnyOrder(two, three);
    }
    try (BlobStore reopened = fixture.open()) {
      assertThat(reopened.abandoned(LABEL)).containsExactly(two);
      reopened.abandon(LABEL, Set.of());
      assertThat(reopened.abandoned("")).containsExactly(three);
      fixture.advance(BlobStore.DEFAULT_MIN_AGE);
      reopened.gc(() -> id -> false, BlobStore.DEFAULT_MIN_AGE);
      assertThat(reopened.abandoned("")).isEmpty();
      assertThat(fixture.allFiles()).isEmpty();
    }
  }

  @Test
  void tornLinesOfADeadSetAreLeftOut() throws IOException {
    BlobSet mine = store.begin(LABEL);
    BlobId one = mine.put(large).id();
    Path file;
    try (var files = Files.list(fixture.files().sets)) {
      file = files.findFirst().orElseThrow();
    }
    Files.writeString(
        file, Files.readString(file) + "blob 12\nblob " + "x".repeat(64) + " 5\nblob \nrubbish");
    try (BlobStore reopened = fixture.open()) {
      assertThat(reopened.abandoned(LABEL)).containsExactly(one);
    }
  }

  @Test
  void readersCountWhatTheyRead() {
    List<BlobRef> refs = BlobFixture.save(store, small, large);
    long before = store.bytesRead();
    try (BlobReader reader = store.open(refs.get(1))) {
      reader.read(500, ByteBuffer.allocate(1_000));
    }
    assertThat(store.bytesRead() - before).isEqualTo(1_000);
    store.readAll(refs.get(0), BlobFixture.SMALL);
    assertThat(store.bytesRead() - before).isEqualTo(1_000 + BlobFixture.SMALL);
  }
}
