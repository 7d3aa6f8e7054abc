// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.parquet.internal.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringfold.DiskFullException;
import dev.ringfold.EventLog;
import dev.ringfold.EventLogReader;
import dev.ringfold.event.RunClosed;
import dev.ringfold.internal.io.FaultPoint;
import dev.ringfold.projections.Position;
import dev.ringfold.projections.ProjectionRunner;
import dev.ringfold.projections.ProjectionState;
import dev.ringfold.writers.parquet.MetricTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is found when a table is opened, and what becomes of it. */
class TableOpeningTest {
  @TempDir Path directory;

  private Path store() {
    return directory.resolve("store");
  }

  private Path outputs() {
    return store().resolve("outputs");
  }

  private void fill(int parts) {
    try (Tables tables = new Tables(store())) {
      for (int i = 0; i < parts; i++) {
        tables.steps("run", i * 10L, 10);
        tables.seal("run");
      }
    }
  }

  private Path table() {
    return outputs().resolve(MetricsProjection.TABLE);
  }

  @Test
  void aFileInItsPlaceIsRefused() throws Exception {
    fill(1);
    Path other = directory.resolve("other");
    Files.createDirectories(other);
    Files.writeString(other.resolve("metrics.parquet"), "mine");
    assertThatIOException()
        .isThrownBy(() -> Tables.rebuild(store(), other))
        .withMessageContaining("There is a file at " + other.resolve("metrics.parquet"))
        .withMessageContaining("Move it away");
    assertThat(Files.readString(other.resolve("metrics.parquet"))).isEqualTo("mine");
  }

  @Test
  void aDirectoryInItsPlaceIsRefused() throws Exception {
    fill(1);
    Path other = directory.resolve("other");
    Files.createDirectories(other.resolve("metrics.parquet"));
    assertThatIOException()
        .isThrownBy(() -> Tables.rebuild(store(), other))
        .withMessageContaining("There is a directory at");
  }

  @Test
  void aForeignLinkInItsPlaceIsRefused() throws Exception {
    fill(1);
    Path other = directory.resolve("other");
    Files.createDirectories(other);
    Files.createSymbolicLink(other.resolve("metrics.parquet"), directory);
    assertThatIOException()
        .isThrownBy(() -> Tables.rebuild(store(), other))
        .withMessageContaining("is not of this output");
  }

  @Test
  void aLostPartIsMadeAgain() throws Exception {
    fill(4);
    Map<String, String> good = Tables.sealed(table());
    Files.delete(MetricTable.open(table()).parts().get(2).file());
    try (Tables tables = new Tables(store())) {
      tables.awaitApplied();
      assertThat(Tables.sealed(table())).isEqualTo(good);
    }
  }

  @Test
  void aDamagedCommitIsPassedOver() throws Exception {
    fill(4);
    Map<String, String> good = Tables.sealed(table());
    Path newest = new CommitStore(TableDirectory.resolve(table())).newestFile();
    Files.writeString(newest, "{}");
    try (Tables tables = new Tables(store())) {
      tables.awaitApplied();
      assertThat(Tables.sealed(table())).isEqualTo(good);
    }
  }

  @Test
  void aTableWithoutAnyGoodCommitIsNotBegunAnewWithoutBeingAsked() throws Exception {
    fill(2);
    try (Stream<Path> commits = Files.list(table().resolve("_commits"))) {
      for (Path commit : commits.toList()) {
        Files.writeString(commit, "{}");
      }
    }
    assertThatIOException()
        .isThrownBy(() -> Tables.rebuild(store(), outputs()))
        .withMessageContaining("Rebuild the projection metrics");
    try (Stream<Path> parts = Files.list(table())) {
      assertThat(parts.filter(file -> file.toString().endsWith(".parquet"))).hasSize(2);
    }
  }

  @Test
  void whatNoCommitNamesIsDeleted() throws Exception {
    fill(2);
    Map<String, String> good = Tables.sealed(table());
    Files.copy(
        MetricTable.open(table()).parts().get(0).file(),
        table().resolve("part-00000000000000099999.parquet"));
    Files.writeString(table().resolve("_tmp/part.tmp"), "half");
    Tables.rebuild(store(), outputs());
    assertThat(Tables.sealed(table())).isEqualTo(good);
    assertThat(TableFiles.parts(table().toRealPath())).hasSize(2);
    try (Stream<Path> left = Files.list(table().resolve("_tmp"))) {
      assertThat(left).isEmpty();
    }
  }

