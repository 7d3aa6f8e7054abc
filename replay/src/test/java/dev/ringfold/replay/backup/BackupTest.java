// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.ringfold.AckLevel;
import dev.ringfold.AppendOptions;
import dev.ringfold.AppendOutcome;
import dev.ringfold.EventLog;
import dev.ringfold.Forks;
import dev.ringfold.MetricsRow;
import dev.ringfold.Producer;
import dev.ringfold.RetentionRule;
import dev.ringfold.RingfoldException;
import dev.ringfold.SegmentRetiredException;
import dev.ringfold.blob.BlobLimits;
import dev.ringfold.blob.BlobRef;
import dev.ringfold.blob.BlobStore;
import dev.ringfold.event.MetricLayout;
import dev.ringfold.internal.journal.Manifest;
import dev.ringfold.internal.journal.ManifestFile;
import dev.ringfold.internal.journal.RawFrame;
import dev.ringfold.internal.journal.SegmentEntry;
import dev.ringfold.internal.journal.SegmentFiles;
import dev.ringfold.internal.journal.SegmentScan;
import dev.ringfold.replay.JournalRepair;
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
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.zip.ZipFile;
import net.openhft.chronicle.queue.ChronicleQueue;
import net.openhft.chronicle.queue.ExcerptTailer;
import net.openhft.chronicle.queue.impl.single.SingleChronicleQueueBuilder;
import net.openhft.chronicle.queue.rollcycles.LegacyRollCycles;
import net.openhft.chronicle.wire.DocumentContext;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Taking backups, and what comes out of them again. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class BackupTest {
  private static final int ROUNDS = Integer.getInteger("ringfold.rounds", 8);
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
  void aStoreCanBeRestoredToAnySequence() {
    EventfulStore.session(store, 1, 400);
    backups.full(store, Form.DIRECTORY);
    EventfulStore.session(store, 2, 200);
    backups.incremental(store, Form.ARCHIVE);
    EventfulStore.session(store, 3, 200);
    backups.incremental(store, Form.DIRECTORY);
    List<Integer> events = EventfulStore.events(store);
    SplittableRandom random = new SplittableRandom(EventfulStore.SEED);
    System.out.println("seed " + EventfulStore.SEED + ", " + events.size() + " events");

    for (int round = 0; round < ROUNDS; round++) {
      long wanted = random.nextInt(events.size());
      Path target = directory.resolve("at-" + round);
      RestoreReport report;
      try {
        report = backups.restore(Backups.NEWEST, new Point.Sequence(wanted), target);
      } catch (RingfoldException e) {
        assertThat(e).hasMessageContaining("atomic group");
        assertThat(target).doesNotExist();
        wanted = Long.parseLong(e.getMessage().replaceAll(".*or to (\\d+)\\.", "$1"));
        report = backups.restore(Backups.NEWEST, new Point.Sequence(wanted), target);
      }

      assertThat(report.lastSequence()).isEqualTo(wanted);
      assertThat(EventfulStore.events(target))
          .as("restored at " + wanted)
          .isEqualTo(events.subList(0, (int) wanted + 1));
      assertSound(target);
      goesOn(target, wanted);
    }
  }

  /** The restored store can be written, and its keys are those up to the point. */
  private static void goesOn(Path restored, long last) {
    try (EventLog log = EventfulStore.builder(restored).build();
        Producer producer = log.producer("later")) {
      assertThat(log.lastSequence()).isGreaterThan(last);
      AppendOutcome outcome =
          producer.appendAndAwait(
              log.stream("later"),
              new EventfulStore.Noted("new"),
              AckLevel.DISK,
              AppendOptions.NONE.key("never seen"),
              Duration.ofSeconds(30));
      assertThat(outcome.isStored()).isTrue();
      assertThat(outcome.receipt().firstSequence()).isGreaterThan(last);
    }
    assertSound(restored);
  }

  @Test
  void keysUpToThePointAreDuplicatesAndLaterOnesAreNew() {
    try (EventLog log = EventfulStore.builder(store).build();
        Producer producer = log.producer("a")) {
      keyed(log, producer, "before");
      backups.full(store, Form.DIRECTORY);
      keyed(log, producer, "after");
    }
    backups.incremental(store, Form.DIRECTORY);
    Backup full = backups.list().get(0);

    Path restored = restore(new Point.Sequence(full.lastSequence()), "restored");

    try (EventLog log = EventfulStore.builder(restored).build();
        Producer producer = log.producer("a")) {
      assertThat(keyed(log, producer, "before")).isInstanceOf(AppendOutcome.Duplicate.class);
      assertThat(keyed(log, producer, "after")).isInstanceOf(AppendOutcome.Appended.class);
    }
  }

  private static AppendOutcome keyed(EventLog log, Producer producer, String key) {
    return producer.appendAndAwait(
        log.stream("keyed"),
        new EventfulStore.Noted(key),
        AckLevel.DISK,
        AppendOptions.NONE.key(key),
        Duration.ofSeconds(30));
  }

  @Test
  void everyRestoredStoreIsAnotherOneAndKnowsWhereItComesFrom() {
    EventfulStore.session(store, 1, 50);
    backups.full(store, Form.DIRECTORY);
    String original = ManifestFile.read(store).storeId();

    Manifest one = ManifestFile.read(restore(new Point.End(), "one"));
    Manifest two = ManifestFile.read(restore(new Point.Sequence(5), "two"));

    assertThat(one.storeId()).isNotEqualTo(original).isNotEqualTo(two.storeId());
    assertThat(two.storeId()).isNotEqualTo(original);
    assertThat(one.lineage()).isEqualTo(new Manifest.Lineage(original, one.durableSequence()));
    assertThat(two.lineage()).isEqualTo(new Manifest.Lineage(original, 5));
    assertThatThrownBy(() -> backups.incremental(directory.resolve("one"), Form.DIRECTORY))
        .isInstanceOf(RingfoldException.class)
        .hasMessageContaining(original)
        .hasMessageContaining("directory of its own");
  }

  @Test
  void aRestoredStoreCanBeBackedUpAndRestoredAgain() {
    EventfulStore.session(store, 1, 100);
    backups.full(store, Form.DIRECTORY);
    Path one = restore(new Point.Sequence(20), "one");
    EventfulStore.session(one, 9, 60);
    Backups second = Backups.open(directory.resolve("second"));
    second.full(one, Form.ARCHIVE);

    Path two = second.restore(Backups.NEWEST, new Point.End(), directory.resolve("two")).store();

    assertThat(EventfulStore.events(two)).isEqualTo(EventfulStore.events(one));
    assertThat(ManifestFile.read(two).ancestry()).hasSize(2);
    assertSound(two);
    goesOn(two, ManifestFile.read(two).durableSequence());
  }

  @Test
  void chronicleReadsARestoredJournal() {
    EventfulStore.session(store, 1, 200);
    backups.full(store, Form.DIRECTORY);
    Path restored = restore(new Point.End(), "restored");

    for (SegmentEntry entry : ManifestFile.read(restored).segments()) {
      Path folder = SegmentFiles.folder(restored, entry.number());
      long documents = 0;
      try (ChronicleQueue queue =
              SingleChronicleQueueBuilder.binary(folder.toFile())
                  .rollCycle(LegacyRollCycles.MINUTELY)
                  .timeProvider(() -> 0L)
                  .readOnly(true)
                  .build();
          ExcerptTailer tailer = queue.createTailer()) {
        for (boolean more = true; more; ) {
          try (DocumentContext document = tailer.readingDocument()) {
            more = document.isPresent();
            documents += more ? 1 : 0;
          }
        }
      }
      assertThat(documents).isEqualTo(entry.frames() + 1); // And the prepared frame.
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

  @Test
  void whatRetentionDeletesIsInTheBackupThatTheErrorNames() {
    try (EventLog log = EventfulStore.builder(store).build()) {
      EventfulStore.publish(log, 1, 200);
      Backup backup = backups.full(store, Form.DIRECTORY).backup();
      List<Integer> before = EventfulStore.events(store, backup.lastSequence());
      EventfulStore.publish(log, 2, 200);
      backups.incremental(store, Form.DIRECTORY);
      log.retention().apply(log.retention().plan(new RetentionRule.BeforeSequence(Long.MAX_VALUE)));
      long floor = log.floorSequence();
      assertThat(floor).isPositive();

      SegmentRetiredException retired =
          catchThrowableOfType(
              SegmentRetiredException.class, () -> log.tailer().fromSequence(0).open().close());

      assertThat(retired.backup()).contains(backup.path().toString());
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
    backups.full(store, Form.DIRECTORY);
    try (EventLog log = EventfulStore.builder(store).build()) {
      EventfulStore.publish(log, 2, 100);
      EventfulStore.publish(log, 3, 100);
      log.retention().apply(log.retention().plan(new RetentionRule.BeforeSequence(Long.MAX_VALUE)));
    }

    assertThatThrownBy(() -> backups.incremental(store, Form.DIRECTORY))
        .isInstanceOf(RingfoldException.class)
        .hasMessageContaining("Take a full backup");
    Backup full = backups.full(store, Form.DIRECTORY).backup();
    assertThat(full.firstSequence()).isPositive();
    Path restored = restore(new Point.End(), "restored");
    assertThat(EventfulStore.events(restored)).isEqualTo(EventfulStore.events(store));
    assertThat(ManifestFile.read(restored).floorSequence()).isEqualTo(full.firstSequence());
    goesOn(restored, full.lastSequence());
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

  @Test
  void aForkThatIsCutInsideOfAFrameCanBeBackedUpAndSalvaged() {
    EventfulStore.session(store, 1, 200);
    long cut = insideOfAFrame(store);
    Path fork = directory.resolve("fork");
    Forks.fork(store, cut, fork, "tried");
    EventfulStore.session(fork, 5, 50);
    List<Integer> events = EventfulStore.events(fork);
    assertThat(events.subList(0, (int) cut + 1))
        .isEqualTo(EventfulStore.events(store).subList(0, (int) cut + 1));
    backups.full(fork, Form.DIRECTORY);
    EventfulStore.session(fork, 6, 20);
    backups.incremental(fork, Form.ARCHIVE);

    Path restored = restore(new Point.End(), "restored");
    Path before = restore(new Point.Sequence(cut - 1), "before");

    assertThat(EventfulStore.events(restored)).isEqualTo(EventfulStore.events(fork));
    assertThat(EventfulStore.events(before)).isEqualTo(events.subList(0, (int) cut));
    assertSound(restored);
    assertSound(before);
    goesOn(restored, ManifestFile.read(restored).durableSequence());
    SalvageReport salvaged = Salvage.salvage(fork, directory.resolve("salvaged"));
    assertThat(salvaged.complete()).as(salvaged.toText()).isTrue();
    assertThat(EventfulStore.events(salvaged.target())).isEqualTo(EventfulStore.events(fork));
    assertSound(salvaged.target());
  }

  /** A sequence with another one behind it in the same frame, and not in a group. */
  private static long insideOfAFrame(Path store) {
    long[] found = {-1};
    for (SegmentEntry entry : ManifestFile.read(store).segments()) {
      SegmentScan.scan(
          SegmentFiles.queueFile(store, entry.number()),
          entry.before(),
          entry.length(),
          frame -> {
            RawFrame raw = new RawFrame();
            raw.copy(frame);
            for (int i = 1; i + 1 < raw.eventCount() && found[0] < 0; i++) {
              boolean free = !raw.groupContinues(i) && !raw.groupContinues(i - 1);
              found[0] = free && raw.firstSequence() > 500 ? raw.firstSequence() + i : -1;
            }
          });
    }
    return found[0];
  }

  @Test
  void aRestoredStoreWhoseManifestIsLostKeepsItsIdentity() throws IOException {
    EventfulStore.session(store, 1, 50);
    backups.full(store, Form.DIRECTORY);
    Path restored = restore(new Point.End(), "restored");
    Manifest before = ManifestFile.read(restored);
    Files.delete(ManifestFile.path(restored));

    JournalRepair.repair(restored, false);

    Manifest after = ManifestFile.read(restored);
    assertThat(after.storeId()).isEqualTo(before.storeId());
    assertThat(after.ancestry()).isEqualTo(before.ancestry());
    assertSound(restored);
  }

  @Test
  void aPointByTimeIsFound() {
    EventfulStore.session(store, 1, 100);
    backups.full(store, Form.DIRECTORY);

    RestoreReport report =
        backups.restore(
            Backups.NEWEST,
            new Point.LogTime(Instant.parse("2100-01-01T00:00:00Z")),
            directory.resolve("restored"));

    assertThat(report.lastSequence()).isEqualTo(EventfulStore.events(store).size() - 1);
    assertThatThrownBy(() -> restore(new Point.Sequence(1_000_000), "other"))
        .hasMessageContaining("has the events 0 to");
    assertThatThrownBy(() -> restore(new Point.End(), "restored")).hasMessageContaining("already");
  }
}
