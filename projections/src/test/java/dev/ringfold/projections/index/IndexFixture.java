// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.projections.index;

import dev.ringfold.AckLevel;
import dev.ringfold.AppendOptions;
import dev.ringfold.EventLog;
import dev.ringfold.EventLogBuilder;
import dev.ringfold.EventLogReader;
import dev.ringfold.EventView;
import dev.ringfold.LogOption;
import dev.ringfold.Producer;
import dev.ringfold.Tailer;
import dev.ringfold.event.Event;
import dev.ringfold.event.EventTypes;
import dev.ringfold.event.MetricsLogged;
import dev.ringfold.event.RunClosed;
import dev.ringfold.event.RunStarted;
import dev.ringfold.event.StreamKey;
import dev.ringfold.projections.ProjectionRunner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Logs of events that differ in type, stream, space and tags, and what is in them. */
final class IndexFixture {
  static final Grain SMALL = new Grain(6, 2);
  static final long SEED = Long.getLong("ringfold.seed", 20_261_121L);

  private static final int BATCH = 1_024;

  /** About: log times are those of frames. */
  private static final int EVENTS_PER_FRAME = 7;

  private IndexFixture() {}

  /** What is known of one event. */
  record Known(long sequence, int type, StreamKey stream, long logTime, List<Long> tags) {
    boolean passes(IndexQuery query) {
      return sequence >= query.fromSequence()
          && sequence <= query.toSequence()
          && (query.types().isEmpty() || query.types().contains(type))
          && query.passesStream(stream.name(), stream.space())
          && logTime >= query.fromTimeNanos()
          && logTime <= query.toTimeNanos()
          && query.tags().stream().allMatch(tag -> tags.contains(tag.high()));
    }
  }

  static EventLogBuilder builder(Path store) {
    return EventLog.builder(store)
        .environment(Map.of())
        .set(LogOption.RING_SLOTS, 4096)
        .set(LogOption.LEDGER_INTERVAL, Duration.ofHours(1)) // The same events on a slow machine.
        .set(LogOption.SEGMENT_BYTES, 1 << 20)
        .set(LogOption.BLOCK_BYTES, 256 << 10)
        .set(LogOption.RESERVE_BYTES, 256 << 10);
  }

  static MetricsLogged metrics(long step) {
    return MetricsLogged.complete(0, MetricsLogged.Kind.STEP, 0, 0, step, new long[0]);
  }

  /** Events as chance has it; one type and one stream are rare. */
  static void publish(EventLog log, int count, Random random) {
    try (Producer producer = log.producer("test")) {
      for (int i = 0; i < count; i++) {
        Event event = metrics(i);
        int which = random.nextInt(100);
        if (which < 2) {
          event = new RunStarted(i, "{}");
        } else if (which < 20) {
          event = new RunClosed(i);
        }
        String name = random.nextInt(60) == 0 ? "rare" : "run-" + random.nextInt(5);
        StreamKey key = new StreamKey(name, random.nextInt(3) == 0 ? "lab" : "", "", "");
        AppendOptions options = AppendOptions.NONE;
        for (int tag = random.nextInt(8) - 5; tag > 0; tag--) {
          options = options.tag("order", Integer.toString(random.nextInt(40)));
        }
        var outcome = producer.append(log.stream(key), event, AckLevel.JOURNAL, options);
        if (i % EVENTS_PER_FRAME == 0 || i == count - 1) {
          outcome.join();
        }
      }
    }
  }

  static EventLogReader read(Path store) {
    return EventLogReader.open(store, EventTypes.builtin());
  }

  static List<Known> all(EventLogReader log) {
    List<Known> all = new ArrayList<>();
    try (Tailer tailer = log.tailer().open()) {
      while (tailer.poll(event -> all.add(known(event)), BATCH) > 0) {
        continue;
      }
    }
    return all;
  }

  private static Known known(EventView event) {
    List<Long> tags = new ArrayList<>();
    for (int i = 0; i < event.tagCount(); i++) {
      tags.add(event.tagHi(i));
    }
    return new Known(event.sequence(), event.typeId(), event.stream(), event.logTimeNanos(), tags);
  }

  /** Folds with this grain; the outputs' directory. */
  static Path fold(EventLogReader log, Grain grain, Path place) throws IOException {
    Path outputs = place.resolve("outputs");
    Files.createDirectories(place);
    ProjectionRunner.fold(
        log, new IndexProjection(grain), outputs, place.resolve("snapshots"), Long.MAX_VALUE);
    return outputs;
  }

  /** First and last sequence of each range. */
  static List<long[]> ranges(SequenceRanges ranges) {
    List<long[]> list = new ArrayList<>();
    while (ranges.next()) {
      list.add(new long[] {ranges.first(), ranges.last()});
    }
    return list;
  }
}
