// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay;

import dev.ringfold.CorruptJournalException;
import dev.ringfold.RingfoldException;
import dev.ringfold.StoreNotFoundException;
import dev.ringfold.StoreTooNewException;
import dev.ringfold.internal.journal.ChainState;
import dev.ringfold.internal.journal.FrameReader;
import dev.ringfold.internal.journal.Manifest;
import dev.ringfold.internal.journal.ManifestFile;
import dev.ringfold.internal.journal.ScanResult;
import dev.ringfold.internal.journal.SegmentEntry;
import dev.ringfold.internal.journal.SegmentFiles;
import dev.ringfold.internal.journal.SegmentScan;
import dev.ringfold.replay.SegmentCheck.Checked;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Reads a whole store and says what is damaged or missing: every frame and event, the CRC chain and
 * the sequences over all segments, the manifest's facts and hashes, indexes, key files, and files
 * that do not belong. Changes nothing and takes no lock, so it may run beside the log that writes;
 * what that log is just writing is not damage. One thread at a time.
 */
public final class JournalVerifier {
  /** Most findings in a report. */
  public static final int MAX_FINDINGS = 1_000;

  /** How often a segment is looked at again because the log changed it meanwhile. */
  private static final int MAX_ATTEMPTS = 3;

  private static final String STEP = "journal";

  private final Path store;
  private final boolean hashes;
  private final WorkProgress progress;
  private final Findings findings;
  private final FrameChecks frameChecks = new FrameChecks();
  private final List<Checked> open = new ArrayList<>();

  private String storeId = "";
  private long frames;
  private long events;
  private long bytes;
  private long hashed;
  private long firstSequence = -1;
  private long lastSequence = -1;
  private long durable = -1;
  private long bytesBefore;
  private long bytesInAll;

  private JournalVerifier(Path store, boolean hashes, WorkProgress progress) {
    this.store = store;
    this.hashes = hashes;
    this.progress = progress;
    this.findings = new Findings(store);
  }

  /**
   * Verifies everything.
   *
   * @throws StoreNotFoundException when there is neither a manifest nor a segment
   * @throws StoreTooNewException when a newer version wrote the store
   * @throws dev.ringfold.StoreAccessException when the system refuses to read it
   */
  public static VerifyReport verify(Path store) {
    return verify(store, true);
  }

  /**
   * Verifies a store.
   *
   * @param hashes whether the SHA-256 of sealed segments is compared, which takes about a second
   *     per gigabyte and finds nothing in intact frames, only in the bytes between them
   */
  public static VerifyReport verify(Path store, boolean hashes) {
    return verify(store, hashes, WorkProgress.NONE);
  }

  /**
   * As {@link #verify(Path, boolean)}.
   *
   * @param progress hears how many bytes were read, those that are hashed twice
   * @throws java.util.concurrent.CancellationException when that says stop
   */
  public static VerifyReport verify(Path store, boolean hashes, WorkProgress progress) {
    return new JournalVerifier(store, hashes, progress).run();
  }

  private VerifyReport run() {
    Manifest manifest = readManifest();
    long[] present = SegmentFiles.present(store);
    List<SegmentEntry> entries = manifest == null ? List.of() : manifest.segments();
    long segments = manifest == null ? present.length : entries.size();
    if (manifest == null) {
      verifyWithoutManifest(present);
    } else {
      storeId = manifest.storeId();
      durable = manifest.durableSequence();
      verifySegments(manifest);
      new StrayCheck(store, findings).check(manifest, present);
    }
    return new VerifyReport(
        store,
        storeId,
        manifest == null ? "unknown" : manifest.state().name().toLowerCase(Locale.ROOT),
        segments,
        hashed,
        frames,
        events,
        bytes,
        firstSequence,
        lastSequence,
        durable,
        findings.list());
  }

  private @Nullable Manifest readManifest() {
    try {
      return ManifestFile.read(store);
    } catch (CorruptJournalException e) {
      findings.derived(
          Severity.ERROR, ManifestFile.path(store), e.offset(), String.valueOf(e.getMessage()));
    } catch (StoreNotFoundException e) {
      if (SegmentFiles.present(store).length == 0) {
        throw e;
      }
      findings.derived(Severity.ERROR, ManifestFile.path(store), -1, "the manifest is missing");
    }
    return null;
  }

  /** Without a manifest only the frames themselves can be checked, not whether all are there. */
  private void verifyWithoutManifest(long[] present) {
    ChainState chain = null;
    Manifest origin = ManifestFile.readOrigin(store);
    for (long number : present) {
      bytesInAll += SegmentFiles.queueFile(store, number).toFile().length();
    }
    for (long number : present) {
      Path file = SegmentFiles.queueFile(store, number);
      if (!Files.exists(file)) {
        continue;
      }
      frameChecks.begin(number, null);
      SegmentEntry inherited = origin == null ? null : origin.segment(number);
      ScanResult scan =
          inherited == null
              ? SegmentScan.scan(file, chain, Long.MAX_VALUE, this::visit)
              : SegmentScan.scan(store, inherited, chain, this::visit);
      bytesBefore += file.toFile().length();
      count(scan);
      if (scan.stop() == ScanResult.Stop.DAMAGED) {
        findings.lost(
            file, scan.stopOffset(), scan.firstBadSequence(), String.valueOf(scan.problem()));
      }
      chain = scan.frames() == 0 ? chain : scan.after();
    }
  }

