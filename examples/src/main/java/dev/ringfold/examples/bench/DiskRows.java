// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.bench;

import dev.ringfold.examples.bench.Lines.Measure;
import dev.ringfold.examples.bench.Rounds.Contender;
import dev.ringfold.examples.bench.WorkerProcess.NotRunException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** The rows about callers that wait until their event is on disk. */
final class DiskRows {
  private static final List<PeerKind> FORCING =
      List.of(
          PeerKind.RINGFOLD,
          PeerKind.FILE_PREALLOCATED,
          PeerKind.FILE_BUFFERED,
          PeerKind.CHRONICLE,
          PeerKind.AERON_ARCHIVE);
  private static final String ONE_SUFFIX = ", one";
  private static final double ONE_OVER_PREALLOCATED = 0.8;
  private static final double MANY_OVER_CHRONICLE = 1.3;
  private static final double MANY_OVER_ONE = 10;
  private static final Measure ACKS =
      new Measure("acks/s", figures -> figures.get("events") * 1e9 / figures.get("ackedNanos"));

  private DiskRows() {}

  static List<Row<Session>> rows() {
    return List.of(
        new Row<>("disk-one", "DISK acks, one caller waiting for each", DiskRows::one),
        new Row<>("disk-many", "DISK acks, 64 outstanding", DiskRows::many));
  }

  private static List<RowResult> one(Session session) throws IOException, NotRunException {
    requireSpace(session);
    List<Contender> contenders = new ArrayList<>();
    FORCING.forEach(kind -> contenders.add(Contender.of(kind, call(session, 1))));
    Lines lines =
        new Lines(session.rounds().interleave("disk-one", contenders))
            .atLeast(
                "disk-one",
                ACKS,
                PeerKind.RINGFOLD.label(),
                PeerKind.FILE_PREALLOCATED.label(),
                ONE_OVER_PREALLOCATED);
    peers("disk-one", lines);
    return lines.toList();
  }

  private static List<RowResult> many(Session session) throws IOException, NotRunException {
    requireSpace(session);
    String ours = PeerKind.RINGFOLD.label();
    String one = ours + ONE_SUFFIX;
    List<Contender> contenders = new ArrayList<>();
    FORCING.forEach(kind -> contenders.add(Contender.of(kind, call(session, Scale.OUTSTANDING))));
    contenders.add(new Contender(one, PeerKind.RINGFOLD, call(session, 1)));
    Lines lines =
        new Lines(session.rounds().interleave("disk-many", contenders))
            .atLeast(
                "disk-many.chronicle", ACKS, ours, PeerKind.CHRONICLE.label(), MANY_OVER_CHRONICLE)
            .atLeast("disk-many.one", ACKS, ours, one, MANY_OVER_ONE);
    peers("disk-many", lines);
    return lines.toList();
  }

  private static void peers(String row, Lines lines) {
    for (PeerKind kind : FORCING.subList(1, FORCING.size())) {
      lines.printed(row + ".peer." + kind.label(), ACKS, kind.label());
    }
  }

  private static void requireSpace(Session session) throws IOException, NotRunException {
    session.workspace().requireSpace(session.scale().forcedEvents() * Scale.BYTES_PER_EVENT);
  }

  private static Call call(Session session, int outstanding) {
    return Call.of("disk")
        .with("millis", session.scale().diskMillis())
        .with("maxEvents", session.scale().forcedEvents())
        .with("outstanding", outstanding)
        .with("seed", Scale.SEED);
  }
}
