// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.crash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringfold.CorruptJournalException;
import dev.ringfold.internal.io.DirectoryTree;
import dev.ringfold.internal.journal.SegmentFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rows of the fault matrix: somebody deleted a file of a store that was closed. */
class DeletedFilesTest {
  private static final long CLEAN = 2;

  private CrashSite site;
  private StoreFacts facts;

  @BeforeEach
  void build() throws IOException {
    site = new CrashSite(Places.fast(Path.of("target/crash")), "deleted");
    facts = DamageFault.build(site, CLEAN);
    DirectoryTree.delete(site.store());
    CrashSite.copyTree(site.pristine(), site.store());
  }

  @AfterEach
  void remove() {
    site.remove();
  }

  @ParameterizedTest
  @ValueSource(strings = {"metadata.cq4t", "index"})
  void whatIsDerivedIsMissedByNobody(String name) throws Exception {
    for (long segment : SegmentFiles.present(site.store())) {
      Files.delete(SegmentFiles.folder(site.store(), segment).resolve(name));
    }

    assertThat(facts.askReader(site.store(), new SplittableRandom(1)))
        .isEqualTo(StoreFacts.Answer.SAME);
    assertThat(facts.askWriter(site.store())).isEqualTo(StoreFacts.Answer.SAME);
  }

  @ParameterizedTest
  @ValueSource(strings = {"keys", "tags"})
  void missingKeysGiveNoWrongAnswer(String name) throws Exception {
    for (long segment : SegmentFiles.present(site.store())) {
      Files.deleteIfExists(SegmentFiles.folder(site.store(), segment).resolve(name));
    }

    assertThat(facts.askReader(site.store(), new SplittableRandom(1)))
        .isEqualTo(StoreFacts.Answer.SAME);
    assertThat(facts.askWriter(site.store())).isNotNull();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2})
  void aMissingSegmentIsRefusedWithItsSequences(long segment) throws IOException {
    DirectoryTree.delete(SegmentFiles.folder(site.store(), segment));

    assertThatThrownBy(() -> CrashStore.builder(site.store(), CLEAN, new MixedWorkload()).build())
        .isInstanceOf(CorruptJournalException.class)
        .hasMessageContaining(SegmentFiles.folderName(segment))
        .hasMessageContaining("sequences");
  }

  @Test
  void aMissingManifestIsRefusedWithTheCommandThatMakesItAgain() throws IOException {
    Files.delete(site.store().resolve("MANIFEST"));

    assertThatThrownBy(() -> CrashStore.builder(site.store(), CLEAN, new MixedWorkload()).build())
        .isInstanceOf(CorruptJournalException.class)
        .hasMessageContaining("ringfold repair");
  }
}
