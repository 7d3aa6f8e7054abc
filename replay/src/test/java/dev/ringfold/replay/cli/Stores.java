// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.cli;

import dev.ringfold.AckLevel;
import dev.ringfold.EventLog;
import dev.ringfold.EventLogBuilder;
import dev.ringfold.LogOption;
import dev.ringfold.Producer;
import dev.ringfold.Stream;
import dev.ringfold.event.Event;
import dev.ringfold.event.EventCodec;
import dev.ringfold.event.EventType;
import dev.ringfold.event.MetricLayout;
import dev.ringfold.event.MetricType;
import dev.ringfold.event.PayloadReader;
import dev.ringfold.event.PayloadWriter;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Map;

/** Stores with a known content. */
final class Stores {
  static final Instant TIME = Instant.parse("2026-11-20T10:00:00Z");
  static final int NOTED_ID = 1234;
  static final MetricLayout LAYOUT =
      MetricLayout.builder()
          .doubles("loss")
          .column("samples", MetricType.LONG)
          .column("backend", MetricType.STRING)
          .build();
  private static final EventType<Noted> NOTED =
      EventType.builder(NOTED_ID, "Noted", Noted.class, new NotedCodec()).build();

  private Stores() {}

  /** An event of a program that the command line does not know. */
  record Noted(String text) implements Event {}

  private static final class NotedCodec implements EventCodec<Noted> {
    @Override
    public void encode(Noted event, PayloadWriter out) {
      out.putString(event.text());
    }

    @Override
    public Noted decode(PayloadReader in) {
      return new Noted(in.readString());
    }
  }

  static EventLogBuilder builder(Path directory) {
    return EventLog.builder(directory)
        .environment(Map.of())
        .clock(Clock.fixed(TIME, ZoneOffset.UTC))
        .register(NOTED)
        .set(LogOption.RING_SLOTS, 4096)
        .set(LogOption.LEDGER_INTERVAL, Duration.ofHours(1)) // The same events on a slow machine.
        .set(LogOption.SEGMENT_BYTES, 1 << 20);
  }

  /** Rows 0 to {@code rows - 1} of the run {@code run-7}, and one unknown event; closed. */
  static Path create(Path directory, int rows) {
    try (EventLog log = builder(directory).build()) {
      publish(log, rows);
    }
    return directory;
  }

  /** Publishes and returns when everything can be read. */
  static void publish(EventLog log, int rows) {
    try (Producer producer = log.producer("trainer")) {
      Stream run = log.stream("run-7");
      var row = producer.metrics(run, LAYOUT);
      for (int step = 0; step < rows; step++) {
        row.begin(1, step).set(0, step * 0.5).set(1, step * 32L).set(2, "simulator").offer();
        if (step % 1000 == 999) {
          producer.appendAndAwait(run, new Noted("pace"), AckLevel.JOURNAL);
        }
      }
      producer.appendAndAwait(log.stream("notes"), new Noted("done\u001b[2J"), AckLevel.DISK);
    }
  }
}
