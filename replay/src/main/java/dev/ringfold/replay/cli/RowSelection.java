// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.cli;

import dev.ringfold.event.MetricsLogged;
import dev.ringfold.replay.transfer.RowFilter;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that say which rows of metrics are wanted. */
final class RowSelection {
  @Option(names = "--run", paramLabel = "NAME", description = "Only this run; may be repeated.")
  private List<String> runs = new ArrayList<>();

  @Option(
      names = "--kind",
      paramLabel = "KIND",
      description = "Only rows of a step, or of a whole epoch.")
  private @Nullable String kind;

  @Option(names = "--from", paramLabel = "SEQ", description = "Start at this sequence.")
  private long from;

  @Option(names = "--up-to", paramLabel = "SEQ", description = "End with this sequence.")
  private long upTo = Long.MAX_VALUE;

  @Option(
      names = "--since",
      paramLabel = "TIME",
      description =
          "Only rows of this event time or later: 2026-11-20T10:15:30Z, 2026-11-20, or 10m (ago).")
  private @Nullable String since;

  @Option(names = "--until", paramLabel = "TIME", description = "Only rows before this event time.")
  private @Nullable String until;

  RowFilter filter(Clock clock, Function<String, ? extends RuntimeException> wrong) {
    if (from < 0 || upTo < 0) {
      throw wrong.apply("--from and --up-to must be >= 0");
    }
    return new RowFilter(
        Set.copyOf(runs),
        kind == null ? null : kind(kind, wrong),
        from,
        upTo,
        since == null ? Long.MIN_VALUE : nanos(since, clock, wrong),
        until == null ? Long.MAX_VALUE : nanos(until, clock, wrong) - 1);
  }

  private static MetricsLogged.Kind kind(
      String text, Function<String, ? extends RuntimeException> wrong) {
    for (MetricsLogged.Kind known : MetricsLogged.Kind.values()) {
      if (known.name().toLowerCase(Locale.ROOT).equals(text)) {
        return known;
      }
    }
    throw wrong.apply("--kind is step or epoch but was '" + text + "'");
  }

  private static long nanos(
      String text, Clock clock, Function<String, ? extends RuntimeException> wrong) {
    Instant time = Times.parse(text, clock, wrong);
    try {
      return Math.addExact(
          Math.multiplyExact(time.getEpochSecond(), TimeUnit.SECONDS.toNanos(1)), time.getNano());
    } catch (ArithmeticException e) {
      throw wrong.apply("'" + text + "' is too far away: times are from 1677 to 2262");
    }
  }
}
