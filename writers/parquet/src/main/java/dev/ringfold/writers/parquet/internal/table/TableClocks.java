// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.parquet.internal.table;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Clock;
import java.util.function.LongSupplier;

/**
 * The clocks a table may look at. None of them has a say in what is sealed.
 *
 * @param nanos passes steadily
 * @param cpuNanos CPU time of the calling thread
 * @param wall for the age of files
 */
public record TableClocks(LongSupplier nanos, LongSupplier cpuNanos, Clock wall) {
  /** The clocks of this machine. */
  public static TableClocks system() {
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    LongSupplier cpu =
        threads.isCurrentThreadCpuTimeSupported()
            ? threads::getCurrentThreadCpuTime
            : System::nanoTime;
    return new TableClocks(System::nanoTime, cpu, Clock.systemUTC());
  }
}
