// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.playback;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringfold.AckLevel;
import dev.ringfold.AppendOptions;
import dev.ringfold.AppendOutcome;
import dev.ringfold.EventLog;
import dev.ringfold.EventLogReader;
import dev.ringfold.Producer;
import dev.ringfold.Retention;
import dev.ringfold.RetentionRule;
import dev.ringfold.SegmentRetiredException;
import dev.ringfold.Stream;
import dev.ringfold.event.BuiltinTypes;
import dev.ringfold.event.RunStarted;
import dev.ringfold.event.StreamKey;
import dev.ringfold.projections.index.EventIndex;
import dev.ringfold.projections.index.IndexQuery;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How much of a log is read for how much of an answer. */
final class IndexedTailerTest {
  /** Two ranges of the index, and some more that no file of it speaks about. */
  private static final int EVENTS = 2 * (1 << 18) + 50_000;

  private static final long LAST_INDEXED = 2 * (1 << 18) - 1;
  private static final long[] RARE = {100_000, 400_000};
  private static final int RARE_TYPE = BuiltinTypes.RUN_STARTED.id();

  @TempDir static Path directory;

  private static final List<Long> RARE_SEQUENCES = new ArrayList<>();
  private static Path store;
  private static Path outputs;

  @BeforeAll
  static void publish() throws Exception {
    store = directory.resolve("store");
    try (EventLog log = PlaybackStore.builder(store).build();
        Producer producer = log.producer("test")) {
      Stream stream = log.stream("run-1");
      Stream seldom = log.stream(new StreamKey("seldom", "lab", "", ""));
      var row = producer.metrics(stream, PlaybackStore.LAYOUT);
      for (int i = 0; i < EVENTS; i++) {
        if (i == RARE[0] || i == RARE[1]) {
          AppendOptions tagged = AppendOptions.NONE.tag("order", "4711");
          AppendOutcome outcome =
              producer.append(seldom, new RunStarted(0, "{}"), AckLevel.JOURNAL, tagged).join();
          RARE_SEQUENCES.add(((AppendOutcome.Appended) outcome).receipt().firstSequence());
        }
        while (!row.begin(0, i).set(0, i).offer()) {
          Thread.onSpinWait();
        }
      }
      producer.appendAndAwait(stream, new RunStarted(1, "{}"), AckLevel.JOURNAL);
    }
    outputs = PlaybackStore.index(store);
  }

  private record Read(List<Long> sequences, long segments) {}

  private static Read read(EventLogReader log, Path index, IndexQuery query) {
    List<Long> found = new ArrayList<>();
    try (IndexedTailer tailer = IndexedTailer.open(log, index, query)) {
      while (tailer.poll(event -> found.add(event.sequence()), 100) > 0) {
        continue;
      }
      return new Read(found, tailer.segmentsRead());
    }
  }

  @Test
  void aTypeThatComesTwiceInTwentySegmentsIsReadFromTwo() {
    try (EventLogReader log = PlaybackStore.read(store)) {
      assertThat(log.segments()).isGreaterThanOrEqualTo(20);
      for (IndexQuery query :
          List.of(
              IndexQuery.ALL.types(RARE_TYPE),
              IndexQuery.ALL.streams("seldom"),
              IndexQuery.ALL.spaces(List.of("lab")),
              IndexQuery.ALL.tag("order", "4711"))) {
        IndexQuery bounded = query.between(0, LAST_INDEXED);

        Read indexed = read(log, outputs, bounded);
        Read plain = read(log, directory.resolve("none"), bounded);

        assertThat(indexed.sequences).as("%s", query).isEqualTo(RARE_SEQUENCES).isEqualTo(plain.sequences);
        assertThat(indexed.segments).as("%s", query).isLessThanOrEqualTo(2);
        assertThat(plain.segments).as("%s", query).isGreaterThan(15);
      }
    }
  }

  @Test
  void behindWhatTheIndexKnowsTheLogIsRead() {
    try (EventLogReader log = PlaybackStore.read(store)) {
      List<Long> expected = read(log, directory.resolve("none"), IndexQuery.ALL.types(RARE_TYPE)).sequences;

      Read indexed = read(log, outputs, IndexQuery.ALL.types(RARE_TYPE));

      assertThat(indexed.sequences).hasSize(3).isEqualTo(expected);
      assertThat(indexed.segments).isLessThan(log.segments() / 2);
    }
  }

  @Test
  void aTypeThatNeverComesReadsNothingOfWhatIsIndexed() {
    try (EventLogReader log = PlaybackStore.read(store)) {
      Read read = read(log, outputs, IndexQuery.ALL.types(999).between(0, LAST_INDEXED));

      assertThat(read.sequences).isEmpty();
      assertThat(read.segments).isLessThanOrEqualTo(1);
    }
  }

  @Test
  void aStepGoesOverFewSequencesAndTellsTheEnd() {
    try (EventLogReader log = PlaybackStore.read(store);
        IndexedTailer tailer =
            IndexedTailer.open(log, EventIndex.none(), IndexQuery.ALL.types(RARE_TYPE))) {
      long before = 0;
      int found = 0;
      while (!tailer.ended()) {
        found += tailer.step(event -> {}, 100, 10_000);
        assertThat(tailer.nextSequence() - before).isLessThanOrEqualTo(10_000);
        before = tailer.nextSequence();
      }
      assertThat(found).isEqualTo(3);
      assertThat(before).isGreaterThan(EVENTS);
    }
  }

  @Test
  void belowTheFloorItSaysSo() throws Exception {
    Path cut = directory.resolve("cut");
    try (EventLog log = PlaybackStore.builder(cut).build();
        Producer producer = log.producer("test")) {
      Stream stream = log.stream("run-1");
      var row = producer.metrics(stream, PlaybackStore.LAYOUT);
      for (int i = 0; i < 80_000; i++) {
        while (!row.begin(0, i).set(0, i).offer()) {
          Thread.onSpinWait();
        }
      }
      producer.appendAndAwait(stream, new RunStarted(1, "{}"), AckLevel.DISK);
    }
    try (EventLog log = PlaybackStore.builder(cut).build()) {
      Retention retention = log.retention();
      retention.apply(retention.plan(new RetentionRule.BeforeSequence(40_000)));
      assertThat(log.floorSequence()).isPositive();
    }
    try (EventLogReader log = PlaybackStore.read(cut)) {
      IndexQuery query = IndexQuery.ALL.types(RARE_TYPE);
      assertThatThrownBy(() -> IndexedTailer.open(log, outputs, query))
          .isInstanceOf(SegmentRetiredException.class);
      try (IndexedTailer oldest = IndexedTailer.openOldest(log, outputs, query)) {
        assertThat(oldest.poll(event -> {}, 10)).isEqualTo(1);
      }
    }
  }
}
