// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.projections;

import dev.ringfold.EventLog;
import dev.ringfold.EventView;
import dev.ringfold.event.BuiltinTypes;
import dev.ringfold.event.MetricsView;
import dev.ringfold.event.RunClosed;
import dev.ringfold.event.StreamKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/** Answers every step with its double and the number after it. */
final class Doubler implements EventProcess {
  final AtomicLong salt = new AtomicLong();
  volatile long refused = -1;

  @Override
  public String name() {
    return "doubler";
  }

  @Override
  public Set<Integer> types() {
    return Set.of(BuiltinTypes.METRICS_LOGGED.id());
  }

  @Override
  public void apply(EventView event, Emitter out) {
    long step =
        new MetricsView().wrap(event.buffer(), event.payloadOffset(), event.payloadLength()).step();
    out.emit(StreamKey.of("answers"), new RunClosed((int) (step * 2 + salt.get())));
    if (step == refused) {
      throw new IllegalStateException("refused half-way");
    }
    out.emit(StreamKey.of("answers"), new RunClosed((int) (step * 2 + 1 + salt.get())));
  }

  /** What all doublers answered, in order. */
  static List<Long> answers(EventLog log) {
    List<Long> answers = new ArrayList<>();
    try (var tailer = log.tailer().types(BuiltinTypes.RUN_CLOSED.id()).open()) {
      while (tailer.poll(
              event -> answers.add((long) ((RunClosed) tailer.decode(event)).attempt()), 1_000)
          > 0) {
        continue;
      }
    }
    return answers;
  }
}
