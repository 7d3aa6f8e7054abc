// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.playback;

import dev.ringfold.AckLevel;
import dev.ringfold.AppendOptions;
import dev.ringfold.EventLog;
import dev.ringfold.EventLogBuilder;
import dev.ringfold.EventLogReader;
import dev.ringfold.LogOption;
import dev.ringfold.Producer;
import dev.ringfold.Stream;
import dev.ringfold.Tailer;
import dev.ringfold.event.Event;
import dev.ringfold.event.EventTypes;
import dev.ringfold.event.MetricLayout;
import dev.ringfold.event.RunClosed;
import dev.ringfold.event.RunStarted;
import dev.ringfold.event.StreamKey;
import dev.ringfold.projections.ProjectionRunner;
import dev.ringfold.projections.index.EventIndex;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Stores with small segments that a replay reads, and their plain reading. */
final class PlaybackStore {
  static final MetricLayout LAYOUT = MetricLayout.builder().doubles("loss").build();

  private static final int BATCH = 1_024;

  private PlaybackStore() {}

  static EventLogBuilder builder(Path store) {
    return EventLog.builder(store)
        .environment(Map.of())
        .set(LogOption.RING_SLOTS, 4096)
        .set(LogOption.LEDGER_INTERVAL, Duration.ofHours(1)) // The same events on a slow machine.
        .set(LogOption.SEGMENT_BYTES, 1 << 20)
        .set(LogOption.BLOCK_BYTES, 256 << 10)
        .set(LogOption.RESERVE_BYTES, 256 << 10);
  }

  /** One event with a tag, in a frame of its own. */
  static void append(Producer producer, Stream stream, Event event, int number) {
    producer
        .append(
            stream, event, AckLevel.JOURNAL, AppendOptions.NONE.tag("n", Integer.toString(number)))
        .join();
  }

  /** Two runs that take turns, the second one in a space; every tenth round a note in both. */
  static void publish(EventLog log, int rounds) {
    try (Producer producer = log.producer("test")) {
      Stream first = log.stream("run-1");
      Stream second = log.stream(new StreamKey("run-2", "lab", "", ""));
      var rowOfFirst = producer.metrics(first, LAYOUT);
      var rowOfSecond = producer.metrics(second, LAYOUT);
      for (int round = 0; round < rounds; round++) {
        rowOfFirst
            .begin(0, round)
            .set(0, round * 0.5)
            .append(AckLevel.JOURNAL, AppendOptions.NONE)
            .join();
        rowOfSecond
            .begin(0, round)
            .set(0, round * 2.0)
            .append(AckLevel.JOURNAL, AppendOptions.NONE)
            .join();
        if (round % 10 == 0) {
          append(producer, first, new RunStarted(round, "{\"a\":\"b,\\\"c\"}"), round);
          append(producer, second, new RunClosed(round), round);
        }
      }
    }
  }

  /** A closed store of so many rounds. */
  static Path create(Path store, int rounds) {
    try (EventLog log = builder(store).build()) {
      publish(log, rounds);
    }
    return store;
  }

  static EventLogReader read(Path store) {
    return EventLogReader.open(store, EventTypes.builtin());
  }

  /** One event in a few words. */
  record Plain(long sequence, int type, StreamKey stream, Instant logTime) {}

  static List<Plain> all(EventLogReader log) {
    List<Plain> all = new ArrayList<>();
    try (Tailer tailer = log.tailer().open()) {
      while (tailer.poll(
              e -> all.add(new Plain(e.sequence(), e.typeId(), e.stream(), e.logTime())), BATCH)
          > 0) {
        continue;
      }
    }
    return all;
  }

  /** Makes the index of a store where the command line looks for it. */
  static Path index(Path store) throws IOException {
    Path outputs = store.resolve("outputs");
    try (EventLogReader log = read(store)) {
      ProjectionRunner.fold(
          log, EventIndex.projection(), outputs, store.resolve("snapshots"), Long.MAX_VALUE);
    }
    return outputs;
  }
}
