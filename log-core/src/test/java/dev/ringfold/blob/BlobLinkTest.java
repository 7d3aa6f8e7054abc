// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.blob;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringfold.StoreAccessException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BlobLinkTest {
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
  void aSingleBlobIsLinkedAndOutlivesItsCollection() throws IOException {
    BlobRef ref = BlobFixture.save(store, large).get(0);
    Path target = temporary.resolve("linked");
    assertThat(store.link(ref, target)).isEqualTo(BlobLink.LINKED);
    assertThat(Files.getAttribute(target, "unix:nlink")).isEqualTo(2);
    fixture.advance(BlobStore.DEFAULT_MIN_AGE);
    store.gc(() -> id -> false, Duration.ZERO);
    assertThat(store.contains(ref.id())).isFalse();
    assertThat(Files.readAllBytes(target)).isEqualTo(large);
  }

  @Test
  void aPackedBlobIsCopied() throws IOException {
    BlobRef ref = BlobFixture.save(store, small).get(0);
    Path target = temporary.resolve("copied");
    assertThat(store.link(ref, target)).isEqualTo(BlobLink.COPIED);
    assertThat(Files.readAllBytes(target)).isEqualTo(small);
    assertThat(Files.getPosixFilePermissions(target))
        .isEqualTo(PosixFilePermissions.fromString("rw-------"));
  }

  @Test
  void onAnotherFileSystemABlobIsCopied() throws IOException {
    Path shm = Path.of("/dev/shm");
    Assumptions.assumeTrue(
        Files.isWritable(shm) && !Files.getFileStore(shm).equals(Files.getFileStore(temporary)),
        "needs another file system at /dev/shm");
    BlobRef ref = BlobFixture.save(store, large).get(0);
    Path directory = Files.createTempDirectory(shm, "ringfold-link");
    Path target = directory.resolve("copied");
    try {
      assertThat(store.link(ref, target)).isEqualTo(BlobLink.COPIED);
      assertThat(Files.readAllBytes(target)).isEqualTo(large);
    } finally {
      Files.deleteIfExists(target);
      Files.delete(directory);
    }
  }

  @Test
  void aTakenOrMissingPlaceIsAnErrorAndChangesNothing() throws IOException {
    List<BlobRef> refs = BlobFixture.save(store, small, large);
    Path taken = Files.writeString(temporary.resolve("taken"), "mine");
    for (BlobRef ref : refs) {
      assertThatThrownBy(() -> store.link(ref, taken)).isInstanceOf(StoreAccessException.class);
      assertThatThrownBy(() -> store.link(ref, temporary.resolve("no/where")))
          .isInstanceOf(StoreAccessException.class);
    }
    assertThat(Files.readString(taken)).isEqualTo("mine");
  }

  @Test
  void aDamagedPackedBlobIsNotCopied() throws IOException {
    BlobRef ref = BlobFixture.save(store, small).get(0);
    Path pack;
    try (BlobReader reader = store.open(ref)) {
      pack = reader.file();
    }
    Files.setPosixFilePermissions(pack, PosixFilePermissions.fromString("rw-------"));
    byte[] bytes = Files.readAllBytes(pack);
    bytes[bytes.length / 4] ^= 1;
    Files.write(pack, bytes);
    Path target = temporary.resolve("copied");
    assertThatThrownBy(() -> store.link(ref, target)).isInstanceOf(CorruptBlobException.class);
    assertThat(target).doesNotExist();
    assertThatThrownBy(() -> store.link(new BlobRef(BlobFixture.hash(large), 1), target))
        .isInstanceOf(BlobNotFoundException.class);
  }
}
