// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.bench;

import dev.ringfold.AckLevel;
import dev.ringfold.AppendOutcome;
import dev.ringfold.EventLog;
import dev.ringfold.MetricsRow;
import dev.ringfold.Producer;
import dev.ringfold.Stream;
import dev.ringfold.event.MetricLayout;
import dev.ringfold.event.MetricsLogged;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** An open Ringfold log with its default configuration, whatever the environment says. */
final class RingfoldStore implements Peer.Store, Peer.ForcedStore {
  private static final String STREAM = "bench-required";

  private final EventLog log;
  private final Producer required;
  private final Stream requiredStream;
  private final SampleRecorded sample = SampleRecorded.empty();
  private final BenchEvent event = new BenchEvent();

  RingfoldStore(Path directory) {
    log = EventLog.builder(directory).environment(Map.of()).register(SampleRecorded.TYPE).build();
    required = log.producer(STREAM);
    requiredStream = log.stream(STREAM);
  }

  EventLog log() {
    return log;
  }

  @Override
  public Peer.Publisher publisher(int producer) {
    Producer handle = log.producer("bench-" + producer);
    MetricsRow[] rows = new MetricsRow[BenchEvent.RUNS * BenchEvent.NAMES];
    for (int name = 0; name < BenchEvent.NAMES; name++) {
      MetricLayout layout = RingfoldEvents.layout(name);
      for (int run = 0; run < BenchEvent.RUNS; run++) {
        Stream stream = log.stream(BenchEvent.runText(run));
        rows[run * BenchEvent.NAMES + name] = handle.metrics(stream, layout);
      }
    }
    return next -> offer(rows, next);
  }

  private static boolean offer(MetricsRow[] rows, BenchEvent event) {
    MetricsRow row = rows[event.run * BenchEvent.NAMES + event.name];
    row.begin(MetricsLogged.Kind.STEP, 0, 0, event.step, event.wallTimeNanos);
    for (int k = 0; k < BenchEvent.VALUES; k++) {
      row.set(k, event.values[k]);
    }
    return row.offer();
  }

  /** The ring keeps its order, so everything is stored when a mark behind it is. */
  @Override
  public void awaitStored(long events) {
    required.appendAndAwait(requiredStream, sample.fence(), AckLevel.JOURNAL);
  }

  /** Appends one event and waits until it has reached {@code level}. */
  void append(BenchEvent appended, AckLevel level) {
    required.appendAndAwait(requiredStream, sample.fill(appended), level);
  }

  @Override
  public void acknowledge(long seed, long from, long to, int outstanding) {
    if (outstanding == 1) {
      for (long i = from; i < to; i++) {
        event.fill(seed, i);
        append(event, AckLevel.DISK);
      }
      return;
    }
    ArrayDeque<CompletableFuture<AppendOutcome>> waiting = new ArrayDeque<>(outstanding);
    for (long i = from; i < to; i++) {
      if (waiting.size() == outstanding) {
        waiting.remove().join().receipt();
      }
      event.fill(seed, i);
      waiting.add(required.append(requiredStream, sample.fill(event), AckLevel.DISK));
    }
    while (!waiting.isEmpty()) {
      waiting.remove().join().receipt();
    }
  }

  @Override
  public void close() {
    log.close();
  }
}
