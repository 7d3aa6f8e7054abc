// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.ringfold.EventLog;
import dev.ringfold.EventLogReader;
import dev.ringfold.MetricsRow;
import dev.ringfold.Producer;
import dev.ringfold.RetentionRule;
import dev.ringfold.RingfoldException;
import dev.ringfold.SegmentRetiredException;
import dev.ringfold.blob.BlobLimits;
import dev.ringfold.blob.BlobRef;
import dev.ringfold.blob.BlobStore;
import dev.ringfold.event.EventTypes;
import dev.ringfold.event.MetricLayout;
import dev.ringfold.internal.journal.ManifestFile;
import dev.ringfold.replay.FloorCheck;
import dev.ringfold.replay.JournalVerifier;
import dev.ringfold.replay.Point;
import dev.ringfold.replay.Severity;
import dev.ringfold.replay.VerifyReport;
import dev.ringfold.replay.backup.Backup.Form;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Taking backups: all of a store, what is new, while it is written; and deleting them. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class BackupTest {
  private static final Instant TIME = Instant.parse("2026-11-20T10:00:00Z");

  @TempDir private Path directory;
  private Path store;
  private Backups backups;

  @BeforeEach
  void place() {
    store = directory.resolve("store");
    backups = Backups.open(directory.resolve("backups"), Clock.fixed(TIME, ZoneOffset.UTC));
  }

  private Path restore(Point point, String name) {
    return backups.restore(Backups.NEWEST, point, directory.resolve(name)).store();
  }

  private static void assertSound(Path store) {
    VerifyReport report = JournalVerifier.verify(store);
    assertThat(report.findings()).as(report.toText()).noneMatch(f -> f.severity() != Severity.NOTE);
  }

  @ParameterizedTest
  @EnumSource(Form.class)
  void everyEventAndBlobComesBackWithItsSequence(Form form) throws IOException {
    EventfulStore.session(store, 1, 300);
    EventfulStore.session(store, 2, 300);

    BackupReport taken = backups.full(store, form);
    Path restored = restore(new Point.End(), "restored");

    List<Integer> events = EventfulStore.events(store);
    assertThat(EventfulStore.events(restored)).isEqualTo(events);
    assertThat(taken.events()).isEqualTo(events.size());
    assertThat(restored.resolve("schemas")).hasSameTextualContentAs(store.resolve("schemas"));
    assertThat(blobs(restored)).isEqualTo(blobs(store)).isNotEmpty();
    assertSound(restored);
    if (form == Form.ARCHIVE) {
      try (ZipFile zip = new ZipFile(taken.backup().path().toFile())) {
        assertThat(zip.size()).isEqualTo((int) zip.stream().filter(e -> e.getSize() > 0).count());
        assertThat(zip.getEntry("backup.json")).isNotNull();
      }
    }
  }

  private static TreeSet<String> blobs(Path store) {
    try (BlobStore blobs = BlobStore.openReadOnly(store, BlobLimits.defaults())) {
      return blobs.list().map(BlobRef::toString).collect(Collectors.toCollection(TreeSet::new));
    }
  }

  @Test
  void anIncrementalBackupReadsOnlyWhatIsNew() {
    EventfulStore.session(store, 1, 2_000);
    BackupReport full = backups.full(store, Form.DIRECTORY);
    EventfulStore.session(store, 2, 10);

    BackupReport incremental = backups.incremental(store, Form.DIRECTORY);

    assertThat(incremental.taken()).isTrue();
    assertThat(incremental.frameBytes()).isLessThan(full.frameBytes() / 5);
    assertThat(incremental.backup().firstSequence()).isEqualTo(full.backup().lastSequence() + 1);
    assertThat(incremental.backup().parent()).isEqualTo(full.backup().id());
    assertThat(incremental.blobs()).isLessThan(10);
    BackupReport again = backups.incremental(store, Form.DIRECTORY);
    assertThat(again.taken()).isFalse();
    assertThat(again.backup()).isEqualTo(incremental.backup());
    assertThat(EventfulStore.events(restore(new Point.End(), "restored")))
        .isEqualTo(EventfulStore.events(store));
  }

  @Test
  void backupsAreTakenWhileAHundredThousandEventsASecondAreWritten() throws Exception {
    MetricLayout layout = MetricLayout.builder().doubles("loss").build();
    AtomicBoolean stop = new AtomicBoolean();
    long[] offered = new long[1];
    long begun = System.nanoTime();
    try (EventLog log = EventfulStore.builder(store).build();
        Producer producer = log.producer("trainer")) {
      MetricsRow row = producer.metrics(log.stream("run"), layout);
      Thread writer = new Thread(() -> offered[0] = write(row, stop));
      writer.start();
      awaitSequence(log, 20_000);
      backups.full(store, Form.DIRECTORY);
      awaitSequence(log, log.lastSequence() + 20_000);
      backups.incremental(store, Form.ARCHIVE);
      awaitSequence(log, log.lastSequence() + 20_000);
      backups.incremental(store, Form.DIRECTORY);
      stop.set(true);
      writer.join();
      producer.handOver();
    }
    double perSecond = offered[0] * 1e9 / (System.nanoTime() - begun);
    System.out.printf("%.0f events/s were offered%n", perSecond);
    Path restored = restore(new Point.End(), "restored");

    List<Integer> events = EventfulStore.events(restored);
    assertThat(events).hasSizeGreaterThan(60_000);
    assertThat(EventfulStore.events(store).subList(0, events.size())).isEqualTo(events);
    assertSound(restored);
    assertThat(backups.verify(Backups.NEWEST, false).opened()).isTrue();
  }

  /** A hundred rows each millisecond. */
  private static long write(MetricsRow row, AtomicBoolean stop) {
    long step = 0;
    long next = System.nanoTime();
    while (!stop.get()) {
      for (int i = 0; i < 100; i++) {
        row.begin(0, step++).set(0, 0.5).offer();
      }
      next += 1_000_000;
      LockSupport.parkNanos(next - System.nanoTime());
    }
    return step;
  }

  private static void awaitSequence(EventLog log, long sequence) {
    while (log.lastSequence() < sequence) {
      LockSupport.parkNanos(1_000_000);
    }
  }

  /** Only what is sealed is retired: that is done beside the log, and behind a next event. */
  private static void retireTo(EventLog log, long floor) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    for (int i = 0; log.floorSequence() < floor; i++) {
      if (i > 0) {
        EventfulStore.publish(log, 1_000 + i, 4);
      }
      assertThat(System.nanoTime()).as("the floor is %s", log.floorSequence()).isLessThan(deadline);
      log.retention().apply(log.retention().plan(new RetentionRule.BeforeSequence(Long.MAX_VALUE)));
      LockSupport.parkNanos(1_000_000);
    }
  }

  @Test
  void whatRetentionDeletesIsInTheBackupThatTheErrorNames() {
    try (EventLog log = EventfulStore.builder(store).build()) {
      EventfulStore.publish(log, 1, 200);
      Backup backup = backups.full(store, Form.DIRECTORY).backup();
      List<Integer> before = EventfulStore.events(store, backup.lastSequence());
      EventfulStore.publish(log, 2, 200);
      backups.incremental(store, Form.DIRECTORY);
      retireTo(log, 1);
      long floor = log.floorSequence();
      assertThat(floor).isPositive();

      SegmentRetiredException retired =
          catchThrowableOfType(
              SegmentRetiredException.class, () -> log.tailer().fromSequence(0).open().close());

      assertThat(retired.backup()).contains(backup.path().toString());
      try (EventLogReader reader = EventLogReader.open(store, EventTypes.builtin())) {
        FloorCheck.require(reader, floor);
        assertThatThrownBy(() -> FloorCheck.require(reader, 0))
            .isInstanceOf(SegmentRetiredException.class)
            .hasMessageContaining(backup.path().toString());
      }
      assertThat(retired).hasMessageContaining("restore the backup " + backup.path());
      assertThat(EventfulStore.events(restore(new Point.Sequence(backup.lastSequence()), "old")))
          .isEqualTo(before);
    }
    backups.incremental(store, Form.DIRECTORY);
    Path restored = restore(new Point.End(), "restored");
    EventfulStore.session(restored, 3, 10);
    assertThat(ManifestFile.read(restored).floorSequence())
        .as("the fact RetentionApplied is of the store it comes from")
        .isZero();
  }

  @Test
  void aStoreThatLostWhatNoBackupHasNeedsAFullOne() {
    EventfulStore.session(store, 1, 50);
    Backup first = backups.full(store, Form.DIRECTORY).backup();
    try (EventLog log = EventfulStore.builder(store).build()) {
      EventfulStore.publish(log, 2, 100);
      EventfulStore.publish(log, 3, 100);
      retireTo(log, first.lastSequence() + 2);
    }

    assertThatThrownBy(() -> backups.incremental(store, Form.DIRECTORY))
        .isInstanceOf(RingfoldException.class)
        .hasMessageContaining("Take a full backup");
    Backup full = backups.full(store, Form.DIRECTORY).backup();
    assertThat(full.firstSequence()).isPositive();
    Path restored = restore(new Point.End(), "restored");
    assertThat(EventfulStore.events(restored)).isEqualTo(EventfulStore.events(store));
    assertThat(ManifestFile.read(restored).floorSequence()).isEqualTo(full.firstSequence());
    EventfulStore.session(restored, 7, 5);
    assertSound(restored);
  }

  @Test
  void rotationKeepsWholeChainsAndAlwaysTheNewest() {
    EventfulStore.session(store, 1, 20);
    Path place = directory.resolve("backups");
    for (int day = 0; day < 3; day++) {
      Clock clock = Clock.fixed(TIME.plus(Duration.ofDays(day)), ZoneOffset.UTC);
      Backups then = Backups.open(place, clock);
      then.full(store, Form.DIRECTORY);
      EventfulStore.session(store, 10 + day, 5);
      then.incremental(store, Form.ARCHIVE);
    }
    assertThat(backups.list()).hasSize(6);

    assertThat(backups.keepLast(5, false)).isEmpty();
    assertThat(backups.keepLast(4, true)).hasSize(2);
    assertThat(backups.list()).hasSize(6);
    assertThat(backups.keepLast(3, false))
        .extracting(Backup::id)
        .containsExactly("000001-full", "000002-incremental");
    Backups late = Backups.open(place, Clock.fixed(TIME.plus(Duration.ofDays(30)), ZoneOffset.UTC));
    assertThat(late.olderThan(Duration.ofDays(60), false)).isEmpty();
    assertThat(late.olderThan(Duration.ofDays(1), false)).hasSize(2);

    assertThat(backups.list())
        .extracting(Backup::id)
        .containsExactly("000005-full", "000006-incremental");
    assertThat(EventfulStore.events(restore(new Point.End(), "restored")))
        .isEqualTo(EventfulStore.events(store));
  }

  @Test
  void whatACrashLeftIsNoBackupAndGoesWithTheNext() throws IOException {
    EventfulStore.session(store, 1, 20);
    Path left = directory.resolve("backups/.tmp-000001-full");
    Files.createDirectories(left);
    Files.writeString(left.resolve("frames"), "half");
    assertThat(backups.list()).isEmpty();

    backups.full(store, Form.DIRECTORY);

    assertThat(left).doesNotExist();
    assertThat(backups.list()).hasSize(1);
  }
}
