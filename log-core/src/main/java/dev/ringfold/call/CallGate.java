// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.call;

import java.util.concurrent.CountDownLatch;
import java.util.function.BooleanSupplier;

/**
 * Whether a provider may still be asked: not once the calls or their log were closed, since then
 * another process may take the same calls up. Any thread.
 */
final class CallGate {
  private final CountDownLatch shut = new CountDownLatch(1);
  private final BooleanSupplier writable;

  /**
   * @param writable whether the log would take the answer
   */
  CallGate(BooleanSupplier writable) {
    this.writable = writable;
  }

  boolean isOpen() {
    return !isShut() && writable.getAsBoolean();
  }

  boolean isShut() {
    return shut.getCount() == 0;
  }

  /** For good; ends all pauses. */
  void shut() {
    shut.countDown();
  }

  /** What a pause waits for beside its time. */
  CountDownLatch whenShut() {
    return shut;
  }
}
