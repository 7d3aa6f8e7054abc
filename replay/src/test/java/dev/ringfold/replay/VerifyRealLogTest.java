// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringfold.AckLevel;
import dev.ringfold.AppendOptions;
import dev.ringfold.EventLog;
import dev.ringfold.EventView;
import dev.ringfold.LogOption;
import dev.ringfold.MetricsRow;
import dev.ringfold.Producer;
import dev.ringfold.Stream;
import dev.ringfold.event.MetricLayout;
import dev.ringfold.event.MetricsLogged;
import dev.ringfold.internal.journal.JournalCursor;
import dev.ringfold.internal.journal.ManifestFile;
import dev.ringfold.internal.journal.SegmentFiles;
import dev.ringfold.internal.journal.StoreFileSource;
import dev.ringfold.internal.keys.KeyEntries;
import dev.ringfold.internal.keys.KeyFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Verify and repair on stores that the log itself has written. */
@Timeout(value = 180, unit = TimeUnit.SECONDS)
class VerifyRealLogTest {
  private static final MetricLayout LAYOUT =
      MetricLayout.builder().doubles("loss", "accuracy").build();

  @TempDir private Path directory;

  private Path store() {
    return directory.resolve("store");
  }

  private EventLog open() {
    return EventLog.builder(store())
        .environment(Map.of())
        .set(LogOption.RING_SLOTS, 4096)
        .set(LogOption.SEGMENT_BYTES, 1 << 20)
        .set(LogOption.BLOCK_BYTES, 256 << 10)
        .set(LogOption.RESERVE_BYTES, 256 << 10)
        .build();
  }

  /** One session: overloads the ring with metrics, and appends with keys. */
  private void session(int number) {
    try (EventLog log = open();
        Producer trainer = log.producer("trainer");
        Producer agent = log.producer("agent")) {
      Stream run = log.stream("run-" + number);
      MetricsRow row = trainer.metrics(run, LAYOUT);
      for (int step = 0; step < 40_000; step++) {
        row.begin(0, step).set(0, step * 0.5).set(1, 1.0).offer();
        if (step % 2_000 == 0) {
          MetricsLogged event =
              MetricsLogged.complete(0, MetricsLogged.Kind.STEP, 0, 0, step, new long[0]);
          agent.appendAndAwait(
              log.stream("agent"),
              event,
              AckLevel.JOURNAL,
              AppendOptions.NONE
                  .key("key-" + number + "-" + step)
                  .tag("step", Integer.toString(step)),
              Duration.ofSeconds(30));
        }
      }
    }
  }

  @Test
  void whatTheLogWritesHasNoFindings() {
    session(1);
    session(2);
    session(3);

    VerifyReport report = JournalVerifier.verify(store());

    assertThat(report.findings()).as(report.toText()).isEmpty();
    assertThat(report.segments()).isGreaterThanOrEqualTo(3);
    assertThat(report.state()).isEqualTo("clean");
    assertThat(report.durableSequence()).isEqualTo(report.lastSequence());
    assertThat(JournalRepair.repair(store(), false).actions()).isEmpty();
  }

  @Test
  void keysAndTagsOfOtherEventsAreFoundAlthoughTheirChecksumsAreRight() throws IOException {
    session(1);
    for (String name : List.of(SegmentFiles.KEYS_FILE, SegmentFiles.TAGS_FILE)) {
      Path file = keyed(name);
      byte[] right = Files.readAllBytes(file);
      rewrite(file, 1);

      VerifyReport report = JournalVerifier.verify(store());

      assertThat(report.findings()).as(report.toText()).hasSize(1);
      assertThat(report.findings().get(0).file()).isEqualTo(file);
      assertThat(report.findings().get(0).text()).contains("is not that of the event");
      Files.write(file, right);
    }
    assertThat(JournalVerifier.verify(store()).findings()).isEmpty();
  }

