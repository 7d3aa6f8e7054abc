// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.bench;

import dev.ringfold.projections.ForwardingProjection;
import dev.ringfold.projections.Position;
import dev.ringfold.projections.Projection;
import java.io.IOException;
import java.util.concurrent.locks.LockSupport;

/** Another projection on a slow disk: each commit and each refresh first waits. */
final class SlowProjection extends ForwardingProjection {
  private volatile long delayNanos;

  SlowProjection(Projection real, long delayNanos) {
    super(real);
    this.delayNanos = delayNanos;
  }

  /** From now on the disk is as fast as it is. */
  void hurry() {
    delayNanos = 0;
  }

  private void delay() {
    long end = System.nanoTime() + delayNanos;
    for (long left = delayNanos; left > 0 && delayNanos > 0; left = end - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
  }

  @Override
  public void commit(Position position) throws IOException {
    delay();
    super.commit(position);
  }

  @Override
  public void refresh() throws IOException {
    delay();
    super.refresh();
  }
}
