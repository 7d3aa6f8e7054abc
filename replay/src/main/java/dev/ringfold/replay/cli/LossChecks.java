// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.cli;

import dev.ringfold.EventLogReader;
import dev.ringfold.LogConfig;
import dev.ringfold.LogOption;
import dev.ringfold.event.EventTypes;
import dev.ringfold.internal.journal.ManifestFile;
import dev.ringfold.replay.LogEnd;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What {@code doctor} looks at in a store that was used: whether events were dropped and which
 * option would have kept them, and whether a projection is behind. Only reads.
 */
final class LossChecks {
  /** A ring of so many times the slots is proposed. */
  private static final int MORE_SLOTS = 4;

  private static final int MAX_SLOTS = 1 << 22;

  /** A projection that lies so far behind will not be where its readers expect it soon. */
  private static final double LATE_SECONDS = 30;

  private static final Map<String, String> REMEDIES =
      Map.of(
          "disk_low", "free space or raise it: LOSSY events are dropped below low-space-bytes",
          "disk_full", "free space: below full-space-bytes nothing is accepted",
          "crash", "they were in the ring when a process died; ask for JOURNAL where that matters",
          "too_large", "put bulk bytes into the blob store and name them in the event",
          "failed", "the disk failed: see the log's health and dmesg");

  private final LogConfig config;
  private final List<Check> checks = new ArrayList<>();

  private LossChecks(LogConfig config) {
    this.config = config;
  }

  static List<Check> of(Path store, LogConfig config) throws IOException {
    LossChecks work = new LossChecks(config);
    try (EventLogReader reader = EventLogReader.open(store, EventTypes.builtin())) {
      long last = LogEnd.of(store, ManifestFile.read(store)).lastSequence();
      work.drops(LedgerReading.of(reader, reader.floorSequence(), last));
      work.projections(
          ProjectionsReading.of(reader, new OutputsOption().of(reader.directory()), last));
    }
    return work.checks;
  }

  private void drops(LedgerReading ledger) {
    long offered = ledger.rows().stream().mapToLong(row -> row.mark().offered()).sum();
    if (ledger.dropsByReason().isEmpty()) {
      checks.add(Check.ok("losses", offered + " events were offered, none was dropped"));
      return;
    }
    ledger
        .dropsByReason()
        .forEach(
            (reason, count) -> {
              String found =
                  String.format(
                      Locale.ROOT,
                      "%d of %d events offered were dropped: %s",
                      count,
                      offered,
                      reason.replace('_', ' '));
              checks.add(Check.warn("losses", found, remedy(reason)));
            });
  }

  private String remedy(String reason) {
    return reason.equals("ring_full")
        ? moreSlots()
        : REMEDIES.getOrDefault(reason, "see docs/reference/error-handling.md");
  }

  private String moreSlots() {
    long slots = config.value(LogOption.RING_SLOTS);
    if (slots >= MAX_SLOTS) {
      return "the ring has all the slots it can have (" + slots + "): log less often";
    }
    return "set "
        + LogOption.RING_SLOTS.environmentName()
        + "="
        + Math.min(MAX_SLOTS, slots * MORE_SLOTS)
        + " (now "
        + slots
        + "), which takes longer bursts, or log less often";
  }

  private void projections(ProjectionsReading reading) {
    for (ProjectionRow row : reading.rows()) {
      String name = Quantities.printable(row.name());
      if (!row.failure().isEmpty()) {
        checks.add(
            Check.warn(
                "projection " + name,
                row.state() + ": " + Quantities.printable(row.failure()),
                "mend the cause, then: ringfold projections resume DIR " + name));
      } else if (reading.live() && row.lagSeconds() > LATE_SECONDS) {
        checks.add(
            Check.warn(
                "projection " + name,
                String.format(
                    Locale.ROOT, "%d events, %.0f s behind", row.lagEvents(), row.lagSeconds()),
                "let it write larger batches (FlushPolicy.THROUGHPUT), or give its outputs a faster"
                    + " disk"));
      } else {
        checks.add(Check.ok("projection " + name, row.lagEvents() + " events to come"));
      }
    }
  }
}
