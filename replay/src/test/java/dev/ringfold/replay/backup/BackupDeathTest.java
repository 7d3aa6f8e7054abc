// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringfold.EventLogReader;
import dev.ringfold.RingfoldException;
import dev.ringfold.event.EventTypes;
import dev.ringfold.internal.journal.ManifestFile;
import dev.ringfold.replay.JournalVerifier;
import dev.ringfold.replay.Point;
import dev.ringfold.replay.Severity;
import dev.ringfold.replay.VerifyReport;
import dev.ringfold.replay.backup.Backup.Form;
import dev.ringfold.replay.salvage.Salvage;
import dev.ringfold.replay.salvage.SalvageReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Backups, restores and salvages that die in the middle, at each of their fault points: what is
 * half made is no backup and no store, what was there before is as it was, the same command again
 * succeeds, and then nothing is left of the first.
 */
@Timeout(value = 240, unit = TimeUnit.SECONDS)
class BackupDeathTest {
  private static final String CONDEMNED = "backup.condemned";
  private static final String RENAMED = ".renamed";

  /** What every store that is made comes to. */
  private static final String[] OF_A_STORE = {"seal.afterIndex", "manifest.tmpWritten"};

  @TempDir private Path directory;
  private Path store;
  private Path place;
  private Backups backups;

  @BeforeEach
  void place() {
    store = directory.resolve("store");
    place = directory.resolve("backups");
    backups = Backups.open(place);
    EventfulStore.session(store, 1, 60);
  }

  private static List<String> pointsOfABackup() {
    return DyingWork.points("backup.").stream().filter(point -> !point.equals(CONDEMNED)).toList();
  }

  private static void assertSound(Path store) {
    VerifyReport report = JournalVerifier.verify(store);
    assertThat(report.findings()).as(report.toText()).noneMatch(f -> f.severity() != Severity.NOTE);
  }

  private List<String> debris(Path folder) throws IOException {
    try (Stream<Path> all = Files.list(folder)) {
      return all.map(Places::name)
          .filter(name -> name.startsWith(".tmp-") || name.matches(".*\\.(restor|salvag)ing"))
          .toList();
    }
  }

  @ParameterizedTest
  @EnumSource(Form.class)
  void aBackupThatDiesLeavesTheEarlierOnesAndNoHalfOne(Form form) throws Exception {
    for (String point : pointsOfABackup()) {
      List<Backup> before = Files.exists(place) ? backups.list() : List.of();
      String kind = before.isEmpty() ? "full" : "incremental";
      EventfulStore.session(store, before.size() + 2, 5);

      DyingWork.dieAt(point, kind, store, place, form.name());

      List<Backup> after = backups.list();
      assertThat(after).as(point).startsWith(before.toArray(Backup[]::new));
      assertThat(after.size() > before.size()).as(point).isEqualTo(point.endsWith(RENAMED));
      assertThat(backups.damaged()).as(point).isEmpty();
      if (after.isEmpty()) {
        backups.full(store, form);
      } else {
        backups.verify(Backups.NEWEST, true);
        EventfulStore.session(store, before.size() + 100, 5);
        assertThat(backups.incremental(store, form).taken()).as(point).isTrue();
      }
      assertThat(debris(place)).as(point).isEmpty();
      assertThat(backups.verify(Backups.NEWEST, true).bytes()).as(point).isPositive();
    }
    Path restored = directory.resolve("restored");
    backups.restore(Backups.NEWEST, new Point.End(), restored);
    assertThat(EventfulStore.events(restored)).isEqualTo(EventfulStore.events(store));
    assertThat(backups.list()).hasSizeGreaterThan(pointsOfABackup().size());
  }

  @Test
  void aRotationThatDiesHasDeletedABackupOrNot() throws Exception {
    backups.full(store, Form.DIRECTORY);
    EventfulStore.session(store, 2, 5);
    backups.incremental(store, Form.DIRECTORY);
    Backup newest = backups.full(store, Form.ARCHIVE).backup();

    DyingWork.dieAt(CONDEMNED, "rotate", store, place);

    assertThat(backups.list()).hasSize(2).endsWith(newest);
    assertThat(backups.verify("000001-full", true).bytes()).isPositive();
    assertThat(backups.keepLast(1, false)).hasSize(1);
    assertThat(backups.list()).containsExactly(newest);
    assertThat(debris(place)).isEmpty();
  }

