// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.playback;

import dev.ringfold.projections.index.IndexQuery;
import dev.ringfold.replay.Point;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** What a replay was asked for. One thread. */
final class ReplayOptions {
  private static final Pacer.Time SYSTEM =
      new Pacer.Time() {
        @Override
        public long nanos() {
          return System.nanoTime();
        }

        @Override
        public void pause(long nanos) {
          LockSupport.parkNanos(this, nanos);
        }
      };

  IndexQuery query = IndexQuery.ALL;
  @Nullable Point from;
  Point to = new Point.End();
  double speed = Double.POSITIVE_INFINITY;
  Duration longestPause = Duration.ofDays(1);
  @Nullable Path outputs;
  @Nullable String resumeName;
  Progress.Listener listener = progress -> {};
  BooleanSupplier stopping = () -> false;
  Pacer.Time time = SYSTEM;

  Pacer pacer() {
    return new Pacer(speed, longestPause, time, stopping);
  }

  Path outputs(Path store) {
    Path named = outputs;
    return named == null ? store.resolve("outputs") : named;
  }
}
