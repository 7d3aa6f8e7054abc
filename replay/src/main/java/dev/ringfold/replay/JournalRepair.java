// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay;

import dev.ringfold.CorruptJournalException;
import dev.ringfold.StoreAccessException;
import dev.ringfold.StoreNotFoundException;
import dev.ringfold.internal.io.FileFailure;
import dev.ringfold.internal.io.StoreLock;
import dev.ringfold.internal.io.StoreSecurity;
import dev.ringfold.internal.journal.ChainState;
import dev.ringfold.internal.journal.ChronicleMetadata;
import dev.ringfold.internal.journal.FrameVisitor;
import dev.ringfold.internal.journal.Manifest;
import dev.ringfold.internal.journal.ManifestFile;
import dev.ringfold.internal.journal.ManifestStore;
import dev.ringfold.internal.journal.Recovery;
import dev.ringfold.internal.journal.ScanResult;
import dev.ringfold.internal.journal.SegmentEntry;
import dev.ringfold.internal.journal.SegmentFiles;
import dev.ringfold.internal.journal.SegmentIndex;
import dev.ringfold.internal.journal.SegmentIndexFile;
import dev.ringfold.internal.journal.SegmentScan;
import dev.ringfold.internal.journal.SegmentSealer;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Makes again what can be derived from the frames: the manifest, indexes, Chronicle's table stores;
 * and finishes a recovery that was interrupted. Frames are never rewritten: what is damaged in them
 * stays, and is reported. Works on a store that nobody has open, under its lock. One thread.
 */
public final class JournalRepair {
  private static final Duration LOCK_TIMEOUT = Duration.ofSeconds(1);

  private final Path store;
  private final boolean dryRun;
  private final List<String> actions = new ArrayList<>();
  private final List<String> problems = new ArrayList<>();

  private JournalRepair(Path store, boolean dryRun) {
    this.store = store;
    this.dryRun = dryRun;
  }

  /**
   * Repairs a store.
   *
   * @param dryRun only say what would be done; takes no lock and changes nothing
   * @throws dev.ringfold.StoreLockedException when a log has it open
   * @throws StoreNotFoundException when there is neither a manifest nor a segment with frames
   * @throws dev.ringfold.StoreTooNewException when a newer version wrote it
   * @throws StoreAccessException when the system refuses access
   */
  public static RepairReport repair(Path store, boolean dryRun) {
    JournalRepair repair = new JournalRepair(store, dryRun);
    if (dryRun) {
      return repair.run();
    }
    if (!Files.isDirectory(store)) {
      throw new StoreNotFoundException(
          "There is no store at " + store + ": it is no directory. Check the path.");
    }
    StoreLock lock = StoreLock.acquire(store, LOCK_TIMEOUT);
    try {
      repair.createTemporary();
      return repair.run();
    } finally {
      lock.close();
    }
  }

  private void createTemporary() {
    if (!Files.isDirectory(temporary())) {
      actions.add("created " + temporary());
      StoreSecurity.createDirectory(temporary());
    }
  }

  private RepairReport run() {
    Manifest manifest = manifest();
    manifest = finishRecovery(manifest);
    manifest = repairFacts(manifest);
    for (SegmentEntry entry : manifest.segments()) {
      repairMetadata(entry);
    }
    return new RepairReport(store, dryRun, actions, problems);
  }

  private Path temporary() {
    return store.resolve(ManifestFile.TEMPORARY_DIRECTORY);
  }

  private Manifest manifest() {
    String why;
    try {
      return ManifestFile.read(store);
    } catch (CorruptJournalException e) {
      why = "was damaged (" + e.getMessage() + ")";
    } catch (StoreNotFoundException e) {
      why = "was missing";
    }
    Manifest rebuilt = new ManifestRebuild(store, problems).rebuild();
    actions.add(
        "rebuilt MANIFEST, which "
            + why
            + ", from "
            + rebuilt.segments().size()
            + " segments; hashes of sealed segments are not in the frames");
    write(rebuilt);
    return rebuilt;
  }

  private void write(Manifest manifest) {
    if (!dryRun) {
      ManifestFile.write(store, manifest);
    }
  }

  /** Seals what a crash left open, as the next open for writing would. */
  private Manifest finishRecovery(Manifest manifest) {
    boolean open = manifest.segments().stream().anyMatch(entry -> !entry.sealed());
    SegmentEntry last = manifest.lastSegment();
    long[] present = SegmentFiles.present(store);
    boolean unnamed =
        present.length > 0 && (last == null || present[present.length - 1] > last.number());
    if (!open && !unnamed) {
      return manifest;
    }
    if (manifest.state() == Manifest.State.FAILED) {
      problems.add(
          "the last session stopped because a force failed; open the store for writing, which reads"
              + " past the page cache what the disk really holds");
      return manifest;
    }
    if (dryRun) {
      describeRecovery(manifest);
      return manifest;
    }
    ManifestStore manifests = new ManifestStore(store, manifest);
    SegmentSealer sealer = new SegmentSealer(store, manifests, (folder, entry) -> {});
    try {
      Recovery.Outcome outcome = new Recovery(store, manifests, sealer, frame -> {}).recover();
      actions.add(
          "finished the recovery: sealed up to sequence "
              + (outcome.chain().nextSequence() - 1)
              + ", cut "
              + outcome.cutBytes()
              + " bytes"
              + (outcome.detail().isEmpty() ? "" : " (" + outcome.detail() + ")"));
      return outcome.manifest();
    } catch (CorruptJournalException e) {
      problems.add(String.valueOf(e.getMessage()));
      return manifests.current();
    }
  }

