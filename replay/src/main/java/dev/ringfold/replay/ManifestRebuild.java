// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay;

import dev.ringfold.StoreNotFoundException;
import dev.ringfold.internal.journal.ChainState;
import dev.ringfold.internal.journal.FrameFormat;
import dev.ringfold.internal.journal.FrameReader;
import dev.ringfold.internal.journal.Manifest;
import dev.ringfold.internal.journal.ManifestFile;
import dev.ringfold.internal.journal.ScanResult;
import dev.ringfold.internal.journal.SegmentEntry;
import dev.ringfold.internal.journal.SegmentFiles;
import dev.ringfold.internal.journal.SegmentScan;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Makes a manifest from the frames alone. Where frames are damaged or a segment is missing, its
 * neighbours say what must have been there, and the manifest says it too, so that the loss stays
 * visible. The last segment, and every one that was not cut to its length, is left open for
 * recovery.
 */
final class ManifestRebuild {
  private static final int STORE_ID_LENGTH = 16;

  private final Path store;
  private final List<String> problems;
  private final List<Part> parts = new ArrayList<>();
  private String storeId = "";
  private long session;
  private long durable = -1;

  /** One segment on disk and what its frames say. */
  private record Part(long number, long fileLength, ScanResult scan, int previousCrc) {
    boolean wholeAndCut() {
      return scan.stop() == ScanResult.Stop.CLEAN_END && fileLength == scan.endOffset();
    }

    long firstFrame() {
      return scan.firstFrameNumber();
    }
  }

  ManifestRebuild(Path store, List<String> problems) {
    this.store = store;
    this.problems = problems;
  }

  /**
   * Reads all segments.
   *
   * @throws StoreNotFoundException when no segment holds a frame
   */
  Manifest rebuild() {
    Manifest origin = ManifestFile.readOrigin(store);
    List<SegmentEntry> entries = inherited(origin);
    for (long number : SegmentFiles.present(store)) {
      if (!entries.isEmpty() && number <= entries.get(entries.size() - 1).number()) {
        continue;
      }
      Path file = SegmentFiles.queueFile(store, number);
      if (Files.isRegularFile(file)) {
        scan(number, file);
      }
    }
    if (entries.isEmpty() && (parts.isEmpty() || storeId.isEmpty())) {
      throw new StoreNotFoundException(
          "There is no store at " + store + ": no segment with a frame. Check the path.");
    }
    boolean open = false;
    for (int i = 0; i < parts.size(); i++) {
      Part part = parts.get(i);
      Part next = i + 1 < parts.size() ? parts.get(i + 1) : null;
      boolean whole = part.scan().stop() == ScanResult.Stop.CLEAN_END;
      open |= next == null ? !part.wholeAndCut() : whole && !part.wholeAndCut();
      SegmentEntry entry = open ? openEntry(part) : sealedEntry(part, next);
      entries.add(entry);
      if (next != null && !open) {
        addMissing(entry, next, entries);
      }
    }
    long floor = entries.get(0).firstSequence();
    return new Manifest(
        storeId,
        session,
        Manifest.State.OPEN,
        durable,
        floor,
        origin == null ? List.of() : origin.ancestry(),
        origin == null ? "" : origin.name(),
        List.copyOf(entries));
  }

  /**
   * What a fork has from its parent stands in its file of the beginning: where a segment is cut is
   * not in the frames. Retention may have deleted the oldest of them.
   */
  private List<SegmentEntry> inherited(@Nullable Manifest origin) {
    List<SegmentEntry> entries = new ArrayList<>();
    if (origin == null) {
      return entries;
    }
    storeId = origin.storeId();
    session = origin.session();
    for (SegmentEntry entry : origin.segments()) {
      if (!entries.isEmpty() || Files.exists(SegmentFiles.queueFile(store, entry.number()))) {
        entries.add(entry);
        durable = entry.lastSequence();
      }
    }
    return entries;
  }

  private void scan(long number, Path file) {
    int[] previousCrc = new int[1];
    boolean[] seen = new boolean[1];
    ScanResult scan =
        SegmentScan.scan(
            file,
            (ChainState) null,
            Long.MAX_VALUE,
            frame -> {
              if (!seen[0]) {
                seen[0] = true;
                previousCrc[0] = frame.previousCrc();
              }
              note(frame);
            });
    durable = Math.max(durable, scan.highestDurableSequence());
    if (scan.frames() == 0) {
      if (scan.validFrameAfter()) {
        problems.add(file + ": its first frame is damaged; the manifest leaves it out");
      }
      return;
    }
    session = Math.max(session, scan.session());
    parts.add(new Part(number, file.toFile().length(), scan, previousCrc[0]));
  }

  private void note(FrameReader frame) {
    if (frame.kind() == FrameFormat.KIND_SEGMENT_START && frame.bodyLength() >= STORE_ID_LENGTH) {
      byte[] id = new byte[STORE_ID_LENGTH];
      frame.buffer().get(frame.bodyOffset(), id);
      String found = HexFormat.of().formatHex(id);
      if (!storeId.isEmpty() && !storeId.equals(found)) {
        problems.add(frame.file() + ": belongs to store " + found + ", others to " + storeId);
      }
      storeId = storeId.isEmpty() ? found : storeId;
    }
  }

  private static SegmentEntry openEntry(Part part) {
    ScanResult scan = part.scan();
    return SegmentEntry.open(
        part.number(),
        scan.firstSequence(),
        part.firstFrame(),
        part.previousCrc(),
        scan.firstLogTime());
  }

  private SegmentEntry sealedEntry(Part part, @Nullable Part next) {
    ScanResult scan = part.scan();
    SegmentEntry open = openEntry(part);
    ChainState end = scan.after();
    if (scan.stop() == ScanResult.Stop.CLEAN_END || next == null) {
      return open.seal(
          scan.lastSequence(),
          scan.frames(),
          scan.endOffset(),
          end.crc(),
          end.logTimeNanos(),
          null);
    }
    problems.add(
        SegmentFiles.queueFile(store, part.number())
            + " at offset "
            + scan.stopOffset()
            + ": "
            + scan.problem()
            + "; first bad sequence "
            + scan.firstBadSequence());
    return open.seal(
        next.scan().firstSequence() - 1,
        next.firstFrame() - part.firstFrame(),
        part.fileLength(),
        next.previousCrc(),
        Math.max(end.logTimeNanos(), scan.firstLogTime()),
        null);
  }

  /** A gap in the chain is a segment that was there: its name is free, so the manifest names it. */
  private void addMissing(SegmentEntry entry, Part next, List<SegmentEntry> entries) {
    ChainState end = entry.after();
    long lost = next.scan().firstSequence() - end.nextSequence();
    long frames = next.firstFrame() - end.frameNumber() - 1;
    if (frames <= 0 || lost < 0 || next.number() == entry.number() + 1) {
      return;
    }
    problems.add(
        SegmentFiles.folder(store, entry.number() + 1)
            + ": the segment is missing; sequences "
            + end.nextSequence()
            + " to "
            + (next.scan().firstSequence() - 1)
            + " were in it");
    entries.add(
        SegmentEntry.open(
                entry.number() + 1,
                end.nextSequence(),
                end.frameNumber() + 1,
                end.crc(),
                end.logTimeNanos())
            .seal(
                next.scan().firstSequence() - 1,
                frames,
                0,
                next.previousCrc(),
                Math.max(end.logTimeNanos(), next.scan().firstLogTime()),
                null));
  }
}