  @Test
  void aVerificationThatDiesLeavesNothingBehindTheNextOne() throws Exception {
    backups.full(store, Form.DIRECTORY);

    DyingWork.dieAt("restore.renamed", "verify", store, place);

    assertThat(debris(place)).hasSize(1);
    assertThat(backups.verify(Backups.NEWEST, false).opened()).isTrue();
    assertThat(debris(place)).isEmpty();
  }

  @Test
  void aBackupLeavesTheVerificationOfAnotherThreadAlone() throws IOException {
    backups.full(store, Form.DIRECTORY);
    Path scratch = Files.createDirectory(place.resolve(Places.scratchName()));
    Path dead = Files.createDirectory(place.resolve(".tmp-verify-999999999999-1.restoring"));
    EventfulStore.session(store, 2, 5);

    backups.incremental(store, Form.DIRECTORY);

    assertThat(scratch).exists();
    assertThat(dead).doesNotExist();
  }

  @Test
  void aRestoreThatDiesLeavesNoStoreAndTheNextOneSucceeds() throws Exception {
    backups.full(store, Form.DIRECTORY);
    EventfulStore.session(store, 2, 20);
    backups.incremental(store, Form.ARCHIVE);
    List<Integer> events = EventfulStore.events(store);
    for (String point : DyingWork.points("restore.", OF_A_STORE)) {
      Path target = directory.resolve("restored-" + point);

      DyingWork.dieAt(point, "restore", place, target);

      assertHalf(target, ".restoring", point);
      if (Files.notExists(target)) {
        backups.restore(Backups.NEWEST, new Point.End(), target);
      }
      assertThat(debris(directory)).as(point).isEmpty();
      assertThat(EventfulStore.events(target)).as(point).isEqualTo(events);
      assertSound(target);
    }
    assertThat(backups.damaged()).isEmpty();
    assertThat(debris(place)).isEmpty();
  }

  @Test
  void aSalvageThatDiesLeavesNoStoreAndTheNextOneSucceeds() throws Exception {
    EventfulStore.session(store, 2, 20);
    List<Integer> events = EventfulStore.events(store);
    for (String point : DyingWork.points("salvage.", OF_A_STORE)) {
      Path target = directory.resolve("salvaged-" + point);

      DyingWork.dieAt(point, "salvage", store, target);

      assertHalf(target, ".salvaging", point);
      if (Files.notExists(target)) {
        SalvageReport report = Salvage.salvage(store, target);
        assertThat(report.complete()).as(report.toText()).isTrue();
      }
      assertThat(debris(directory)).as(point).isEmpty();
      assertThat(EventfulStore.events(target)).as(point).isEqualTo(events);
      assertSound(target);
    }
    assertSound(store);
  }

  /** Half of a store is none: it has no manifest, and every way to open it says so. */
  private static void assertHalf(Path target, String suffix, String point) {
    Path half = target.resolveSibling(target.getFileName() + suffix);
    assertThat(Files.exists(target)).as(point).isEqualTo(point.endsWith(RENAMED) && isLast(point));
    if (point.endsWith(".beforeRename") || Files.exists(target)) {
      return; // It is whole already.
    }
    assertThat(half).as(point).isDirectory();
    assertThat(ManifestFile.path(half)).as(point).doesNotExist();
    assertThatThrownBy(() -> EventLogReader.open(half, EventTypes.builtin()).close())
        .as(point)
        .isInstanceOf(RingfoldException.class)
        .hasMessageContaining(half.toString());
    assertThatThrownBy(() -> EventfulStore.builder(half).build().close())
        .as(point)
        .isInstanceOf(RingfoldException.class)
        .hasMessageContaining(half.toString());
  }

  private static boolean isLast(String point) {
    return point.startsWith("restore.") || point.startsWith("salvage.");
  }
}
