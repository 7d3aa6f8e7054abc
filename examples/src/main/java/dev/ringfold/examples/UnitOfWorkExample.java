// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples;

import dev.ringfold.AckLevel;
import dev.ringfold.AppendOptions;
import dev.ringfold.AppendOutcome;
import dev.ringfold.EventLog;
import dev.ringfold.Producer;
import dev.ringfold.Stream;
import dev.ringfold.UnitOfWork;
import dev.ringfold.event.Event;
import dev.ringfold.event.EventCodec;
import dev.ringfold.event.EventType;
import java.nio.file.Path;
import java.time.Duration;

/**
 * Money goes from one account to another: both events or none, only if nobody else was faster, and
 * only once however often it is sent. Argument: a directory.
 */
public final class UnitOfWorkExample {
  private static final int TYPE_ID = 2_001;
  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  private UnitOfWorkExample() {}

  /** An account's balance changed. */
  record MoneyMoved(long cents) implements Event {}

  static final EventType<MoneyMoved> MONEY_MOVED =
      EventType.builder(
              TYPE_ID,
              "bank.MoneyMoved",
              MoneyMoved.class,
              EventCodec.of(
                  (event, out) -> out.putLong(event.cents), in -> new MoneyMoved(in.readLong())))
          .build();

  private static AppendOutcome transfer(EventLog log, Producer producer, String key, long cents) {
    Stream from = log.stream("account-1");
    Stream to = log.stream("account-2");
    UnitOfWork unit = producer.unitOfWork();
    // The key belongs to the group; each event expects its own stream to be as it was read.
    unit.add(from, new MoneyMoved(-cents), AppendOptions.NONE.key(key).expectVersion(0));
    unit.add(to, new MoneyMoved(cents), AppendOptions.NONE.expectVersion(0));
    return unit.commitAndAwait(AckLevel.DISK, TIMEOUT);
  }

  /** Sends one transfer twice, then another one that read the accounts too early. */
  public static void main(String[] arguments) {
    try (EventLog log = EventLog.builder(Path.of(arguments[0])).register(MONEY_MOVED).build();
        Producer producer = log.producer("bank")) {
      System.out.println("first:   " + transfer(log, producer, "transfer-1", 500));
      System.out.println("again:   " + transfer(log, producer, "transfer-1", 500));
      System.out.println("too late: " + transfer(log, producer, "transfer-2", 700));
    }
  }
}
