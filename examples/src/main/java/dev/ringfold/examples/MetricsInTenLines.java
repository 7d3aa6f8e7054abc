// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples;

import dev.ringfold.EventLog;
import dev.ringfold.MetricsRow;
import dev.ringfold.Producer;
import dev.ringfold.event.MetricLayout;
import java.nio.file.Path;

/** Training metrics into a log: the loop never waits for the disk. Argument: a directory. */
public final class MetricsInTenLines {
  private static final int STEPS = 1_000;

  private MetricsInTenLines() {}

  /** Publishes a run; the directory is created when it is missing. */
  public static void main(String[] arguments) {
    MetricLayout layout = MetricLayout.builder().doubles("loss", "accuracy").build();
    try (EventLog log = EventLog.open(Path.of(arguments[0]));
        Producer producer = log.producer("trainer")) {
      MetricsRow row = producer.metrics(log.stream("run-1"), layout);
      for (int step = 0; step < STEPS; step++) {
        row.begin(0, step).set(0, 1.0 / (1 + step)).set(1, 1 - 1.0 / (1 + step)).offer();
      }
      System.out.println("offered " + producer.offered() + ", dropped " + producer.dropped());
    }
  }
}
