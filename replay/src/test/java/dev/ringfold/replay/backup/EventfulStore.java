// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.backup;

import dev.ringfold.AckLevel;
import dev.ringfold.AppendOptions;
import dev.ringfold.EventLog;
import dev.ringfold.EventLogBuilder;
import dev.ringfold.EventLogReader;
import dev.ringfold.EventView;
import dev.ringfold.LogOption;
import dev.ringfold.MetricsRow;
import dev.ringfold.Producer;
import dev.ringfold.Stream;
import dev.ringfold.Tailer;
import dev.ringfold.UnitOfWork;
import dev.ringfold.blob.BlobSet;
import dev.ringfold.event.Event;
import dev.ringfold.event.EventCodec;
import dev.ringfold.event.EventType;
import dev.ringfold.event.EventTypes;
import dev.ringfold.event.MetricLayout;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.zip.CRC32C;

/** Stores with a bit of everything, and what they hold event by event. */
public final class EventfulStore {
  public static final long SEED = Long.getLong("ringfold.seed", 20261121L);
  private static final Duration TIMEOUT = Duration.ofSeconds(30);
  private static final MetricLayout LAYOUT =
      MetricLayout.builder().doubles("loss", "accuracy").build();

  /** An event of the tests. */
  public record Noted(String text) implements Event {}

  public static final EventType<Noted> NOTED =
      EventType.builder(
              4_321,
              "Noted",
              Noted.class,
              EventCodec.of((e, out) -> out.putString(e.text()), in -> new Noted(in.readString())))
          .build();

  private EventfulStore() {}

  public static EventLogBuilder builder(Path store) {
    return EventLog.builder(store)
        .environment(Map.of())
        .register(NOTED)
        .set(LogOption.RING_SLOTS, 4096)
        .set(LogOption.SEGMENT_BYTES, 1 << 20)
        .set(LogOption.BLOCK_BYTES, 256 << 10)
        .set(LogOption.RESERVE_BYTES, 256 << 10);
  }

  /** One session of random events, closed in order. */
  public static void session(Path store, long seed, int items) {
    try (EventLog log = builder(store).build()) {
      publish(log, seed, items);
    }
  }

  /** Publishes random events of all kinds and returns when they are on disk. */
  public static void publish(EventLog log, long seed, int items) {
    SplittableRandom random = new SplittableRandom(seed);
    try (Producer producer = log.producer("worker-" + seed)) {
      MetricsRow row = producer.metrics(log.stream("run-" + seed), LAYOUT);
      for (int i = 0; i < items; i++) {
        one(log, producer, row, random, seed, i);
        if (i == items / 2) {
          log.requestRoll();
        }
      }
      producer.appendAndAwait(log.stream("notes"), new Noted("end of " + seed), AckLevel.DISK);
    }
  }

  private static void one(
      EventLog log, Producer producer, MetricsRow row, SplittableRandom random, long seed, int i) {
    Stream stream = log.stream("stream-" + random.nextInt(8));
    String text = seed + "/" + i + "/" + "x".repeat(random.nextInt(200));
    switch (random.nextInt(6)) {
      case 0 -> {
        UnitOfWork unit = producer.unitOfWork();
        for (int n = 0; n < 3; n++) {
          unit.add(stream, new Noted(text + n), AppendOptions.NONE);
        }
        unit.commit(AckLevel.JOURNAL).join();
      }
      case 1 -> {
        AppendOptions keyed = AppendOptions.NONE.key(seed + "-" + i).tag("item", "" + i);
        producer.appendAndAwait(stream, new Noted(text), AckLevel.JOURNAL, keyed, TIMEOUT);
      }
      case 2 -> {
        byte[] bytes = new byte[random.nextInt(3_000)];
        random.nextBytes(bytes);
        try (BlobSet set = log.blobs().begin("item " + i)) {
          set.put(bytes);
          set.force();
          producer.appendAndAwait(stream, new Noted("blob " + text), AckLevel.JOURNAL);
          set.release();
        }
      }
      default -> {
        for (int step = 0; step < 20; step++) {
          row.begin(0, (long) i * 20 + step).set(0, random.nextDouble()).set(1, 0.5).offer();
        }
      }
    }
  }

  /** A number for every event of a store, of its bytes, time and stream, from the floor on. */
  public static List<Integer> events(Path store) {
    return events(store, Long.MAX_VALUE);
  }

  /** As above, up to a sequence. */
  public static List<Integer> events(Path store, long upTo) {
    List<Integer> found = new ArrayList<>();
    try (EventLogReader log = EventLogReader.open(store, EventTypes.builtin());
        Tailer tailer = log.tailer().upTo(upTo).open()) {
      while (tailer.poll(event -> found.add(hash(event)), 1_000) > 0) {
        continue;
      }
    }
    return found;
  }

  private static int hash(EventView event) {
    CRC32C crc = new CRC32C();
    crc.update(event.eventBytes());
    String more = event.sequence() + "@" + event.logTimeNanos() + event.stream();
    crc.update(more.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    return (int) crc.getValue();
  }
}