  private void visit(FrameReader frame) {
    reached(frame.nextOffset());
    frameChecks.visit(frame, findings);
  }

  private void verifySegments(Manifest manifest) {
    ChainState chain = startOf(manifest);
    manifest.segments().forEach(entry -> bytesInAll += bytesToRead(entry));
    for (SegmentEntry entry : manifest.segments()) {
      Checked checked = verifySegment(manifest.writerOf(entry), entry, chain);
      bytesBefore += bytesToRead(entry);
      chain = checked == null ? null : note(checked);
      if (chain == null) {
        frameChecks.gap();
      }
    }
    new TailCheck(store, findings).check(manifest, open, durable, lastSequence);
  }

  /** How much there is to read of a segment; a writer may still add to the last one. */
  private long bytesToRead(SegmentEntry entry) {
    if (!entry.sealed()) {
      return SegmentFiles.queueFile(store, entry.number()).toFile().length();
    }
    return hashes && entry.sha256() != null ? 2 * entry.length() : entry.length();
  }

  private void reached(long bytesOfSegment) {
    progress.tell(STEP, Math.min(bytesInAll, bytesBefore + bytesOfSegment), bytesInAll);
  }

  /** Counts what was found; returns the chain behind the segment, null when it is broken. */
  private @Nullable ChainState note(Checked checked) {
    ScanResult scan = checked.scan();
    if (!checked.entry().sealed()) {
      open.add(checked);
    } else if (scan == null) {
      missing(checked.entry());
    }
    if (scan == null) {
      return null;
    }
    hashed += checked.hashed() ? 1 : 0;
    count(scan);
    boolean whole = scan.frames() > 0 && scan.stop() == ScanResult.Stop.CLEAN_END;
    return whole ? scan.after() : null;
  }

  private @Nullable ChainState startOf(Manifest manifest) {
    if (manifest.segments().isEmpty()) {
      return null;
    }
    SegmentEntry first = manifest.segments().get(0);
    if (first.firstSequence() > manifest.floorSequence()) {
      findings.lost(
          SegmentFiles.folder(store, first.number()),
          -1,
          manifest.floorSequence(),
          "the manifest promises sequences from "
              + manifest.floorSequence()
              + " on, but its first segment begins with "
              + first.firstSequence());
    }
    return first.firstFrame() == 0 ? ChainState.START : null;
  }

  /** Looks again when the log sealed the segment while it was read; null when it was retired. */
  private @Nullable Checked verifySegment(
      String writerId, SegmentEntry stated, @Nullable ChainState chain) {
    SegmentEntry entry = stated;
    for (int attempt = 1; ; attempt++) {
      Findings own = new Findings(store);
      SegmentCheck check = new SegmentCheck(store, writerId, hashes, frameChecks, this::reached);
      Checked checked;
      try {
        checked = check.check(entry, chain, own);
      } catch (StoreTooNewException e) {
        throw e;
      } catch (RingfoldException e) {
        check.unreadable(entry, e, own);
        checked = new Checked(entry, null, false);
      }
      boolean suspicious = own.anyProblem() || checked.scan() == null;
      SegmentEntry now = suspicious && attempt < MAX_ATTEMPTS ? current(entry) : entry;
      if (now == null) {
        return null;
      }
      if (now.equals(entry)) {
        findings.addAll(own);
        return checked;
      }
      entry = now;
      frameChecks.gap();
    }
  }

  /** The entry as the manifest has it now; null when retention has taken the segment away. */
  private @Nullable SegmentEntry current(SegmentEntry entry) {
    return ManifestFile.read(store).segment(entry.number());
  }

  private void missing(SegmentEntry entry) {
    Path file = SegmentFiles.queueFile(store, entry.number());
    if (Files.exists(file)) {
      return;
    }
    findings.lost(
        file,
        -1,
        entry.firstSequence(),
        "the segment file is missing; sequences "
            + entry.firstSequence()
            + " to "
            + entry.lastSequence()
            + " were in it");
  }

  private void count(ScanResult scan) {
    frames += scan.frames();
    bytes += scan.endOffset();
    durable = Math.max(durable, scan.highestDurableSequence());
    long found = scan.lastSequence() - scan.firstSequence() + 1;
    if (scan.frames() > 0 && found > 0) {
      events += found;
      firstSequence = firstSequence < 0 ? scan.firstSequence() : firstSequence;
      lastSequence = Math.max(lastSequence, scan.lastSequence());
    }
  }
}
