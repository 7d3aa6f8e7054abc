// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.bench;

import com.sun.management.ThreadMXBean;
import dev.ringfold.writers.parquet.TableOptions;
import dev.ringfold.writers.parquet.internal.table.MetricsProjection;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.function.UnaryOperator;

/**
 * The operation {@code open-part}: rows at a fixed pace, and what the part that is not sealed yet
 * costs meanwhile. Arguments: rate, seconds, openPart (0: only sealed parts), seed. Figures: {@code
 * cpuPercent} of a core that the table's thread took, {@code flushes}, {@code flushedBytes} written
 * as open part, {@code sealedBytes}, {@code dropped}.
 */
final class OpenPart {
  private static final ThreadMXBean THREADS =
      ManagementFactory.getPlatformMXBean(ThreadMXBean.class);
  private static final String PREFIX = "ringfold-projection-";
  private static final double PERCENT = 100;

  private OpenPart() {}

  static Figures run(MetricKind kind, Path directory, Call call) throws Exception {
    long rate = call.get("rate");
    long rows = rate * call.get("seconds");
    TableOptions options = TableOptions.defaults().withOpenPart(call.get("openPart") != 0);
    MetricFeed feed = new MetricFeed(call.get("seed"));
    Path directoryOfStore = directory.resolve("store");
    try (MetricStore store = new MetricStore(directoryOfStore, options, UnaryOperator.identity())) {
      Path table = MetricStore.outputs(directoryOfStore).resolve(MetricsProjection.TABLE);
      long cpu = cpuNanos();
      long start = System.nanoTime();
      Pacer pacer = new Pacer(rate);
      Figures figures = new Figures();
      try (PartWatch watch = new PartWatch(table)) {
        while (feed.offered() < rows) {
          pacer.await(feed.offered());
          feed.offer(store.row());
        }
        pacer.await(rows);
        figures.put("cpuPercent", (cpuNanos() - cpu) * PERCENT / (System.nanoTime() - start));
        store.seal();
        watch.stop();
        figures
            .put("flushes", watch.replaced())
            .put("flushedBytes", watch.replacedBytes())
            .put("sealedBytes", watch.lastBytes());
      }
      figures.put("dropped", store.dropped());
      if (store.dropped() == 0) {
        store.verify(feed);
      }
      return figures;
    }
  }

  /** CPU time of the table's thread so far. */
  static long cpuNanos() {
    for (long id : THREADS.getAllThreadIds()) {
      java.lang.management.ThreadInfo thread = THREADS.getThreadInfo(id);
      if (thread != null && thread.getThreadName().equals(PREFIX + MetricsProjection.NAME)) {
        return THREADS.getThreadCpuTime(id);
      }
    }
    throw new IllegalStateException("there is no thread " + PREFIX + MetricsProjection.NAME);
  }
}
