// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.bench;

import dev.ringfold.EventView;
import dev.ringfold.LogNames;
import dev.ringfold.event.BuiltinTypes;
import dev.ringfold.event.MetricColumn;
import dev.ringfold.event.MetricLayout;
import dev.ringfold.event.MetricType;
import dev.ringfold.event.MetricsView;
import java.util.ArrayList;
import java.util.List;

/**
 * How the benchmark's event lies in a Ringfold log: the run is the stream, the name is the layout's
 * eight columns, the wall time is the event time. Reads it back; used by one thread.
 */
final class RingfoldEvents {
  private static final int METRICS = BuiltinTypes.METRICS_LOGGED.id();
  private static final int SAMPLE = SampleRecorded.TYPE.id();
  private static final char SEPARATOR = '/';

  /** Streams and layouts of a benchmark's log; more are somebody else's. */
  private static final int MAX_IDS = 1024;

  private final LogNames names;
  private final MetricsView row = new MetricsView();
  private final long[] runHashes = new long[MAX_IDS];
  private final long[] nameHashes = new long[MAX_IDS];

  RingfoldEvents(LogNames names) {
    this.names = names;
  }

  /** The layout that stands for name number {@code name}. */
  static MetricLayout layout(int name) {
    List<MetricColumn> columns = new ArrayList<>();
    for (int k = 0; k < BenchEvent.VALUES; k++) {
      columns.add(new MetricColumn(BenchEvent.nameText(name) + SEPARATOR + k, MetricType.DOUBLE));
    }
    return MetricLayout.of(columns);
  }

  /** Reads every field; false when it is one of the log's own events or a mark. */
  boolean read(EventView view, BenchEvent event) {
    int type = view.typeId();
    if (type == METRICS) {
      readMetrics(view, event);
      return true;
    }
    if (type == SAMPLE) {
      event.decode(view.buffer(), view.payloadOffset());
      return event.step != SampleRecorded.FENCE;
    }
    return false;
  }

  private void readMetrics(EventView view, BenchEvent event) {
    row.wrap(view.buffer(), view.payloadOffset(), view.payloadLength());
    event.runHash = runHash(view.streamId());
    event.nameHash = nameHash(row.layoutId());
    event.step = row.step();
    event.wallTimeNanos = view.eventTimeNanos();
    for (int k = 0; k < BenchEvent.VALUES; k++) {
      event.values[k] = row.doubleAt(k);
    }
  }

  private long runHash(int stream) {
    long hash = runHashes[stream];
    return hash != 0 ? hash : resolveRun(stream);
  }

  private long nameHash(int layout) {
    long hash = nameHashes[layout];
    return hash != 0 ? hash : resolveName(layout);
  }

  private long resolveRun(int stream) {
    String text = names.stream(stream).name();
    for (int run = 0; run < BenchEvent.RUNS; run++) {
      if (text.equals(BenchEvent.runText(run))) {
        runHashes[stream] = BenchEvent.runHashOf(run);
      }
    }
    return runHashes[stream];
  }

  private long resolveName(int layout) {
    MetricLayout found = names.layout(layout);
    for (int name = 0; name < BenchEvent.NAMES; name++) {
      if (found.equals(layout(name))) {
        nameHashes[layout] = BenchEvent.nameHashOf(name);
      }
    }
    return nameHashes[layout];
  }
}
