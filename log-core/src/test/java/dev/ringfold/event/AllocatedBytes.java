// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.event;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;

/** Bytes the calling thread allocates in a piece of code. */
final class AllocatedBytes {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private AllocatedBytes() {}

  /** Fewest bytes of several rounds, so that class loading and compilation do not count. */
  static long leastOf(int rounds, Runnable code) {
    long least = Long.MAX_VALUE;
    for (int i = 0; i < rounds; i++) {
      long before = THREADS.getCurrentThreadAllocatedBytes();
      code.run();
      least = Math.min(least, THREADS.getCurrentThreadAllocatedBytes() - before);
    }
    return least;
  }
}
