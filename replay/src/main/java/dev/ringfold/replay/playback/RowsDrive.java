// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.playback;

import dev.ringfold.EventHandler;
import dev.ringfold.EventLogReader;
import dev.ringfold.EventView;
import dev.ringfold.LogNames;
import dev.ringfold.event.BuiltinTypes;
import dev.ringfold.event.Event;
import dev.ringfold.projections.index.IndexQuery;
import dev.ringfold.replay.EventSource;
import dev.ringfold.replay.transfer.JournalRows;
import dev.ringfold.replay.transfer.RowExport;
import dev.ringfold.replay.transfer.RowFilter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Writes the rows of metrics among the events of a replay, a column for each metric. Goes over them
 * twice: at first for the columns. One thread, one run.
 */
final class RowsDrive {
  private static final int STEP = 1 << 14;
  private static final long PROGRESS_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private final EventLogReader log;
  private final ReplayOptions options;
  private final ReplaySpan span;
  private long toldNanos;
  private long events;
  private long segmentsRead;

  RowsDrive(EventLogReader log, ReplayOptions options) {
    this.log = log;
    this.options = options;
    this.span = ReplaySpan.of(log, options);
  }

  /** Somebody stopped it; nothing is left behind. */
  private static final class StoppedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    StoppedException() {
      super("stopped");
    }
  }

  ReplayReport run(RowExport.Format format, Path file) throws IOException {
    IndexQuery query = query();
    toldNanos = options.time.nanos();
    try {
      JournalRows rows = JournalRows.of(filter -> new Pass(query), List.of());
      long written = new RowExport(rows, RowFilter.ALL).writeFile(format, file);
      long next = Math.max(span.first(), span.last() + 1);
      options.listener.onProgress(new Progress(span.first(), next, span.last(), written));
      return new ReplayReport(written, span.first(), span.last(), next, false, segmentsRead);
    } catch (StoppedException e) {
      return new ReplayReport(0, span.first(), span.last(), span.first(), true, segmentsRead);
    }
  }

  private IndexQuery query() {
    IndexQuery asked = options.query;
    int metrics = BuiltinTypes.METRICS_LOGGED.id();
    if (!asked.types().isEmpty() && !asked.types().contains(metrics)) {
      throw new IllegalArgumentException(
          "rows are made of events MetricsLogged, which are not among the types asked for");
    }
    return new IndexQuery(
        Set.of(metrics),
        asked.streams(),
        asked.spaces(),
        asked.tags(),
        span.first(),
        span.last(),
        asked.fromTimeNanos(),
        asked.toTimeNanos());
  }

  /** One way over the events that can be stopped. */
  private final class Pass implements EventSource {
    private final IndexedTailer tailer;

    Pass(IndexQuery query) {
      events = 0;
      Path outputs = options.outputs(log.directory());
      tailer =
          span.oldest()
              ? IndexedTailer.openOldest(log, outputs, query)
              : IndexedTailer.open(log, outputs, query);
    }

    @Override
    public int poll(EventHandler handler, int limit) {
      int count = 0;
      do {
        if (options.stopping.getAsBoolean()) {
          throw new StoppedException();
        }
        count += tailer.step(handler, limit - count, STEP);
        tell(count);
      } while (count < limit && !tailer.ended());
      events += count;
      return count;
    }

    private void tell(int count) {
      long now = options.time.nanos();
      if (now - toldNanos >= PROGRESS_NANOS) {
        toldNanos = now;
        options.listener.onProgress(
            new Progress(span.first(), tailer.nextSequence(), span.last(), events + count));
      }
    }

    @Override
    public Event decode(EventView event) {
      return tailer.decode(event);
    }

    @Override
    public LogNames names() {
      return tailer.names();
    }

    @Override
    public void close() {
      segmentsRead += tailer.segmentsRead();
      tailer.close();
    }
  }
}
