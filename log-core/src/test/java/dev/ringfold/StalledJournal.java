// SPDX-License-Identifier: Apache-2.0
package dev.ringfold;

import dev.ringfold.internal.io.FaultPoint;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Suspends or slows the journal thread in front of a frame. */
final class StalledJournal implements AutoCloseable {
  private static final long SAFETY_SECONDS = 120;

  private final CountDownLatch reached = new CountDownLatch(1);
  private final CountDownLatch released = new CountDownLatch(1);
  private final FaultPoint.Hook hook;

  private StalledJournal(long delayNanos) {
    hook = FaultPoint.install(point -> meet(point, delayNanos));
  }

  /** The journal thread stops at its next frame until {@link #release}. */
  static StalledJournal stopped() {
    return new StalledJournal(-1);
  }

  /** Every frame takes at least this long. */
  static StalledJournal slowed(long delayNanos) {
    return new StalledJournal(delayNanos);
  }

  private void meet(String point, long delayNanos) {
    if (!point.equals("journal.frame.beforeWrite")) {
      return;
    }
    reached.countDown();
    if (delayNanos >= 0) {
      LockSupport.parkNanos(delayNanos);
      return;
    }
    try {
      if (!released.await(SAFETY_SECONDS, TimeUnit.SECONDS)) {
        throw new AssertionError("nobody released the journal");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Waits until the journal thread stands still. */
  void awaitReached() {
    LogFixture.await(() -> reached.getCount() == 0);
  }

  void release() {
    released.countDown();
  }

  @Override
  public void close() {
    release();
    hook.close();
  }
}
