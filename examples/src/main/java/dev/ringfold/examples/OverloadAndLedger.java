// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples;

import dev.ringfold.EventHandler;
import dev.ringfold.EventLog;
import dev.ringfold.EventLogReader;
import dev.ringfold.LogOption;
import dev.ringfold.MetricsRow;
import dev.ringfold.Producer;
import dev.ringfold.Tailer;
import dev.ringfold.event.BuiltinTypes;
import dev.ringfold.event.MetricLayout;
import java.nio.file.Path;
import java.util.concurrent.atomic.LongAdder;

/**
 * A ring that is far too small: rows are dropped, counted, and declared in the journal, so that
 * offered = stored + dropped always holds. Argument: a directory.
 */
public final class OverloadAndLedger {
  private static final int SMALLEST_RING = 1_024;
  private static final int ROWS = 500_000;

  private OverloadAndLedger() {}

  /** Offers without a pause, then counts what the journal holds and what it declares. */
  public static void main(String[] arguments) {
    Path directory = Path.of(arguments[0]);
    MetricLayout layout = MetricLayout.builder().doubles("value").build();
    try (EventLog log =
            EventLog.builder(directory).set(LogOption.RING_SLOTS, SMALLEST_RING).build();
        Producer producer = log.producer("fast")) {
      MetricsRow row = producer.metrics(log.stream("run"), layout);
      for (int i = 0; i < ROWS; i++) {
        row.begin(0, i).set(0, (double) i).offer();
      }
      System.out.println("offered " + producer.offered() + ", dropped " + producer.dropped());
    }
    LongAdder stored = new LongAdder();
    LongAdder declared = new LongAdder();
    try (EventLogReader log = EventLog.openReadOnly(directory);
        Tailer tailer = log.tailer().open()) {
      EventHandler count =
          event -> {
            stored.add(event.typeId() == BuiltinTypes.METRICS_LOGGED.id() ? 1 : 0);
            if (event.typeId() == BuiltinTypes.DROPS_OBSERVED.id()) {
              declared.add(BuiltinTypes.DROPS_OBSERVED.decode(1, event.payload()).count());
            }
          };
      while (tailer.poll(count, ROWS) > 0) {
        // As far as the journal goes.
      }
    }
    System.out.println("journal: stored " + stored + ", declares " + declared + " dropped");
  }
}
