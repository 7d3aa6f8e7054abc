// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ReportTest {
  private static final Samples OURS = Samples.of(11.0e6, 9.0e6, 10.0e6, 12.0e6, 8.0e6);
  private static final Samples PEER = Samples.of(8.0e6);

  @Test
  void medianIsTheMiddleRoundOrTheMeanOfTwo() {
    assertThat(OURS.median()).isEqualTo(10.0e6);
    assertThat(Samples.of(4, 1, 3, 2).median()).isEqualTo(2.5);
    assertThat(OURS.min()).isEqualTo(8.0e6);
    assertThat(OURS.max()).isEqualTo(12.0e6);
  }

  @Test
  void jsonLineHasTheAgreedKeysInTheAgreedOrder() {
    RowResult row = RowResult.atLeast("ingest.aeron", OURS, "events/s", "aeron", PEER, 1);

    assertThat(JsonRows.format("log", row))
        .isEqualTo(
            "{\"bench\":\"log\",\"row\":\"ingest.aeron\",\"value\":10000000,\"unit\":\"events/s\","
                + "\"peer\":\"aeron\",\"peerValue\":8000000,\"ratio\":1.25,"
                + "\"target\":\">= 1 x aeron\",\"met\":true}");
  }

  @Test
  void jsonLineOfARowThatDidNotRunSaysWhyAndIsNotMet() {
    RowResult row = RowResult.notRun("idle", "%", "<= 1 %", "no \"flags\"");

    assertThat(JsonRows.format("log", row))
        .isEqualTo(
            "{\"bench\":\"log\",\"row\":\"idle\",\"value\":null,\"unit\":\"%\","
                + "\"peer\":\"not run: no \\\"flags\\\"\",\"peerValue\":null,\"ratio\":null,"
                + "\"target\":\"<= 1 %\",\"met\":false}");
  }

  @Test
  void targetIsMissedBelowItsFactorAndAboveItsLimit() {
    assertThat(RowResult.atLeast("a", OURS, "u", "p", PEER, 1.26).met()).isFalse();
    assertThat(RowResult.atLeast("a", OURS, "u", "p", PEER, 1.25).met()).isTrue();
    assertThat(RowResult.atMost("a", Samples.of(112), "u", 112).met()).isTrue();
    assertThat(RowResult.atMost("a", Samples.of(112.1), "u", 112).met()).isFalse();
    assertThat(RowResult.printed("a", OURS, "u").met()).isNull();
    assertThat(RowResult.atLeast("a", OURS, "u", 10.0e6).met()).isTrue();
    assertThat(RowResult.atLeast("a", OURS, "u", 10.1e6).met()).isFalse();
    assertThat(RowResult.atMostTimes("a", OURS, "u", "p", PEER, 1.25).met()).isTrue();
    assertThat(RowResult.atMostTimes("a", OURS, "u", "p", PEER, 1.24).met()).isFalse();
    assertThat(RowResult.atMostTimes("a", OURS, "u", "p", PEER, 1.24).target())
        .isEqualTo("<= 1.24 x p");
    assertThat(RowResult.beside("a", OURS, "u", "p", PEER).met()).isNull();
  }

  @Test
  void rowWhosePeerDidNotRunIsMissedAndSaysWhy() {
    RowResult row = RowResult.peerNotRun("a", OURS, "u", "aeron", ">= 1 x aeron", "no flags");

    assertThat(row.met()).isFalse();
    assertThat(row.ratio()).isNull();
    assertThat(Table.format(List.of(row))).contains("a: aeron not run: no flags");
  }

  @Test
  void columnsOfTheTableAreAligned() {
    String table =
        Table.format(
            List.of(
                RowResult.atLeast("a", OURS, "events/s", "aeron", PEER, 1),
                RowResult.printed("longer", Samples.of(3), "ns")));

    String[] lines = table.split("\n");
    int unit = lines[0].indexOf("unit");
    assertThat(lines[1].substring(unit)).startsWith("events/s");
    assertThat(lines[2].substring(unit)).startsWith("ns");
    assertThat(lines[1]).contains("10.00 M", "8.00 M .. 12.00 M", "1.25", "yes");
  }

  @Test
  void numbersDoNotDependOnTheirSize() {
    assertThat(Numbers.plain(8_123_456.7)).isEqualTo("8123000");
    assertThat(Numbers.plain(0.000_123_456)).isEqualTo("0.0001235");
    assertThat(Numbers.plain(0)).isEqualTo("0");
    assertThat(Numbers.brief(417_300)).isEqualTo("417.3 k");
    assertThat(Numbers.brief(96.25)).isEqualTo("96.25");
  }

  @Test
  void slowestSecondCountsASecondInWhichNothingHappened() {
    Ingest.SecondCounts seconds = new Ingest.SecondCounts(4);

    assertThat(seconds.record(500_000_000L, 50)).isTrue();
    assertThat(seconds.record(1_000_000_000L, 100)).isTrue();
    assertThat(seconds.record(3_200_000_000L, 110)).isTrue();
    assertThat(seconds.record(4_000_000_000L, 300)).isFalse();

    assertThat(seconds.slowest()).isZero();
  }

  @Test
  void callsAndFiguresSurviveTheWayThroughAPipe() {
    Call call = Call.of("ingest").with("events", 20_000_000).with("seed", -3);
    Figures figures = new Figures().put("p50", 41L).put("rate", 1.25e7);

    assertThat(Call.parse(call.format())).isEqualTo(call);
    assertThat(Figures.parse(figures.format()).get("p50")).isEqualTo(41);
    assertThat(Figures.parse(figures.format()).get("rate")).isEqualTo(1.25e7);
  }
}
