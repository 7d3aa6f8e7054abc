// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.blob;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringfold.UnsafeStoreException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BlobSymlinkTest {
  @TempDir Path temporary;

  private BlobFixture fixture() throws IOException {
    return new BlobFixture(Files.createTempDirectory(temporary, "store"));
  }

  private Path elsewhere() throws IOException {
    return Files.createTempDirectory(temporary, "elsewhere");
  }

  @Test
  void aLinkInPlaceOfAnyDirectoryIsRefusedAtOpen() throws IOException {
    for (String name : new String[] {"", "_sets", "_tmp", "packs", "ab"}) {
      BlobFixture fixture = fixture();
      Path victim = Files.writeString(elsewhere().resolve("victim"), "keep me");
      fixture.open().close();
      Path link = fixture.directory.resolve("blobs").resolve(name);
      if (Files.exists(link)) {
        try (var walk = Files.walk(link)) {
          for (Path path : walk.sorted(java.util.Comparator.reverseOrder()).toList()) {
            Files.delete(path);
          }
        }
      }
      Files.createSymbolicLink(link, BlobFiles.parent(victim));

      assertThatThrownBy(fixture::open)
          .as(name)
          .isInstanceOf(UnsafeStoreException.class)
          .hasMessageContaining(link.toString())
          .hasMessageContaining("a symbolic link");
      assertThat(victim).hasContent("keep me");
    }
  }

  @Test
  void aLinkInPlaceOfABlobOrPackIsNeitherReadNorWrittenThrough() throws IOException {
    for (int length : new int[] {BlobFixture.SMALL, BlobFixture.LARGE}) {
      BlobFixture fixture = fixture();
      byte[] bytes = BlobFixture.bytes(length, 1);
      Path victim = elsewhere().resolve("victim");
      try (BlobStore store = fixture.open()) {
        BlobRef ref = BlobFixture.save(store, bytes).get(0);
        Path file = fixture.allFiles().get(0);
        Files.move(file, victim);
        Files.createSymbolicLink(file, victim);

        assertThatThrownBy(() -> store.open(ref)).isInstanceOf(UnsafeStoreException.class);
        assertThatThrownBy(() -> store.readAll(ref, length))
            .isInstanceOf(UnsafeStoreException.class);
        assertThatThrownBy(() -> store.verifyAll(damage -> {}))
            .isInstanceOf(UnsafeStoreException.class);
        assertThat(victim).hasBinaryContent(bytesOf(victim));
      }
    }
  }

  private static byte[] bytesOf(Path file) throws IOException {
    return Files.readAllBytes(file);
  }

  @Test
  void aLinkPlantedUnderANewBlobsDirectoryIsRefused() throws IOException {
    BlobFixture fixture = fixture();
    Path elsewhere = elsewhere();
    byte[] bytes = BlobFixture.bytes(BlobFixture.LARGE, 1);
    try (BlobStore store = fixture.open();
        BlobSet set = store.begin("planted")) {
      set.put(bytes);
      Path directory = BlobFiles.parent(fixture.files().single(BlobFixture.hash(bytes)));
      Files.createSymbolicLink(directory, elsewhere);

      assertThatThrownBy(set::force).isInstanceOf(UnsafeStoreException.class);
      assertThat(elsewhere).isEmptyDirectory();
    }
  }
}
