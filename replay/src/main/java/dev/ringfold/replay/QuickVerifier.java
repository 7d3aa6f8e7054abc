// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay;

import dev.ringfold.CorruptJournalException;
import dev.ringfold.RingfoldException;
import dev.ringfold.StoreNotFoundException;
import dev.ringfold.internal.journal.ChainState;
import dev.ringfold.internal.journal.FrameReader;
import dev.ringfold.internal.journal.FrameStatus;
import dev.ringfold.internal.journal.Manifest;
import dev.ringfold.internal.journal.ManifestFile;
import dev.ringfold.internal.journal.ScanResult;
import dev.ringfold.internal.journal.SegmentEntry;
import dev.ringfold.internal.journal.SegmentFiles;
import dev.ringfold.internal.journal.SegmentIndex;
import dev.ringfold.internal.journal.SegmentIndexFile;
import dev.ringfold.internal.journal.SegmentScan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * Looks at a store without reading it: the manifest, whether every sealed segment is there in its
 * length and continues the one before, the last frames, and what is not sealed. It takes
 * milliseconds whatever the size, and does not see damage inside a sealed segment. Changes nothing.
 */
public final class QuickVerifier {
  private final Path store;
  private final Findings findings;
  private long frames;
  private long bytes;
  private long events;
  private long first = -1;
  private long last = -1;

  private QuickVerifier(Path store) {
    this.store = store;
    this.findings = new Findings(store);
  }

  /**
   * Verifies a store.
   *
   * @return a report as of {@link JournalVerifier}, whose counts are what the manifest says
   * @throws StoreNotFoundException when there is neither a manifest nor a segment
   */
  public static VerifyReport verify(Path store) {
    return new QuickVerifier(store).run();
  }

  private VerifyReport run() {
    Manifest manifest;
    try {
      manifest = ManifestFile.read(store);
    } catch (CorruptJournalException e) {
      findings.derived(
          Severity.ERROR, ManifestFile.path(store), e.offset(), String.valueOf(e.getMessage()));
      return report("", "unknown", 0, -1);
    } catch (StoreNotFoundException e) {
      if (SegmentFiles.present(store).length == 0) {
        throw e;
      }
      findings.derived(Severity.ERROR, ManifestFile.path(store), -1, "the manifest is missing");
      return report("", "unknown", 0, -1);
    }
    segments(manifest);
    new StrayCheck(store, findings).check(manifest, SegmentFiles.present(store));
    return report(
        manifest.storeId(),
        manifest.state().name().toLowerCase(Locale.ROOT),
        manifest.segments().size(),
        manifest.durableSequence());
  }

  private VerifyReport report(String storeId, String state, long segments, long durable) {
    return new VerifyReport(
        store,
        storeId,
        state,
        segments,
        0,
        frames,
        events,
        bytes,
        first,
        last,
        durable,
        findings.list());
  }

  private void segments(Manifest manifest) {
    List<SegmentEntry> entries = manifest.segments();
    SegmentEntry newestSealed = null;
    ChainState before = null;
    for (SegmentEntry entry : entries) {
      if (before != null && !continues(before, entry)) {
        findings.lost(
            SegmentFiles.queueFile(store, entry.number()),
            -1,
            entry.firstSequence(),
            "the segment does not continue the one before: expected sequence "
                + before.nextSequence()
                + " after CRC "
                + Integer.toHexString(before.crc())
                + ", found "
                + entry.firstSequence()
                + " after "
                + Integer.toHexString(entry.previousCrc()));
      }
      if (entry.sealed()) {
        sealed(entry);
        before = entry.after();
        newestSealed = entry;
      } else {
        open(entry);
        before = null;
      }
    }
    if (newestSealed != null) {
      tail(manifest, newestSealed);
    }
  }

  private static boolean continues(ChainState before, SegmentEntry entry) {
    return before.nextSequence() == entry.firstSequence()
        && before.frameNumber() + 1 == entry.firstFrame()
        && before.crc() == entry.previousCrc();
  }

  private void sealed(SegmentEntry entry) {
    count(entry.frames(), entry.length(), entry.firstSequence(), entry.lastSequence());
    Path file = SegmentFiles.queueFile(store, entry.number());
    try {
      long length = Files.exists(file) ? Files.size(file) : -1;
      if (length < entry.length()) {
        findings.lost(
            file,
            -1,
            entry.firstSequence(),
            length < 0
                ? "the segment file is missing"
                : "the segment has " + length + " bytes, expected at least " + entry.length());
      }
    } catch (IOException e) {
      findings.lost(file, -1, entry.firstSequence(), "the segment cannot be looked at: " + e);
    }
    Path index = SegmentFiles.indexFile(SegmentFiles.folder(store, entry.number()));
    if (!entry.cut() && Files.notExists(index)) {
      findings.derived(Severity.WARNING, index, -1, "the segment's index is missing");
    }
  }

  private void open(SegmentEntry entry) {
    Path file = SegmentFiles.queueFile(store, entry.number());
    if (Files.notExists(file)) {
      return; // Prepared and not begun.
    }
    try {
      ScanResult scan = SegmentScan.scan(file, entry.before());
      count(scan.frames(), scan.endOffset(), scan.firstSequence(), scan.lastSequence());
      if (scan.stop() == ScanResult.Stop.DAMAGED) {
        findings.lost(
            file, scan.stopOffset(), scan.firstBadSequence(), String.valueOf(scan.problem()));
      }
    } catch (RingfoldException e) {
      findings.lost(file, -1, entry.firstSequence(), "it cannot be read: " + e.getMessage());
    }
  }

  /**
   * The frames behind the last entry of the index of the newest sealed segment; all of that segment
   * when it has none, as after a cut by a fork.
   */
  private void tail(Manifest manifest, SegmentEntry entry) {
    Path folder = SegmentFiles.folder(store, entry.number());
    Path indexFile = SegmentFiles.indexFile(folder);
    SegmentIndex index =
        SegmentIndexFile.read(indexFile, manifest.writerBytesOf(entry), entry.number());
    if (index == null && Files.exists(indexFile)) {
      findings.derived(
          Severity.WARNING, indexFile, -1, "the segment's index is damaged or of another segment");
    }
    Path file = SegmentFiles.queueFile(folder);
    if (Files.notExists(file)) {
      return;
    }
    long offset = index == null || index.size() == 0 ? -1 : index.offsetAt(index.size() - 1);
    try (FrameReader reader = FrameReader.create()) {
      reader.reopen(file, entry.lastShown());
      if (offset < 0) {
        reader.expect(entry.before());
      } else {
        reader.expectAny();
        reader.position(offset);
      }
      FrameStatus status = reader.next(entry.readLimit());
      while (status == FrameStatus.FRAME) {
        status = reader.next(entry.readLimit());
      }
      ChainState end = reader.chain();
      if (end.crc() != entry.lastCrc() || end.nextSequence() != entry.lastSequence() + 1) {
        findings.lost(
            file,
            reader.problemOffset(),
            Math.min(end.nextSequence(), entry.lastSequence()),
            "the last frames are not those that were sealed: expected sequence "
                + entry.lastSequence()
                + ", found "
                + (end.nextSequence() - 1));
      }
    } catch (RingfoldException e) {
      findings.lost(file, offset, -1, "the last frames cannot be read: " + e.getMessage());
    }
  }

  private void count(long moreFrames, long moreBytes, long from, long to) {
    frames += moreFrames;
    bytes += moreBytes;
    if (moreFrames > 0 && to >= from) {
      events += to - from + 1;
      first = first < 0 ? from : first;
      last = Math.max(last, to);
    }
  }
}
