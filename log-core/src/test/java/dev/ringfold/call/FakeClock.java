// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.call;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/** A clock that only pauses move. */
final class FakeClock implements CallClock {
  final List<Duration> pauses = new ArrayList<>();
  private long nanos;
  Runnable duringPause = () -> {};

  @Override
  public synchronized long nanos() {
    return nanos;
  }

  @Override
  public synchronized boolean pause(long pauseNanos, CountDownLatch end) {
    pauses.add(Duration.ofNanos(pauseNanos));
    nanos += pauseNanos;
    duringPause.run();
    return end.getCount() > 0;
  }
}