  @Test
  void onlyTheNewestCommitsAreKept() throws Exception {
    fill(20);
    try (Stream<Path> commits = Files.list(table().resolve("_commits"))) {
      assertThat(commits).hasSize(CommitStore.KEPT);
    }
    assertThat(MetricTable.open(table()).sealedRows()).isEqualTo(200);
  }

  @Test
  void aCommitOfEventsTheJournalLostIsRolledBack() throws Exception {
    fill(3);
    MetricTable before = MetricTable.open(table());
    List<Position> positions =
        OpenTable.positions(
            new TableDirectory(outputs(), MetricsProjection.TABLE), MetricsProjection.NAME, 1);
    // As if power was lost and the journal's tail became another one.
    CommitStore commits = new CommitStore(TableDirectory.resolve(table()));
    TableCommit newest = commits.newest();
    Path part = before.parts().get(2).file();
    Path never = table().resolve("part-00000000000000000777.parquet");
    Files.copy(part, never);
    PartEntry named = newest.parts().get(2);
    commits.write(
        new TableCommit(
            newest.projection(),
            newest.version(),
            new Position(newest.position().sequence(), ~newest.position().frameCrc()),
            newest.storeId(),
            newest.configuration(),
            newest.columns(),
            List.of(
                newest.parts().get(0),
                new PartEntry(
                    "part-00000000000000000777.parquet",
                    named.rows(),
                    named.bytes(),
                    777,
                    778,
                    named.sha256(),
                    named.rowHash()))));
    try (Tables tables = new Tables(store())) {
      tables.awaitApplied();
      MetricTable after = MetricTable.open(table());
      assertThat(after.sealedRows()).isEqualTo(30);
      assertThat(after.rowHash()).isEqualTo(before.rowHash());
      assertThat(never).doesNotExist();
    }
    assertThat(positions).hasSizeGreaterThan(2);
  }

  @Test
  void rollBackOverACompactionGoesToTheOldGeneration() throws Exception {
    try (Tables tables = new Tables(store())) {
      for (int i = 0; i < 3; i++) {
        tables.steps("run", i * 10L, 10);
        tables.seal("run");
      }
      tables.compact(tables.log.lastSequence());
      assertThat(Files.readSymbolicLink(table()).toString()).endsWith("000002");
    }
    Path generation = TableDirectory.resolve(table());
    CommitStore commits = new CommitStore(generation);
    for (Path commit = commits.newestFile(); commit != null; commit = commits.newestFile()) {
      Files.delete(commit);
    }
    try (Tables tables = new Tables(store())) {
      tables.awaitApplied();
      MetricTable after = MetricTable.open(table());
      assertThat(after.sealedRows()).isEqualTo(30);
      assertThat(after.parts()).hasSize(1);
      assertThat(after.verify()).isEmpty();
    }
  }

  @Test
  void oldGenerationsGoAfterTheirGrace() throws Exception {
    try (Tables tables = new Tables(store())) {
      for (int i = 0; i < 3; i++) {
        tables.steps("run", i * 10L, 10);
        tables.seal("run");
      }
      tables.compact(tables.log.lastSequence());
    }
    TableDirectory where = new TableDirectory(outputs(), MetricsProjection.TABLE);
    assertThat(where.numbers()).containsExactly(2, 1);
    foldWithClock(Duration.ofMinutes(9));
    assertThat(where.numbers()).containsExactly(2, 1);
    foldWithClock(Duration.ofMinutes(11));
    assertThat(where.numbers()).containsExactly(2);
    assertThat(MetricTable.open(table()).verify()).isEmpty();
  }

  private void foldWithClock(Duration later) throws IOException {
    Clock clock = Clock.fixed(Instant.now().plus(later), ZoneOffset.UTC);
    TableClocks clocks = new TableClocks(System::nanoTime, () -> 0, clock);
    try (EventLogReader reader = EventLog.openReadOnly(store())) {
      ProjectionRunner.fold(
          reader,
          new MetricsProjection(clocks),
          outputs(),
          store().resolve("snapshots"),
          Long.MAX_VALUE);
    }
  }

