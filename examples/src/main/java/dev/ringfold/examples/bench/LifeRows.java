// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.bench;

import dev.ringfold.examples.bench.Lines.Measure;
import dev.ringfold.examples.bench.Rounds.Contender;
import dev.ringfold.examples.bench.WorkerProcess.NotRunException;
import java.io.IOException;
import java.util.List;

/** The rows about a log's life: opening it after a crash, and leaving it idle. */
final class LifeRows {
  private static final String OURS = PeerKind.RINGFOLD.label();
  private static final String CHRONICLE = PeerKind.CHRONICLE.label();
  private static final String FIRST = "chronicle, first open of a JVM";
  private static final double OPEN_SECONDS = 2;
  private static final double IDLE_PERCENT = 1;
  private static final String SECONDS = "s";

  private LifeRows() {}

  static List<Row<Session>> rows() {
    return List.of(
        new Row<>(
            "open",
            "open after the writer was killed, in a fresh JVM; every event checked afterwards",
            LifeRows::open),
        new Row<>("idle", "CPU of an idle log with three tailers", LifeRows::idle));
  }

  private static List<RowResult> open(Session session) throws IOException, NotRunException {
    Workspace workspace = session.workspace();
    long events = session.scale().storedEvents();
    workspace.requireSpace(events * Scale.BYTES_PER_EVENT);
    Call call = Call.of(Worker.OPEN).with("seed", Scale.SEED);
    Results results =
        session
            .rounds()
            .interleaveSlow(
                "open",
                List.of(
                    Contender.of(PeerKind.RINGFOLD, call.with("events", events)),
                    Contender.of(PeerKind.CHRONICLE, call.with("events", events)),
                    new Contender(FIRST, PeerKind.CHRONICLE, call.with("events", 0))),
                contender ->
                    CrashedWriter.open(workspace, contender, contender.call().get("events") > 0));
    return new Lines(results)
        .atMost("open.ringfold", seconds("openNanos"), OURS, OPEN_SECONDS)
        .printed("open.first-event-stored", seconds("firstStoredNanos"), OURS)
        .printed("open.jvm-start", seconds("startNanos"), OURS)
        .printed("open.chronicle-first-open", seconds("firstStoredNanos"), FIRST)
        .printed("open.peer.chronicle", seconds("firstStoredNanos"), CHRONICLE)
        .toList();
  }

  private static List<RowResult> idle(Session session) throws IOException {
    Scale scale = session.scale();
    Call call =
        Call.of("idle")
            .with("tailers", Scale.TAILERS)
            .with("events", Scale.IDLE_EVENTS)
            .with("settleSeconds", scale.idleSettleSeconds())
            .with("seconds", scale.idleSeconds());
    Results results =
        session
            .rounds()
            .interleaveSlow(
                "idle",
                List.of(Contender.of(PeerKind.RINGFOLD, call)),
                contender -> callFresh(session.workspace(), contender));
    Measure percent = new Measure("% of a core", figures -> figures.get("cpuPercent"));
    return new Lines(results).atMost("idle", percent, OURS, IDLE_PERCENT).toList();
  }

  private static Figures callFresh(Workspace workspace, Contender contender)
      throws IOException, NotRunException {
    try (WorkerProcess worker = workspace.start(contender.kind())) {
      return worker.call(contender.call());
    }
  }

  private static Measure seconds(String nanos) {
    return new Measure(SECONDS, figures -> figures.get(nanos) / 1e9);
  }
}
