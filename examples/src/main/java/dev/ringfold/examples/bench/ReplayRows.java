// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.bench;

import dev.ringfold.examples.bench.Lines.Measure;
import dev.ringfold.examples.bench.Rounds.Contender;
import dev.ringfold.examples.bench.WorkerProcess.NotRunException;
import java.io.IOException;
import java.util.List;

/** The rows of {@code bench replay}. */
final class ReplayRows {
  private static final String OURS = PeerKind.RINGFOLD.label();
  private static final String CHRONICLE = PeerKind.CHRONICLE.label();
  private static final String STORE = ReplayKind.STORE.label();
  private static final String FIRST = "chronicle, first open of a JVM";

  private static final double OVER_CHRONICLE = 2.5;
  private static final double REBUILT_ROWS = 1_000_000;
  private static final double VIEW_MILLIS = 100;
  private static final double FORK_MILLIS = 100;
  private static final double FORK_MEGABYTES = 1;
  private static final double READY_SECONDS = 2;
  private static final double OF_FULL = 0.03;
  private static final double QUICK_MILLIS = 500;
  private static final double NANOS_PER_SECOND = 1e9;
  private static final double NANOS_PER_MILLI = 1e6;
  private static final double MEGABYTE = 1 << 20;
  private static final String MILLIS = "ms";

  private ReplayRows() {}

  static List<Row<ReplaySession>> rows() {
    return List.of(
        new Row<>("skim", "every event into a handler that does nothing", ReplayRows::skim),
        new Row<>("rebuild", "the metric table made again from the journal", ReplayRows::rebuild),
        new Row<>(
            "at",
            "a random sequence: count and maximum by SQL, and the list of checkpoints",
            ReplayRows::at),
        new Row<>("fork", "a fork at a random sequence", ReplayRows::fork),
        new Row<>(
            "ready",
            "after the writer was killed: the log open and all projections caught up",
            ReplayRows::ready),
        new Row<>("backup", "an incremental backup after 1 % new events", ReplayRows::backup),
        new Row<>("verify", "the quick check of a store with its tables", ReplayRows::verify));
  }

  private static List<RowResult> skim(ReplaySession session) throws IOException, NotRunException {
    long events = session.scale().events();
    session.workspace().requireSpace(events * Scale.BYTES_PER_EVENT);
    Call call = Call.of("skim").with("events", events).with("seed", ReplayScale.SEED);
    Results results =
        session
            .rounds()
            .interleave(
                "skim",
                List.of(
                    Contender.of(PeerKind.RINGFOLD, call), Contender.of(PeerKind.CHRONICLE, call)));
    Measure rate =
        new Measure("events/s", figures -> events * NANOS_PER_SECOND / figures.get("skimNanos"));
    return new Lines(results)
        .atLeast("skim.chronicle", rate, OURS, CHRONICLE, OVER_CHRONICLE)
        .printed("skim.peer.chronicle", rate, CHRONICLE)
        .toList();
  }

  private static List<RowResult> rebuild(ReplaySession session)
      throws IOException, NotRunException {
    Measure rate =
        new Measure(
            "rows/s",
            figures -> figures.get("rows") * NANOS_PER_SECOND / figures.get("rebuildNanos"));
    return new Lines(session.store(session.call("rebuild")))
        .atLeast("rebuild", rate, STORE, REBUILT_ROWS)
        .toList();
  }

  private static List<RowResult> at(ReplaySession session) throws IOException, NotRunException {
    Results results = session.store(session.call("at").with("views", session.scale().views()));
    return new Lines(results)
        .atMost("at.p50", millis("p50"), STORE, VIEW_MILLIS)
        .printed("at.max", millis("max"), STORE)
        .printed("at.sql.p50", millis("sqlNanos"), STORE)
        .printed("at.checkpoints.p50", millis("listNanos"), STORE)
        .printed("at.projection.p50", millis("projectionNanos"), STORE)
        .toList();
  }

  private static List<RowResult> fork(ReplaySession session) throws IOException, NotRunException {
    Call call =
        session
            .call("fork")
            .with("events", session.scale().events())
            .with("forks", session.scale().forks());
    Measure megabytes = new Measure("MiB", figures -> figures.get("newBytes") / MEGABYTE);
    return new Lines(session.store(call))
        .atMost("fork.p50", millis("p50"), STORE, FORK_MILLIS)
        .printed("fork.max", millis("max"), STORE)
        .atMost("fork.new-bytes", megabytes, STORE, FORK_MEGABYTES)
        .printed("fork.first-open", millis("openNanos"), STORE)
        .toList();
  }

  private static List<RowResult> ready(ReplaySession session) throws IOException, NotRunException {
    session.requireSpace();
    Call first = Call.of(Worker.OPEN).with("seed", ReplayScale.SEED).with("events", 0);
    Results results =
        session
            .rounds()
            .interleaveSlow(
                "ready",
                List.of(
                    Contender.of(ReplayKind.STORE, session.call(Worker.OPEN)),
                    new Contender(FIRST, PeerKind.CHRONICLE, first)),
                contender ->
                    CrashedWriter.open(
                        session.workspace(), contender, contender.kind() == ReplayKind.STORE));
    return new Lines(results)
        .add(beyond(results))
        .printed("ready.seconds", seconds("readyNanos"), STORE)
        .printed("ready.open", seconds("openNanos"), STORE)
        .printed("ready.chronicle-first-open", seconds("firstStoredNanos"), FIRST)
        .toList();
  }

  /** Round by round what it takes more than Chronicle's own first open. */
  private static RowResult beyond(Results results) {
    String unit = "s";
    try {
      List<Figures> ours = results.rounds(STORE);
      List<Figures> theirs = results.rounds(FIRST);
      double[] more = new double[Math.min(ours.size(), theirs.size())];
      for (int i = 0; i < more.length; i++) {
        more[i] =
            (ours.get(i).get("readyNanos") - theirs.get(i).get("firstStoredNanos"))
                / NANOS_PER_SECOND;
      }
      return RowResult.atMost("ready", Samples.of(more), unit, READY_SECONDS);
    } catch (NotRunException e) {
      return RowResult.notRun(
          "ready", unit, RowResult.atMostTarget(READY_SECONDS, unit), e.reason());
    }
  }

  private static List<RowResult> backup(ReplaySession session) throws IOException, NotRunException {
    Measure share =
        new Measure("x full", figures -> figures.get("moreNanos") / figures.get("fullNanos"));
    return new Lines(session.store(session.call("backup")))
        .atMost("backup.incremental", share, STORE, OF_FULL)
        .printed("backup.full", seconds("fullNanos"), STORE)
        .printed("backup.incremental.seconds", seconds("moreNanos"), STORE)
        .toList();
  }

  private static List<RowResult> verify(ReplaySession session) throws IOException, NotRunException {
    Results results = session.store(session.call("verify").with("checks", session.scale().views()));
    return new Lines(results)
        .atMost("verify.quick.p50", millis("p50"), STORE, QUICK_MILLIS)
        .printed("verify.quick.max", millis("max"), STORE)
        .printed("verify.quick.first", millis("first"), STORE)
        .toList();
  }

  private static Measure millis(String nanos) {
    return new Measure(MILLIS, figures -> figures.get(nanos) / NANOS_PER_MILLI);
  }

  private static Measure seconds(String nanos) {
    return new Measure("s", figures -> figures.get(nanos) / NANOS_PER_SECOND);
  }
}
