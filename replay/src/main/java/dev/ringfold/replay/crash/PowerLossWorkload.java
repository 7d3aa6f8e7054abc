// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.crash;

import dev.ringfold.AppendOptions;
import dev.ringfold.event.EventType;
import dev.ringfold.replay.crash.CrashEvent.Kind;
import java.util.List;

/** Writes on while a force is under way: nothing in it waits for an answer. */
final class PowerLossWorkload implements Workload {
  private static final int GROUP_SIZE = 4;
  private static final int METRICS_PER_ITEM = 48;

  @Override
  public List<EventType<?>> types() {
    return List.of(CrashEvent.TYPE);
  }

  @Override
  public void publish(Publisher publisher, long n) {
    long seed = publisher.seed();
    switch ((int) (n % 4)) {
      case 0 -> MixedWorkload.group(publisher, n, GROUP_SIZE);
      case 1 ->
          publisher.append(
              "keyed",
              CrashEvent.of(seed, n, Kind.KEYED, 0, 1),
              AppendOptions.NONE.key(seed + "-" + n));
      default -> MixedWorkload.metrics(publisher, n, METRICS_PER_ITEM);
    }
  }

  @Override
  public Check check(long seed) {
    return new MixedWorkload().check(seed);
  }
}
