// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.blob;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringfold.LogClosedException;
import dev.ringfold.StoreNotFoundException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BlobLimitsTest {
  @TempDir Path directory;
  private BlobFixture fixture;

  @BeforeEach
  void fixture() {
    fixture = new BlobFixture(directory);
  }

  @Test
  void limitsOutOfRangeAreRefusedWithTheirNameAndRange() {
    assertThatThrownBy(() -> BlobLimits.defaults().withPackBelowBytes(1 << 20))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("packBelowBytes must be between 0 and 1048575 but was 1048576");
    assertThatThrownBy(() -> BlobLimits.defaults().withMaxOpenReaders(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("maxOpenReaders");
  }

  @Test
  void limitsAreKept() throws IOException {
    fixture.limits =
        BlobLimits.defaults()
            .withMaxBlobBytes(200_000)
            .withMaxOpenReaders(2)
            .withPutBufferBytes(70_000);
    try (BlobStore store = fixture.open()) {
      BlobRef ref = BlobFixture.save(store, BlobFixture.bytes(200_000, 1)).get(0);
      try (BlobSet set = store.begin("too large")) {
        byte[] large = new byte[200_001];
        assertThatThrownBy(() -> set.put(large))
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessageContaining("maxBlobBytes");
        assertThatThrownBy(() -> set.put(new ByteArrayInputStream(large)))
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessageContaining("200000");
        assertThat(BlobFiles.entries(fixture.files().temporary)).isEmpty();
        set.put(new byte[] {1});
        set.force();
      }
      BlobReader first = store.open(ref);
      try (BlobReader second = store.open(ref)) {
        assertThat(first.ref()).isEqualTo(second.ref());
        assertThatThrownBy(() -> store.open(ref))
            .isInstanceOf(IllegalStateException.class)
            .hasMessageContaining("maxOpenReaders");
        first.close();
        first.close();
        assertThatThrownBy(() -> first.read(0, ByteBuffer.allocate(1)))
            .isInstanceOf(IllegalStateException.class)
            .hasMessageContaining("closed");
        store.open(ref).close();
      }
      assertThatThrownBy(() -> store.readAll(ref, 199_999))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("199999");
      assertThatThrownBy(() -> store.begin("bell\u0007"))
          .isInstanceOf(IllegalArgumentException.class);
      assertThat(store.stats().openSets()).isZero();
    }
  }

  @Test
  void aFailingSourceLeavesTheSetUsable() throws IOException {
    try (BlobStore store = fixture.open();
        BlobSet set = store.begin("source")) {
      java.io.InputStream broken =
          new java.io.SequenceInputStream(
              new ByteArrayInputStream(new byte[2_000_000]),
              new java.io.InputStream() {
                @Override
                public int read() throws IOException {
                  throw new IOException("source is gone");
                }
              });

      assertThatThrownBy(() -> set.put(broken))
          .isInstanceOf(IOException.class)
          .hasMessage("source is gone");
      assertThat(BlobFiles.entries(fixture.files().temporary)).isEmpty();
      BlobRef ref = set.put(new byte[] {1});
      set.force();
      assertThat(set.refs()).containsExactly(ref);
    }
  }

  @Test
  void aClosedStoreRefusesEverythingButClosing() {
    BlobStore store = fixture.open();
    BlobSet set = store.begin("late");
    store.close();

    assertThatThrownBy(() -> set.put(new byte[1])).isInstanceOf(LogClosedException.class);
    assertThatThrownBy(() -> store.begin("no")).isInstanceOf(LogClosedException.class);
    assertThatThrownBy(store::list).isInstanceOf(LogClosedException.class);
    set.close();
    assertThat(store.registrations().contains(BlobFixture.hash(new byte[1]))).isFalse();
  }

  @Test
  void aMissingStoreIsNamed() {
    assertThatThrownBy(
            () -> BlobStore.open(directory.resolve("none"), () -> 0L, BlobLimits.defaults()))
        .isInstanceOf(StoreNotFoundException.class)
        .hasMessageContaining("none");
    assertThatThrownBy(
            () -> BlobStore.openReadOnly(directory.resolve("none"), BlobLimits.defaults()))
        .isInstanceOf(StoreNotFoundException.class);
  }
}
