// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.internal.journal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChronicleMetadataTest {
  @TempDir private Path store;

  @Test
  void aStoreMadeAnewServesChronicleAndLeavesTheFramesAlone() throws IOException {
    StoreFixture.sealed(store, 1, 20);
    Path folder = SegmentFiles.folder(store, 0);
    Path metadata = SegmentFiles.metadataFile(folder);
    final int documents = ChronicleFile.read(folder).size();
    final byte[] frames = Files.readAllBytes(SegmentFiles.queueFile(folder));
    assertThat(ChronicleMetadata.isIntact(metadata)).isTrue();

    Files.write(metadata, new byte[500]);
    assertThat(ChronicleMetadata.isIntact(metadata)).isFalse();
    Files.write(metadata, new byte[0]);
    assertThat(ChronicleMetadata.isIntact(metadata)).isFalse();
    Files.delete(metadata);
    assertThat(ChronicleMetadata.isIntact(metadata)).isFalse();
    ChronicleMetadata.rebuild(metadata, store.resolve("_tmp"));

    assertThat(ChronicleMetadata.isIntact(metadata)).isTrue();
    assertThat(Files.readAllBytes(SegmentFiles.queueFile(folder))).isEqualTo(frames);
    assertThat(store.resolve("_tmp")).isEmptyDirectory();
    assertThat(ChronicleFile.read(folder)).hasSize(documents);
  }
}
