// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.cli;

import dev.ringfold.EventLogReader;
import dev.ringfold.LogConfig;
import dev.ringfold.event.EventTypes;
import dev.ringfold.internal.journal.JournalSettings;
import dev.ringfold.internal.journal.Manifest;
import dev.ringfold.internal.journal.ManifestFile;
import dev.ringfold.internal.journal.SegmentEntry;
import dev.ringfold.internal.journal.SegmentFiles;
import dev.ringfold.replay.LogEnd;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Everything {@code stat} tells about a store, read without changing it and without a lock.
 *
 * @param store its directory
 * @param manifest what the manifest says
 * @param end where it ends now
 * @param holder who writes it
 * @param sizes bytes on disk
 * @param ledger the loss ledger
 * @param hints what a person should know or do
 */
record StoreStatus(
    Path store,
    Manifest manifest,
    LogEnd end,
    StoreHolder holder,
    Sizes sizes,
    LedgerReading ledger,
    List<String> hints) {

  /**
   * Bytes on disk.
   *
   * @param journalUsed used by frames of the journal
   * @param journalFiles length of the journal's files
   * @param journalAllocated blocks of the journal's files, or {@link DiskUse#UNKNOWN}
   * @param blobFiles length of the blobs' files
   * @param diskUsable may still be written on this disk
   * @param diskTotal size of the disk
   * @param lowFloor below it LOSSY events are dropped
   * @param fullFloor below it nothing is accepted
   */
  record Sizes(
      long journalUsed,
      long journalFiles,
      long journalAllocated,
      long blobFiles,
      long diskUsable,
      long diskTotal,
      long lowFloor,
      long fullFloor) {}

  /** Reads it; with {@code wholeLedger} the ledger of all sessions, else of the newest segment. */
  static StoreStatus read(Path directory, LogConfig config, boolean wholeLedger)
      throws IOException {
    try (EventLogReader reader = EventLogReader.open(directory, EventTypes.builtin())) {
      Path store = reader.directory();
      StoreHolder holder = StoreHolder.of(store);
      Manifest manifest = ManifestFile.read(store);
      LogEnd end = LogEnd.of(store, manifest);
      Sizes sizes = sizes(store, config, manifest, end);
      long from = wholeLedger ? manifest.floorSequence() : ledgerStart(manifest);
      LedgerReading ledger =
          LedgerReading.of(reader, Math.max(from, manifest.floorSequence()), end.lastSequence());
      return new StoreStatus(
          store, manifest, end, holder, sizes, ledger, hints(manifest, end, holder, sizes, ledger));
    }
  }

  /** What is happening: the manifest's state and the holder together. */
  String condition() {
    return switch (manifest.state()) {
      case CLEAN -> "clean";
      case FAILED -> "failed";
      case OPEN -> holder.held() ? "open" : "not closed";
    };
  }

  /** Whether it began as a fork; one that was restored has a lineage, too. */
  boolean isFork() {
    return ManifestFile.hasOrigin(store);
  }

  /** Events that can be read. */
  long events() {
    long oldest = Math.max(manifest.floorSequence(), firstSequence());
    return Math.max(0, end.lastSequence() - oldest + 1);
  }

  private long firstSequence() {
    return manifest.segments().isEmpty() ? 0 : manifest.segments().get(0).firstSequence();
  }

  /** Every session's marks are in its newest segment or in the one before. */
  private static long ledgerStart(Manifest manifest) {
    List<SegmentEntry> segments = manifest.segments();
    int place = segments.size() - 1;
    while (place > 0 && !segments.get(place).hasEvents()) {
      place--;
    }
    return place < 0 ? 0 : segments.get(Math.max(0, place - 1)).firstSequence();
  }

  private static Sizes sizes(Path store, LogConfig config, Manifest manifest, LogEnd end)
      throws IOException {
    long used = 0;
    for (SegmentEntry entry : manifest.segments()) {
      var scanned = end.open().get(entry.number());
      used += entry.sealed() ? entry.length() : scanned == null ? 0 : scanned.endOffset();
    }
    Path journal = SegmentFiles.journal(store);
    FileStore disk = Files.getFileStore(store);
    JournalSettings settings = JournalSettings.from(config, disk.getTotalSpace());
    return new Sizes(
        used,
        DiskUse.fileBytes(journal),
        DiskUse.allocatedBytes(journal),
        DiskUse.fileBytes(store.resolve("blobs")),
        disk.getUsableSpace(),
        disk.getTotalSpace(),
        settings.lowSpaceBytes(),
        settings.fullSpaceBytes());
  }

  private static List<String> hints(
      Manifest manifest, LogEnd end, StoreHolder holder, Sizes sizes, LedgerReading ledger) {
    List<String> hints = new ArrayList<>();
    if (manifest.state() == Manifest.State.FAILED) {
      hints.add(
          "a write or force failed: check the disk (dmesg), then open the store to verify it");
    } else if (manifest.state() == Manifest.State.OPEN
        && holder.status() != StoreHolder.Status.HELD
        && holder.status() != StoreHolder.Status.OUT_OF_SIGHT) {
      hints.add("it was not closed: the next open recovers it, nothing needs to be done");
    }
    if (sizes.diskUsable() < sizes.fullFloor()) {
      hints.add("the disk is below the full floor: nothing is accepted until space is freed");
    } else if (sizes.diskUsable() < sizes.lowFloor()) {
      hints.add("the disk is below the low floor: LOSSY events are dropped; free space");
    }
    end.open()
        .forEach(
            (number, scan) -> {
              if (scan.validFrameAfter()) {
                hints.add("segment " + number + " has a gap: run ringfold verify");
              }
            });
    addLedgerHints(hints, ledger);
    return hints;
  }

  private static void addLedgerHints(List<String> hints, LedgerReading ledger) {
    long dropped = 0;
    boolean lowerBound = false;
    for (LedgerRow row : ledger.rows()) {
      dropped += row.mark().dropped();
      lowerBound |= row.mark().lowerBound();
    }
    if (dropped > 0) {
      hints.add(
          String.format(
              Locale.ROOT,
              "%d events were dropped and declared %s",
              dropped,
              ledger.dropsByReason()));
    }
    if (lowerBound) {
      hints.add("counters were lost (a reboot): more may have been dropped than is declared");
    }
  }
}
