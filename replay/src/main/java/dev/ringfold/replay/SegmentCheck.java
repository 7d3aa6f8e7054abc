// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay;

import dev.ringfold.RingfoldException;
import dev.ringfold.internal.journal.ChainState;
import dev.ringfold.internal.journal.ChronicleMetadata;
import dev.ringfold.internal.journal.FrameReader;
import dev.ringfold.internal.journal.ScanResult;
import dev.ringfold.internal.journal.SegmentEntry;
import dev.ringfold.internal.journal.SegmentFiles;
import dev.ringfold.internal.journal.SegmentIndex;
import dev.ringfold.internal.journal.SegmentIndexFile;
import dev.ringfold.internal.journal.SegmentScan;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** Checks one segment: its frames, the manifest's facts about it, and the files beside it. */
final class SegmentCheck {
  /** Something that must be the same twice. */
  private static final String MANIFEST_SAYS = "the manifest says ";

  private final Path store;
  private final String storeId;
  private final boolean hashes;
  private final FrameChecks frameChecks;
  private final LongConsumer progress;

  /**
   * What was found in one segment.
   *
   * @param scan the frames; null when there is no file
   * @param hashed whether its SHA-256 was compared
   */
  record Checked(SegmentEntry entry, @Nullable ScanResult scan, boolean hashed) {}

  /**
   * @param storeId of the store that wrote the segment, see {@code Manifest.writerOf}
   * @param progress hears how many bytes of it were read; those that are hashed count again
   */
  SegmentCheck(
      Path store, String storeId, boolean hashes, FrameChecks frameChecks, LongConsumer progress) {
    this.store = store;
    this.storeId = storeId;
    this.hashes = hashes;
    this.frameChecks = frameChecks;
    this.progress = progress;
  }

