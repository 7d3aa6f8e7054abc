// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples;

import dev.ringfold.AckLevel;
import dev.ringfold.EventLog;
import dev.ringfold.EventLogReader;
import dev.ringfold.Producer;
import dev.ringfold.Tailer;
import dev.ringfold.event.Event;
import dev.ringfold.event.EventCodec;
import dev.ringfold.event.EventType;
import dev.ringfold.event.EventTypes;
import dev.ringfold.event.PayloadReader;
import dev.ringfold.event.PayloadWriter;
import dev.ringfold.event.Upcaster;
import java.nio.file.Path;

/** An event of your own, and what happens when it gets a new field. Argument: a directory. */
public final class OwnEvent {
  private static final int TYPE_ID = 2_000;

  private OwnEvent() {}

  record OrderPlacedV1(long cents) implements Event {}

  /** The second version has a currency. */
  record OrderPlaced(long cents, String currency) implements Event {}

  static final EventType<OrderPlacedV1> VERSION_1 =
      EventType.builder(
              TYPE_ID,
              "shop.OrderPlaced",
              OrderPlacedV1.class,
              EventCodec.of(
                  (event, out) -> out.putLong(event.cents), in -> new OrderPlacedV1(in.readLong())))
          .build();

  static final EventType<OrderPlaced> VERSION_2 =
      EventType.builder(
              TYPE_ID,
              "shop.OrderPlaced",
              OrderPlaced.class,
              EventCodec.of(
                  (event, out) -> {
                    out.putLong(event.cents);
                    out.putString(event.currency);
                  },
                  in -> new OrderPlaced(in.readLong(), in.readString())))
          .schemaVersion(2)
          .upcaster(new AddCurrency(1))
          .build();

  /** Old orders were in euros. What is stored stays as it is. */
  private record AddCurrency(int fromVersion) implements Upcaster {
    @Override
    public void upcast(PayloadReader old, PayloadWriter next) {
      next.putLong(old.readLong());
      next.putString("EUR");
    }
  }

  private static void write(Path directory, EventType<?> type, Event order) {
    try (EventLog log = EventLog.builder(directory).register(type).build();
        Producer producer = log.producer("shop")) {
      producer.appendAndAwait(log.stream("orders"), order, AckLevel.DISK);
    }
  }

  /** Writes with the old program and with the new one, and reads both. */
  public static void main(String[] arguments) {
    Path directory = Path.of(arguments[0]);
    write(directory, VERSION_1, new OrderPlacedV1(1_250));
    write(directory, VERSION_2, new OrderPlaced(990, "CHF"));
    EventTypes types = EventTypes.builder().add(VERSION_2).build();
    try (Tailer tailer = EventLogReader.open(directory, types).tailer().types(TYPE_ID).open()) {
      tailer.poll(event -> System.out.println(tailer.decode(event)), 10);
    }
  }
}
