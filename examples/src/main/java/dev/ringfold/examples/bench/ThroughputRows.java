// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.bench;

import dev.ringfold.examples.bench.Lines.Measure;
import dev.ringfold.examples.bench.Rounds.Contender;
import dev.ringfold.examples.bench.WorkerProcess.NotRunException;
import java.io.IOException;
import java.util.List;

/** The rows about events a second through the page cache, and about what they take on disk. */
final class ThroughputRows {
  private static final String OURS = PeerKind.RINGFOLD.label();
  private static final String CHRONICLE = PeerKind.CHRONICLE.label();
  private static final String AERON = PeerKind.AERON_ARCHIVE.label();
  private static final String TRICKLE = "ringfold, one event a frame";
  private static final String TWO = "two producers";
  private static final String ONE = "one producer";
  private static final String PER_SECOND = "events/s";
  private static final String BYTES = "bytes/event";

  private static final double INGEST_OVER_CHRONICLE = 4;
  private static final double INGEST_OVER_AERON = 1;
  private static final double TWO_OVER_ONE = 0.7;
  private static final double REPLAY_OVER_CHRONICLE = 2.5;
  private static final double BYTES_LIMIT = 112;
  private static final long SUSTAINED_EVENTS_PER_SECOND = 25_000_000;

  private ThroughputRows() {}

  static List<Row<Session>> rows() {
    return List.of(
        new Row<>(
            "ingest",
            "offer to journal, one producer that retries on a full ring",
            ThroughputRows::ingest),
        new Row<>(
            "sustained",
            "the same for a time, past the page cache's dirty limit",
            ThroughputRows::sustained),
        new Row<>("two-producers", "two producers against one", ThroughputRows::twoProducers),
        new Row<>(
            "replay",
            "tail everything, checksum verified and every field read",
            ThroughputRows::replay),
        new Row<>(
            "bytes", "allocated blocks on disk per event, sealed segments", ThroughputRows::bytes));
  }

  private static List<RowResult> ingest(Session session) throws IOException, NotRunException {
    Measure stored = perSecond(session, "storedNanos");
    Lines lines =
        new Lines(session.ingest())
            .atLeast("ingest.chronicle", stored, OURS, CHRONICLE, INGEST_OVER_CHRONICLE)
            .atLeast("ingest.aeron", stored, OURS, AERON, INGEST_OVER_AERON);
    for (PeerKind kind : PeerKind.values()) {
      if (kind != PeerKind.RINGFOLD) {
        lines.printed("ingest.peer." + kind.label(), stored, kind.label());
      }
    }
    return lines.toList();
  }

  private static List<RowResult> sustained(Session session) throws IOException, NotRunException {
    Scale scale = session.scale();
    long bySpace = session.workspace().usableBytes() / Scale.BYTES_PER_EVENT;
    long maxEvents = Math.min(scale.sustainSeconds() * SUSTAINED_EVENTS_PER_SECOND, bySpace);
    session.workspace().requireSpace(scale.events() * Scale.BYTES_PER_EVENT);
    Call call =
        Call.of("sustain")
            .with("seconds", scale.sustainSeconds())
            .with("maxEvents", maxEvents)
            .with("check", 1)
            .with("seed", Scale.SEED);
    Results results =
        session
            .rounds()
            .interleaveSlow(
                "sustained",
                List.of(
                    Contender.of(PeerKind.RINGFOLD, call),
                    Contender.of(PeerKind.AERON_ARCHIVE, call)));
    Measure rate =
        new Measure(
            PER_SECOND, figures -> figures.get("events") * 1e9 / figures.get("storedNanos"));
    Measure slowest = new Measure(PER_SECOND, figures -> figures.get("slowestSecond"));
    return new Lines(results)
        .atLeast("sustained.rate", rate, OURS, AERON, INGEST_OVER_AERON)
        .printed("sustained.slowest-second", slowest, OURS)
        .printed("sustained.slowest-second.peer", slowest, AERON)
        .toList();
  }

  private static List<RowResult> twoProducers(Session session) throws IOException, NotRunException {
    session.requireIngestSpace();
    Results results =
        session
            .rounds()
            .interleave(
                "two-producers",
                List.of(
                    new Contender(ONE, PeerKind.RINGFOLD, session.ingestCall(1)),
                    new Contender(TWO, PeerKind.RINGFOLD, session.ingestCall(2))));
    return new Lines(results)
        .atLeast("two-producers", perSecond(session, "storedNanos"), TWO, ONE, TWO_OVER_ONE)
        .toList();
  }

  private static List<RowResult> replay(Session session) throws IOException, NotRunException {
    Measure replayed = perSecond(session, "replayNanos");
    Lines lines =
        new Lines(session.ingest())
            .atLeast("replay.chronicle", replayed, OURS, CHRONICLE, REPLAY_OVER_CHRONICLE);
    for (PeerKind kind : PeerKind.values()) {
      if (kind != PeerKind.RINGFOLD && kind != PeerKind.DISRUPTOR) {
        lines.printed("replay.peer." + kind.label(), replayed, kind.label());
      }
    }
    return lines.toList();
  }

  private static List<RowResult> bytes(Session session) throws IOException, NotRunException {
    Measure full = new Measure(BYTES, figures -> figures.get("bytes") / session.scale().events());
    Measure single =
        new Measure(BYTES, figures -> figures.get("bytes") / session.scale().trickleEvents());
    Call call =
        Call.of("trickle").with("events", session.scale().trickleEvents()).with("seed", Scale.SEED);
    Lines lines = new Lines(session.ingest()).atMost("bytes.full", full, OURS, BYTES_LIMIT);
    for (PeerKind kind : List.of(PeerKind.CHRONICLE, PeerKind.AERON_ARCHIVE)) {
      lines.printed("bytes.peer." + kind.label(), full, kind.label());
    }
    Results trickled =
        session
            .rounds()
            .interleave("bytes", List.of(new Contender(TRICKLE, PeerKind.RINGFOLD, call)));
    return lines
        .addAll(new Lines(trickled).printed("bytes.one-event-a-frame", single, TRICKLE))
        .toList();
  }

  private static Measure perSecond(Session session, String nanos) {
    double events = session.scale().events();
    return new Measure(PER_SECOND, figures -> events * 1e9 / figures.get(nanos));
  }
}
