// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringfold.AckLevel;
import dev.ringfold.AppendOptions;
import dev.ringfold.AppendOutcome;
import dev.ringfold.EventLog;
import dev.ringfold.Forks;
import dev.ringfold.Producer;
import dev.ringfold.RingfoldException;
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
import java.util.concurrent.TimeUnit;
import net.openhft.chronicle.queue.ChronicleQueue;
import net.openhft.chronicle.queue.ExcerptTailer;
import net.openhft.chronicle.queue.impl.single.SingleChronicleQueueBuilder;
import net.openhft.chronicle.queue.rollcycles.LegacyRollCycles;
import net.openhft.chronicle.wire.DocumentContext;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What comes out of backups again: any sequence, another identity, a store that goes on. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class RestoreTest {
  private static final int ROUNDS = Integer.getInteger("ringfold.rounds", 12);
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