  private void describeRecovery(Manifest manifest) {
    for (SegmentEntry entry : manifest.segments()) {
      Path file = SegmentFiles.queueFile(store, entry.number());
      if (!entry.sealed() && Files.exists(file)) {
        ScanResult scan = SegmentScan.scan(file, entry.before());
        actions.add(
            "seal "
                + file
                + " at offset "
                + scan.endOffset()
                + ", sequence "
                + scan.lastSequence()
                + (scan.problem() == null ? "" : ", cutting what follows: " + scan.problem()));
      }
    }
    if (manifest.segments().stream().allMatch(SegmentEntry::sealed)) {
      actions.add("take over or remove the segments that the manifest does not name");
    }
  }

  /** Index, length and facts of each sealed segment, from one pass over its frames. */
  private Manifest repairFacts(Manifest manifest) {
    Manifest repaired = manifest;
    for (SegmentEntry entry : manifest.segments()) {
      Path file = SegmentFiles.queueFile(store, entry.number());
      if (!entry.sealed()) {
        continue;
      }
      if (!Files.isRegularFile(file)) {
        problems.add(file + ": missing; restore it from a backup");
        continue;
      }
      SegmentEntry found = repairSegment(entry, file, manifest.writerBytesOf(entry));
      if (found != null && !found.equals(entry)) {
        repaired = replace(repaired, found);
      }
    }
    if (!repaired.equals(manifest)) {
      write(repaired);
    }
    return repaired;
  }

  private Manifest replace(Manifest manifest, SegmentEntry found) {
    try {
      Manifest changed = manifest.withSegment(found);
      actions.add("corrected the manifest's facts about segment " + found.number());
      return changed;
    } catch (IllegalArgumentException e) {
      problems.add(
          SegmentFiles.queueFile(store, found.number())
              + ": the frames contradict the segments beside it: "
              + e.getMessage());
      return manifest;
    }
  }

  /** The entry as the frames have it; null when they are damaged. */
  private @Nullable SegmentEntry repairSegment(SegmentEntry entry, Path file, byte[] storeId) {
    Path indexFile = SegmentFiles.indexFile(SegmentFiles.folder(store, entry.number()));
    IndexCheck check = new IndexCheck(SegmentIndexFile.read(indexFile, storeId, entry.number()));
    SegmentIndex.Builder builder = new SegmentIndex.Builder();
    FrameVisitor visitor =
        frame -> {
          builder.add(frame);
          check.visit(frame);
        };
    ScanResult scan =
        entry.cut()
            ? SegmentScan.scan(store, entry, entry.before(), visitor)
            : SegmentScan.scan(file, entry.before(), Long.MAX_VALUE, visitor);
    if (scan.stop() != ScanResult.Stop.CLEAN_END || scan.endOffset() != entry.length()) {
      problems.add(
          file
              + " at offset "
              + scan.stopOffset()
              + ", first bad sequence "
              + scan.firstBadSequence()
              + ": "
              + (scan.problem() == null ? "the frames end here" : scan.problem())
              + "; the manifest says the segment has "
              + entry.length()
              + " bytes. Restore it from a backup");
      return null;
    }
    if (!check.agrees()) {
      actions.add("rebuilt " + indexFile);
      if (!dryRun) {
        SegmentIndexFile.write(indexFile, temporary(), storeId, entry.number(), builder.view());
      }
    }
    if (entry.cut()) {
      return entry; // The file is the parent's, too, and where it ends here is nowhere else.
    }
    cut(file, scan.endOffset());
    ChainState end = scan.after();
    return SegmentEntry.open(
            entry.number(),
            entry.firstSequence(),
            entry.firstFrame(),
            entry.previousCrc(),
            scan.frames() == 0
                ? entry.beginNanos()
                : Math.min(entry.beginNanos(), scan.firstLogTime()))
        .seal(
            scan.lastSequence(),
            scan.frames(),
            scan.endOffset(),
            end.crc(),
            scan.frames() == 0 ? entry.endNanos() : end.logTimeNanos(),
            entry.sha256());
  }

  /** Releases what a seal that was interrupted left behind the last frame. */
  private void cut(Path file, long length) {
    long found = file.toFile().length();
    if (found <= length) {
      return;
    }
    actions.add("cut " + file + " from " + found + " to " + length + " bytes: no frame lies there");
    if (dryRun) {
      return;
    }
    StoreSecurity.restrict(file);
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.truncate(length);
      channel.force(true);
    } catch (IOException e) {
      throw FileFailure.of("cannot cut", file, e);
    }
    StoreSecurity.restrictReadOnly(file);
  }

  private void repairMetadata(SegmentEntry entry) {
    Path folder = SegmentFiles.folder(store, entry.number());
    Path file = SegmentFiles.metadataFile(folder);
    if (entry.cut() || !Files.isDirectory(folder) || ChronicleMetadata.isIntact(file)) {
      return;
    }
    actions.add("rebuilt " + file);
    if (!dryRun) {
      ChronicleMetadata.rebuild(file, temporary());
    }
  }
}
