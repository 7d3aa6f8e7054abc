// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay;

import dev.ringfold.internal.journal.Manifest;
import dev.ringfold.internal.journal.ScanResult;
import dev.ringfold.internal.journal.SegmentEntry;
import dev.ringfold.internal.journal.SegmentFiles;
import dev.ringfold.replay.SegmentCheck.Checked;
import java.nio.file.Path;
import java.util.List;

/**
 * Judges the end of the journal: what stops short in a segment that is not sealed is a torn tail or
 * a frame being written, unless something above it was promised to be on disk.
 */
final class TailCheck {
  private static final String NEXT_OPEN =
      "Nothing to do: a log is writing it, or the next open for writing cuts and seals it";

  private final Path store;
  private final Findings findings;

  TailCheck(Path store, Findings findings) {
    this.store = store;
    this.findings = findings;
  }

  /**
   * Checks the unsealed segments and the watermark.
   *
   * @param durable highest durable sequence that the manifest or any frame names
   * @param lastSequence last sequence found in an unbroken chain
   */
  void check(Manifest manifest, List<Checked> open, long durable, long lastSequence) {
    for (Checked segment : open) {
      checkOpen(manifest, segment, durable);
    }
    if (durable > lastSequence && !explained()) {
      findings.lost(
          SegmentFiles.journal(store),
          -1,
          lastSequence + 1,
          "events up to sequence "
              + durable
              + " were on disk, but the journal ends with "
              + lastSequence);
    }
  }

  private boolean explained() {
    return findings.list().stream().anyMatch(finding -> finding.firstBadSequence() >= 0);
  }

  private void checkOpen(Manifest manifest, Checked segment, long durable) {
    SegmentEntry entry = segment.entry();
    ScanResult scan = segment.scan();
    Path file = SegmentFiles.queueFile(store, entry.number());
    if (manifest.state() == Manifest.State.CLEAN) {
      findings.derived(
          Severity.ERROR, file, -1, "the store was closed but this segment is not sealed");
    }
    if (scan == null) {
      if (durable >= entry.firstSequence() && nextFirst(manifest, entry) > entry.firstSequence()) {
        findings.lost(file, -1, entry.firstSequence(), "the segment file is missing");
      }
      return;
    }
    if (scan.stop() == ScanResult.Stop.CLEAN_END && scan.problem() == null) {
      findings.add(Severity.NOTE, file, scan.endOffset(), "the segment is not sealed", NEXT_OPEN);
      return;
    }
    String problem = String.valueOf(scan.problem());
    if (durable >= scan.firstBadSequence()) {
      findings.lost(
          file,
          scan.stopOffset(),
          scan.firstBadSequence(),
          problem + "; events up to sequence " + durable + " were on disk");
    } else if (scan.stop() == ScanResult.Stop.TORN) {
      findings.add(Severity.NOTE, file, scan.stopOffset(), "a torn tail: " + problem, NEXT_OPEN);
    } else {
      findings.add(
          Severity.WARNING,
          file,
          scan.stopOffset(),
          problem
              + "; "
              + scan.beyond().frames()
              + " intact frames lie behind, none of which was known to be on disk",
          NEXT_OPEN);
    }
  }

  /** First sequence of the segment behind; the highest number when there is none. */
  private static long nextFirst(Manifest manifest, SegmentEntry entry) {
    int place = manifest.placeOfNumber(entry.number() + 1);
    return place == manifest.segments().size()
        ? Long.MAX_VALUE
        : manifest.segments().get(place).firstSequence();
  }
}