  @Test
  void withoutLinksAPointerFileTellsTheGeneration() throws Exception {
    Path place = Files.createDirectories(directory.resolve("place"));
    TableDirectory where = new TableDirectory(place, "metrics.parquet", false);
    assertThat(where.current()).isZero();
    where.create(1);
    where.switchTo(1);
    assertThat(where.current()).isEqualTo(1);
    assertThat(where.link()).doesNotExist();
    assertThat(Files.readString(where.pointer())).isEqualTo("metrics.parquet.generations/000001\n");
    assertThat(TableDirectory.resolve(where.link())).isEqualTo(where.generation(1).toRealPath());
  }

  @Test
  void aFoldThatEndsEarlyShowsItsRowsAndGoesOn() throws Exception {
    fill(3);
    Map<String, String> good = Tables.sealed(table());
    Path other = directory.resolve("other");
    long middle = MetricTable.open(table()).parts().get(1).lastSequence() - 3;
    Tables.rebuild(store(), other, middle);
    MetricTable half = MetricTable.open(other.resolve(MetricsProjection.TABLE));
    assertThat(half.parts()).hasSize(1);
    assertThat(half.openParts()).hasSize(1);
    assertThat(Tables.sealed(Tables.rebuild(store(), other))).isEqualTo(good);
  }

  @Test
  void outputsThatAreAFileStopTheTableAndNotTheLog() throws Exception {
    Path file = Files.writeString(directory.resolve("file"), "mine");
    try (Tables tables = new Tables(Tables.builder(store()).build(), file)) {
      tables.steps("run", 0, 10);
      Tables.await(
          "a failed projection",
          () -> tables.runtime.status(MetricsProjection.NAME).state() == ProjectionState.FAILED);
      assertThat(tables.runtime.status(MetricsProjection.NAME).failure()).contains(file.toString());
      assertThat(tables.append("run", new RunClosed(0)).firstSequence()).isGreaterThan(9);
      assertThat(Files.readString(file)).isEqualTo("mine");
    }
    Tables.rebuild(store(), outputs());
    assertThat(MetricTable.open(table()).sealedRows()).isEqualTo(10);
  }

  @Test
  void aFullDiskIsWaitedForAndNothingIsLost() throws Exception {
    AtomicInteger hits = new AtomicInteger();
    try (Tables tables = new Tables(store())) {
      tables.steps("run", 0, 100);
      tables.seal("run");
      try (FaultPoint.Hook hook =
          FaultPoint.install(
              point -> {
                if (point.equals("table.part.tmpWritten") && hits.incrementAndGet() == 1) {
                  throw new DiskFullException("no space left");
                }
              })) {
        assertThat(hook).isNotNull();
        tables.steps("run", 100, 100);
        tables.seal("run");
      }
      assertThat(hits).hasValueGreaterThan(1);
      assertThat(tables.runtime.status(MetricsProjection.NAME).deadLetters()).isZero();
      assertThat(MetricTable.open(table()).sealedRows()).isEqualTo(200);
      assertThat(MetricTable.open(table()).verify()).isEmpty();
    }
  }

  @Test
  void theScriptOfViewsWorksInAnyDirectory() throws Exception {
    Path odd = directory.resolve("it's [1]*? ü");
    try (Tables tables = new Tables(Tables.builder(store()).build(), odd);
        Duck duck = new Duck()) {
      tables.awaitApplied(tables.append("run", new RunClosed(0)).firstSequence());
      duck.run(Files.readString(odd.resolve(ViewScript.FILE)));
      assertThat(duck.number("select count(*) from latest")).isZero();
      tables.steps("run", 0, 10);
      tables.seal("run");
      duck.run(Files.readString(odd.resolve(ViewScript.FILE)));
      assertThat(duck.row("select count(*), sum(step)::bigint from latest"))
          .containsExactly(10L, 45L);
    }
  }

  /** As when its writer is started again between a look and a read, and every time. */
  @Test
  void anOpenPartThatVanishesDoesNotMeanThatThereIsNoTable() throws Exception {
    fill(1);
    Path vanished = table().toRealPath().resolve("part-99999999999999999999.parquet");
    Files.createSymbolicLink(vanished, Path.of("gone"));

    assertThatThrownBy(() -> MetricTable.open(table()))
        .isInstanceOf(IOException.class)
        .isNotInstanceOf(NoSuchFileException.class)
        .hasMessageContaining("lost an open part 100 times")
        .hasMessageContaining("try again");
  }
}
