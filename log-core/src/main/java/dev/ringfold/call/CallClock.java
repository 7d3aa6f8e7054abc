// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.call;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Time between two questions. Any thread. */
interface CallClock {
  /** The clock of this machine. */
  CallClock SYSTEM =
      new CallClock() {
        @Override
        public long nanos() {
          return System.nanoTime();
        }

        @Override
        public boolean pause(long nanos, CountDownLatch end) throws InterruptedException {
          return !end.await(nanos, TimeUnit.NANOSECONDS);
        }
      };

  /** As {@link System#nanoTime}. */
  long nanos();

  /** Returns after this time, or false when the end came before. */
  boolean pause(long nanos, CountDownLatch end) throws InterruptedException;
}
