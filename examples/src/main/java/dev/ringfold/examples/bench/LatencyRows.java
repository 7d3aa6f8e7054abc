// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.bench;

import dev.ringfold.examples.bench.Lines.Measure;
import dev.ringfold.examples.bench.Rounds.Contender;
import dev.ringfold.examples.bench.WorkerProcess.NotRunException;
import java.io.IOException;
import java.util.List;

/** The rows about how long one call takes: offer, and finding an event. */
final class LatencyRows {
  private static final String OURS = PeerKind.RINGFOLD.label();
  private static final double OFFER_P50_NANOS = 100;
  private static final double OFFER_P99_NANOS = 500;
  private static final double SEEK_P50_MICROS = 100;
  private static final double SEEK_P99_MICROS = 1_000;
  private static final double NANOS_PER_MICRO = 1_000;

  /** What the paced loop is measured on, ours first. */
  private static final List<PeerKind> OFFERING =
      List.of(PeerKind.RINGFOLD, PeerKind.DISRUPTOR, PeerKind.CHRONICLE, PeerKind.AERON_ARCHIVE);

  private LatencyRows() {}

  static List<Row<Session>> rows() {
    return List.of(
        new Row<>(
            "offer",
            "duration of the offer call at 200,000 events a second, open loop; the response time"
                + " from the intended start is printed too, and nothing is subtracted",
            LatencyRows::offer),
        new Row<>("seek", "reach and read the event with a random number", LatencyRows::seek));
  }

  private static List<RowResult> offer(Session session) throws IOException, NotRunException {
    Scale scale = session.scale();
    Call call =
        Call.of("offer")
            .with("millis", scale.offerMillis())
            .with("rate", Scale.OFFER_RATE)
            .with("seed", Scale.SEED);
    session
        .workspace()
        .requireSpace(scale.offerMillis() * Scale.OFFER_RATE / 1_000 * Scale.BYTES_PER_EVENT);
    Results results =
        session
            .rounds()
            .interleave("offer", OFFERING.stream().map(kind -> Contender.of(kind, call)).toList());
    Lines lines =
        new Lines(results)
            .atMost("offer.p50", nanos("p50"), OURS, OFFER_P50_NANOS)
            .atMost("offer.p99", nanos("p99"), OURS, OFFER_P99_NANOS);
    for (String figure :
        List.of("p999", "max", "response50", "response99", "response999", "responseMax")) {
      lines.printed("offer." + figure, nanos(figure), OURS);
    }
    Measure refused = new Measure("events", figures -> figures.get("refused"));
    lines.printed("offer.refused", refused, OURS);
    lines.printed("offer.clock", nanos("clockNanos"), OURS);
    for (PeerKind kind : OFFERING.subList(1, OFFERING.size())) {
      for (String figure : List.of("p50", "p99", "p999", "max")) {
        lines.printed("offer.peer." + kind.label() + "." + figure, nanos(figure), kind.label());
      }
    }
    return lines.toList();
  }

  private static List<RowResult> seek(Session session) throws IOException, NotRunException {
    Scale scale = session.scale();
    session.workspace().requireSpace(scale.storedEvents() * Scale.BYTES_PER_EVENT);
    Call call =
        Call.of("seek")
            .with("events", scale.storedEvents())
            .with("seeks", scale.seeks())
            .with("seed", Scale.SEED);
    Results results =
        session
            .rounds()
            .interleave(
                "seek",
                List.of(
                    Contender.of(PeerKind.RINGFOLD, call), Contender.of(PeerKind.CHRONICLE, call)));
    String chronicle = PeerKind.CHRONICLE.label();
    return new Lines(results)
        .atMost("seek.p50", micros("p50"), OURS, SEEK_P50_MICROS)
        .atMost("seek.p99", micros("p99"), OURS, SEEK_P99_MICROS)
        .printed("seek.max", micros("max"), OURS)
        .printed("seek.peer.chronicle.p50", micros("p50"), chronicle)
        .printed("seek.peer.chronicle.p99", micros("p99"), chronicle)
        .toList();
  }

  private static Measure nanos(String figure) {
    return new Measure("ns", figures -> figures.get(figure));
  }

  private static Measure micros(String figure) {
    return new Measure("us", figures -> figures.get(figure) / NANOS_PER_MICRO);
  }
}
