// SPDX-License-Identifier: Apache-2.0
package dev.ringfold;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringfold.internal.io.FaultPoint;
import dev.ringfold.internal.io.StoreSecurity;
import dev.ringfold.internal.journal.Manifest;
import dev.ringfold.internal.journal.ManifestFile;
import dev.ringfold.internal.journal.SegmentEntry;
import dev.ringfold.internal.journal.SegmentFiles;
import dev.ringfold.internal.keys.KeyFile;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What fails once in the background, as when descriptors run out, is done later. */
class SealRetryTest {
  private static final int KEYS = 40;

  @TempDir private Path store;

  /** Fails where it is told so, until it is told otherwise. */
  private static FaultPoint.Hook failing(String point, AtomicInteger times) {
    return FaultPoint.install(
        reached -> {
          if (reached.equals(point) && times.getAndDecrement() > 0) {
            throw new StoreAccessException("too many open files, says the test");
          }
        });
  }

  private static AppendOutcome appendKeyed(Producer producer, Stream stream, int key) {
    return producer.appendAndAwait(
        stream,
        LogFixture.event(key),
        AckLevel.JOURNAL,
        AppendOptions.NONE.key("key-" + key),
        Duration.ofSeconds(30));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"seal.beforeTruncate", "seal.beforeIndex", "keys.tmpWritten", "seal.afterIndex"})
  void aSealThatFailedIsDoneLaterWithAllKeys(String point) {
    AtomicInteger times = new AtomicInteger(2);
    long first;
    try (EventLog log = LogFixture.builder(store).build();
        Producer producer = log.producer("p")) {
      Stream stream = log.stream("s");
      first = LogFixture.open(store).number();
      for (int key = 0; key < KEYS; key++) {
        assertThat(appendKeyed(producer, stream, key)).isInstanceOf(AppendOutcome.Appended.class);
      }
      FaultPoint.Hook hook = failing(point, times);
      try {
        LogFixture.endSegment(log, producer, stream);
        assertThat(times).as("the point was reached").hasNegativeValue();
        LogFixture.endSegment(log, producer, stream);
      } finally {
        hook.close();
      }
    }
    assertThat(ManifestFile.read(store).segments()).allMatch(SegmentEntry::sealed);
    Path keys = SegmentFiles.keysFile(SegmentFiles.folder(store, first));
    try (KeyFile file = KeyFile.open(keys)) {
      assertThat(file.count()).isEqualTo(KEYS);
    }
    try (EventLog log = LogFixture.builder(store).build();
        Producer producer = log.producer("p")) {
      Stream stream = log.stream("s");
      for (int key = 0; key < KEYS; key++) {
        assertThat(appendKeyed(producer, stream, key)).isInstanceOf(AppendOutcome.Duplicate.class);
      }
    }
  }

  @Test
  void aSegmentThatCouldNotBePreparedIsPreparedLater() {
    try (EventLog log = LogFixture.builder(store).build();
        Producer producer = log.producer("p")) {
      Stream stream = log.stream("s");
      LogFixture.append(producer, stream, 0);
      long next = LogFixture.open(store).number() + 1;
      // What a try that failed leaves behind.
      StoreSecurity.createDirectory(SegmentFiles.folder(store, next));

      LogFixture.endSegment(log, producer, stream);

      assertThat(LogFixture.open(store).number()).isEqualTo(next);
    }
  }

  @Test
  void aSegmentThatWasNotSealedInFrontOfASealedOneIsReadAgain() {
    long events;
    long middle;
    try (EventLog log = LogFixture.builder(store).build();
        Producer producer = log.producer("p")) {
      Stream stream = log.stream("s");
      LogFixture.endSegment(log, producer, stream);
      middle = LogFixture.open(store).number();
      appendKeyed(producer, stream, 1);
      LogFixture.endSegment(log, producer, stream);
      appendKeyed(producer, stream, 2);
      events = log.lastSequence() + 1;
    }
    Manifest manifest = ManifestFile.read(store);
    SegmentEntry was = manifest.segment(middle);
    assertThat(was).isNotNull();
    ManifestFile.write(
        store,
        manifest.withSegment(
            SegmentEntry.open(
                middle,
                was.firstSequence(),
                was.firstFrame(),
                was.previousCrc(),
                was.beginNanos())));

    try (EventLog log = LogFixture.builder(store).build();
        Producer producer = log.producer("p")) {
      assertThat(LogFixture.readAll(log.tailer(), 0)).isGreaterThanOrEqualTo(events);
      assertThat(appendKeyed(producer, log.stream("s"), 1))
          .isInstanceOf(AppendOutcome.Duplicate.class);
      assertThat(appendKeyed(producer, log.stream("s"), 2))
          .isInstanceOf(AppendOutcome.Duplicate.class);
    }
  }
}
