// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringfold.Forks;
import dev.ringfold.internal.journal.ManifestFile;
import dev.ringfold.internal.journal.SegmentEntry;
import dev.ringfold.internal.journal.SegmentFiles;
import dev.ringfold.replay.backup.Backup.Form;
import dev.ringfold.replay.backup.Backups;
import dev.ringfold.replay.backup.EventfulStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The quick check looks at the newest frames of stores whose segments others have written. */
class QuickVerifierForkTest {
  @TempDir private Path directory;
  private Path store;
  private long end;

  @BeforeEach
  void twoSessions() {
    store = directory.resolve("store");
    EventfulStore.session(store, 1, 3_000);
    EventfulStore.session(store, 2, 3_000);
    end = EventfulStore.events(store).size() - 1;
  }

  private Path fork(long sequence) {
    Path fork = directory.resolve("fork");
    Forks.fork(store, sequence, fork, "");
    return fork;
  }

  private static SegmentEntry newest(Path store) {
    List<SegmentEntry> entries = ManifestFile.read(store).segments();
    return entries.get(entries.size() - 1);
  }

  private static void damage(Path file, long offset) throws IOException {
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    byte[] bytes = Files.readAllBytes(file);
    bytes[(int) offset] ^= 0x10;
    Files.write(file, bytes, StandardOpenOption.WRITE);
  }

  private static void assertTailIsRead(Path store) throws IOException {
    VerifyReport sound = QuickVerifier.verify(store);
    assertThat(sound.findings()).as(sound.toText()).isEmpty();
    SegmentEntry last = newest(store);
    damage(SegmentFiles.queueFile(store, last.number()), last.length() - 8);
    VerifyReport damaged = QuickVerifier.verify(store);
    assertThat(damaged.intact()).as(damaged.toText()).isFalse();
    assertThat(damaged.toText()).contains("last frames");
  }

  @Test
  void theNewestFramesOfAForkAtTheEndAreRead() throws IOException {
    assertTailIsRead(fork(end));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 700, 2_400})
  void theNewestFramesOfACutSegmentAreReadAndItsIndexIsNotMissed(int back) throws IOException {
    Path fork = fork(end - back);
    assertThat(newest(fork).cut()).isTrue();

    assertTailIsRead(fork);
  }

  @Test
  void theNewestFramesOfARestoredStoreAreRead() throws IOException {
    Backups backups = Backups.open(directory.resolve("backups"));
    backups.full(store, Form.DIRECTORY);
    Path restored = directory.resolve("restored");
    backups.restore(Backups.NEWEST, new Point.End(), restored);

    assertTailIsRead(restored);
  }

  @Test
  void anIndexThatIsDamagedIsAFindingAndTheFramesAreReadWithoutIt() throws IOException {
    SegmentEntry last = newest(store);
    Path index = SegmentFiles.indexFile(SegmentFiles.folder(store, last.number()));
    damage(index, Files.size(index) / 2);

    VerifyReport report = QuickVerifier.verify(store);
    assertThat(report.count(Severity.WARNING)).as(report.toText()).isEqualTo(1);
    assertThat(report.toText()).contains("index is damaged");
    damage(SegmentFiles.queueFile(store, last.number()), last.length() - 8);
    assertThat(QuickVerifier.verify(store).intact()).isFalse();
  }
}