  /**
   * Checks a segment.
   *
   * @param before the chain as the segments before left it; null when it is broken or unknown
   */
  Checked check(SegmentEntry entry, @Nullable ChainState before, Findings findings) {
    Path folder = SegmentFiles.folder(store, entry.number());
    Path file = SegmentFiles.queueFile(folder);
    if (before != null) {
      checkBefore(entry, before, findings);
    }
    if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
      return new Checked(entry, null, false);
    }
    frameChecks.begin(entry.number(), storeId);
    SegmentIndex index = entry.sealed() ? index(folder, entry, findings) : null;
    IndexCheck indexCheck = new IndexCheck(index);
    KeysCheck keysCheck = entry.sealed() ? new KeysCheck() : null;
    ScanResult scan =
        SegmentScan.scan(
            store,
            entry,
            before == null ? entry.before() : before,
            frame -> visit(frame, indexCheck, keysCheck, findings));
    boolean hashed = false;
    if (entry.sealed()) {
      checkSealed(entry, file, scan, findings);
      if (index != null && scan.stop() == ScanResult.Stop.CLEAN_END && !indexCheck.agrees()) {
        findings.derived(
            Severity.ERROR,
            SegmentFiles.indexFile(folder),
            -1,
            "the index does not agree with the frames of its segment");
      }
      if (keysCheck != null) {
        checkKeys(entry, folder, scan, keysCheck, findings);
      }
      hashed = hashes && checkHash(entry, file, findings);
    }
    if (!entry.cut() && !ChronicleMetadata.isIntact(SegmentFiles.metadataFile(folder))) {
      findings.derived(
          Severity.NOTE,
          SegmentFiles.metadataFile(folder),
          -1,
          "Chronicle's own table store is missing or damaged; Ringfold does not need it");
    }
    return new Checked(entry, scan, hashed);
  }

  private void visit(
      FrameReader frame, IndexCheck indexCheck, @Nullable KeysCheck keysCheck, Findings findings) {
    progress.accept(frame.nextOffset());
    boolean sound = frameChecks.visit(frame, findings);
    indexCheck.visit(frame);
    if (keysCheck != null) {
      keysCheck.visit(frame, sound);
    }
  }

  private void checkKeys(
      SegmentEntry entry, Path folder, ScanResult scan, KeysCheck keys, Findings findings) {
    if (scan.stop() != ScanResult.Stop.CLEAN_END || scan.endOffset() != entry.length()) {
      keys.cut();
    }
    keys.check(entry, storeId, folder, findings);
  }

  private void checkBefore(SegmentEntry entry, ChainState before, Findings findings) {
    ChainState stated = entry.before();
    boolean same =
        stated.frameNumber() == before.frameNumber()
            && stated.crc() == before.crc()
            && stated.nextSequence() == before.nextSequence();
    if (!same) {
      findings.lost(
          SegmentFiles.folder(store, entry.number()),
          -1,
          before.nextSequence(),
          "the segment before ends with frame "
              + before.frameNumber()
              + ", next sequence "
              + before.nextSequence()
              + ", but "
              + MANIFEST_SAYS
              + "this one follows frame "
              + stated.frameNumber()
              + " and begins with sequence "
              + stated.nextSequence());
    }
  }

  private static void checkSealed(
      SegmentEntry entry, Path file, ScanResult scan, Findings findings) {
    if (scan.stop() != ScanResult.Stop.CLEAN_END || scan.endOffset() != entry.length()) {
      String problem = scan.problem() == null ? "the frames end here" : scan.problem();
      findings.lost(
          file,
          scan.stopOffset(),
          scan.firstBadSequence(),
          problem
              + "; "
              + MANIFEST_SAYS
              + "the sealed segment has "
              + entry.length()
              + " bytes up to sequence "
              + entry.lastSequence());
      return;
    }
    compare("frames", entry.frames(), scan.frames(), file, findings);
    compare("last sequence", entry.lastSequence(), scan.lastSequence(), file, findings);
    compare("last CRC", entry.lastCrc(), scan.after().crc(), file, findings);
    compare("log time of the end", entry.endNanos(), scan.after().logTimeNanos(), file, findings);
    if (scan.frames() > 0 && entry.beginNanos() > scan.firstLogTime()) {
      compare("log time of the begin", entry.beginNanos(), scan.firstLogTime(), file, findings);
    }
    long length = file.toFile().length();
    if (entry.cut() ? length < entry.length() : length != entry.length()) {
      findings.derived(
          Severity.WARNING,
          file,
          entry.length(),
          "the file has " + length + " bytes, the sealed segment ends at " + entry.length());
    }
  }

  private static void compare(String fact, long stated, long found, Path file, Findings findings) {
    if (stated != found) {
      findings.derived(
          Severity.ERROR, file, -1, MANIFEST_SAYS + fact + " " + stated + ", found " + found);
    }
  }

  private @Nullable SegmentIndex index(Path folder, SegmentEntry entry, Findings findings) {
    Path file = SegmentFiles.indexFile(folder);
    byte[] id = HexFormat.of().parseHex(storeId);
    SegmentIndex index = SegmentIndexFile.read(file, id, entry.number());
    if (index == null && (!entry.cut() || Files.exists(file))) {
      findings.derived(
          Severity.WARNING,
          file,
          -1,
          "the index is "
              + (Files.exists(file) ? "damaged or of another segment" : "missing")
              + "; seeking is slower without it");
    }
    return index;
  }

  private boolean checkHash(SegmentEntry entry, Path file, Findings findings) {
    String stated = entry.sha256();
    if (stated == null) {
      return false;
    }
    String found =
        FileHash.sha256(file, entry.length(), done -> progress.accept(entry.length() + done));
    if (!stated.equals(found)) {
      findings.lost(
          file, -1, entry.firstSequence(), "SHA-256 is " + found + ", " + MANIFEST_SAYS + stated);
    }
    return true;
  }

  /** Says that a segment cannot be read at all. */
  void unreadable(SegmentEntry entry, RingfoldException e, Findings findings) {
    findings.lost(
        SegmentFiles.queueFile(store, entry.number()),
        -1,
        entry.firstSequence(),
        String.valueOf(e.getMessage()));
  }
}
