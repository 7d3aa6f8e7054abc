// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.call;

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
        public void pause(long nanos) throws InterruptedException {
          TimeUnit.NANOSECONDS.sleep(nanos);
        }
      };

  /** As {@link System#nanoTime}. */
  long nanos();

  /** Returns after this time. */
  void pause(long nanos) throws InterruptedException;
}
