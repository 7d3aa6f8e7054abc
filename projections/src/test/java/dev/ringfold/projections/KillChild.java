// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.projections;

import dev.ringfold.EventLog;
import java.nio.file.Path;
import java.time.Duration;

/** A process that logs steps and runs projections until it is killed. */
final class KillChild {
  /** Steps that are divisible by it are refused by the text projection. */
  static final long REFUSED = 37;

  private KillChild() {}

  /**
   * Logs and folds.
   *
   * @param args store, how many steps, whether to reset at the end
   */
  public static void main(String[] args) {
    try (EventLog log = Logs.builder(Path.of(args[0])).build();
        ProjectionRuntime runtime = start(log, new SumProjection(50))) {
      int left = Integer.parseInt(args[1]);
      long step = log.lastSequence() + 1; // So many in a row that some are refused.
      while (left > 0) {
        int count = Math.min(10, left);
        Logs.append(log, step, count);
        step += count;
        left -= count;
      }
      runtime.awaitApplied(TextProjection.NAME, log.lastSequence(), Logs.PATIENCE);
      runtime.awaitApplied("doubler", log.lastSequence(), Logs.PATIENCE);
      if (Boolean.parseBoolean(args[2])) {
        runtime.reset(TextProjection.NAME);
      }
    }
  }

  static ProjectionRuntime start(EventLog log, SumProjection sum) {
    Picky picky =
        new Picky() {
          @Override
          boolean isRefused(long step) {
            return step % REFUSED == 0;
          }
        };
    return ProjectionRuntime.builder(log)
        .add(picky, new FailurePolicy.RetryThenDeadLetter(0, Duration.ZERO))
        .add(new Doubler())
        .add(sum)
        .start();
  }
}