  /** A file of this name with entries. */
  private Path keyed(String name) {
    for (long segment : SegmentFiles.present(store())) {
      Path file = SegmentFiles.folder(store(), segment).resolve(name);
      try (KeyFile keys = KeyFile.open(file)) {
        if (keys.count() > 0) {
          return file;
        }
      }
    }
    throw new AssertionError("no segment has " + name);
  }

  /** Writes a file anew, with every entry this many sequences off. */
  private void rewrite(Path file, long off) {
    KeyEntries entries = new KeyEntries();
    try (KeyFile keys = KeyFile.open(file)) {
      if (keys.content() == KeyFile.Content.KEYS) {
        keys.readAll()
            .forEachKey(
                (hi, lo, hash, at, n, time) -> entries.addKey(hi, lo, hash, at + off, n, time));
      } else {
        keys.readAll().forEachPair((type, hi, lo, at) -> entries.addPair(type, hi, lo, at + off));
      }
      KeyFile.write(
          file,
          store().resolve(ManifestFile.TEMPORARY_DIRECTORY),
          keys.content(),
          HexFormat.of().parseHex(keys.storeIdHex()),
          keys.segment(),
          keys.firstSequence(),
          keys.endSequence(),
          entries);
    }
  }

  @Test
  void aLogThatIsWritingIsNeverCalledDamaged() throws Exception {
    try (EventLog log = open();
        Producer trainer = log.producer("trainer")) {
      Stream run = log.stream("run");
      MetricsRow row = trainer.metrics(run, LAYOUT);
      Thread writer =
          new Thread(
              () -> {
                int step = 0;
                // At a pace that checking the whole store, again and again, keeps up with.
                while (!Thread.currentThread().isInterrupted() && step < 1_000_000) {
                  row.begin(0, step++).set(0, 1).set(1, 2).offer();
                  if (step % 100 == 0) {
                    LockSupport.parkNanos(1_000_000);
                  }
                }
              });
      writer.start();
      try {
        for (int i = 0; i < 15; i++) {
          VerifyReport report = JournalVerifier.verify(store(), i % 4 == 0);
          assertThat(report.count(Severity.ERROR)).as(report.toText()).isZero();
          assertThat(report.count(Severity.WARNING)).as(report.toText()).isZero();
        }
      } finally {
        writer.interrupt();
        writer.join();
      }
      trainer.handOver();
    }
    assertThat(JournalVerifier.verify(store()).findings()).isEmpty();
  }

  @Test
  void aStoreWithoutManifestIsRepairedAndOpensAgain() throws IOException {
    session(1);
    session(2);
    long last = JournalVerifier.verify(store()).lastSequence();
    Files.delete(ManifestFile.path(store()));
    for (long segment : SegmentFiles.present(store())) {
      Path folder = SegmentFiles.folder(store(), segment);
      Files.delete(SegmentFiles.indexFile(folder));
      Files.delete(SegmentFiles.keysFile(folder));
      Files.delete(SegmentFiles.tagsFile(folder));
    }

    RepairReport repaired = JournalRepair.repair(store(), false);

    assertThat(repaired.complete()).as(repaired.toText()).isTrue();
    try (EventLog log = open()) {
      assertThat(log.lastSequence()).isGreaterThan(last);
    }
    VerifyReport report = JournalVerifier.verify(store());
    assertThat(report.findings()).as(report.toText()).isEmpty();
  }

  @Test
  void seeksInARealStoreGiveDenseSequences() {
    session(1);
    VerifyReport report = JournalVerifier.verify(store());
    EventView view = new EventView();

    try (JournalCursor cursor = new JournalCursor(StoreFileSource.open(store()), null)) {
      for (long sequence = 0; sequence <= report.lastSequence(); sequence += 997) {
        cursor.seekSequence(sequence);
        assertThat(cursor.next(view)).isTrue();
        assertThat(view.sequence()).isEqualTo(sequence);
      }
    }
  }
}
