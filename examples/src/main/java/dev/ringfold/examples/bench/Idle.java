// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.bench;

import com.sun.management.OperatingSystemMXBean;
import java.io.Closeable;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** How much of one core an open log takes whose tailers wait and where nothing happens. */
final class Idle {
  private static final long SECOND_NANOS = 1_000_000_000L;
  private static final Duration TIMEOUT = Duration.ofMinutes(1);

  private Idle() {}

  /**
   * Arguments: tailers, events, settleSeconds, seconds. Figures: cpuPercent (process CPU time over
   * elapsed time, so 100 is one core).
   */
  static Figures run(Peer peer, Path directory, Call call) throws Exception {
    Peer.Tailing tailing = Capability.of(peer, Peer.Tailing.class);
    Path store = Files.createDirectory(directory.resolve("store"));
    Closeable open = tailing.idle(store, call.getInt("tailers"), call.get("events"), TIMEOUT);
    try {
      park(call.get("settleSeconds"));
      OperatingSystemMXBean system =
          (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
      long cpu = system.getProcessCpuTime();
      long start = System.nanoTime();
      park(call.get("seconds"));
      long cpuNanos = system.getProcessCpuTime() - cpu;
      return new Figures().put("cpuPercent", 100.0 * cpuNanos / (System.nanoTime() - start));
    } finally {
      open.close();
    }
  }

  private static void park(long seconds) {
    long end = System.nanoTime() + seconds * SECOND_NANOS;
    for (long left = end - System.nanoTime(); left > 0; left = end - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
  }
}
