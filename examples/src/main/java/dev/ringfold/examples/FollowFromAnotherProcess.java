// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples;

import dev.ringfold.EventLogReader;
import dev.ringfold.Tailer;
import dev.ringfold.event.BuiltinTypes;
import dev.ringfold.event.EventTypes;
import dev.ringfold.event.MetricsView;
import java.nio.file.Path;
import java.time.Duration;

/**
 * Reads a log that another process is writing: no lock, no JVM flags. Arguments: a directory, and
 * how many rows to wait for.
 */
public final class FollowFromAnotherProcess {
  private static final Duration WAIT = Duration.ofSeconds(30);

  private FollowFromAnotherProcess() {}

  /** Prints rows of metrics as they come; ends when there were enough, or none for 30 seconds. */
  public static void main(String[] arguments) {
    int wanted = Integer.parseInt(arguments[1]);
    try (EventLogReader log = EventLogReader.open(Path.of(arguments[0]), EventTypes.builtin());
        Tailer tailer = log.tailer().types(BuiltinTypes.METRICS_LOGGED.id()).open()) {
      MetricsView row = new MetricsView();
      int count = 0;
      int more = 1;
      while (count < wanted && more > 0) {
        more =
            tailer.poll(
                event -> {
                  row.wrap(event.buffer(), event.payloadOffset(), event.payloadLength());
                  System.out.println(
                      event.stream().name() + " step " + row.step() + " = " + row.doubleAt(0));
                },
                wanted - count,
                WAIT);
        count += more;
      }
      System.out.println("read " + count + " rows");
    }
  }
}
