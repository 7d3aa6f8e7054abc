// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.internal.journal;

import dev.ringfold.CorruptJournalException;
import dev.ringfold.StoreAccessException;
import dev.ringfold.internal.io.FaultPoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Finds the journal's end at open. Sealed segments are taken at the manifest's word, except the
 * last one, which is read again because its state is needed. Then every open segment is read frame
 * by frame, including folders the manifest does not name yet, as long as they continue the chain.
 *
 * <p>Where the chain ends decides: at or below the watermark (the highest {@code durableSequence}
 * that the manifest or any intact frame names) something is gone that was promised, and the store
 * is refused with a {@link CorruptJournalException}. Above it, it is the torn tail of a crash: it
 * is cut and reported. Every segment that was open is sealed at its last valid frame; nothing is
 * ever appended behind a hole.
 */
public final class Recovery {
  private static final String REMEDY =
      "Run `ringfold verify <store>` for the whole extent; restore the segment from a backup, or"
          + " export what is readable with `ringfold tail`";

  /**
   * What recovery found and did.
   *
   * @param chain where the journal ends
   * @param manifest with every segment sealed
   * @param cutFrames intact frames behind a hole that were given up; none of them was durable
   * @param cutBytes bytes cut off
   * @param detail what was cut and where, for the log; empty when nothing was
   * @param watermark the highest durable sequence named anywhere
   * @param uncleanStop whether the last session did not close the store
   */
  public record Outcome(
      ChainState chain,
      Manifest manifest,
      long cutFrames,
      long cutBytes,
      String detail,
      long watermark,
      boolean uncleanStop) {}

  private record Found(SegmentEntry entry, ScanResult scan, SegmentIndex index) {}

  private final Path store;
  private final ManifestStore manifests;
  private final SegmentSealer sealer;
  private final FrameVisitor state;

  /**
   * @param state sees every valid frame from the last sealed segment on, in order
   */
  public Recovery(Path store, ManifestStore manifests, SegmentSealer sealer, FrameVisitor state) {
    this.store = store;
    this.manifests = manifests;
    this.sealer = sealer;
    this.state = state;
  }

  /** Recovers; see the class. */
  public Outcome recover() {
    List<SegmentEntry> sealed = new ArrayList<>();
    List<SegmentEntry> open = new ArrayList<>();
    for (SegmentEntry entry : manifests.current().segments()) {
      // What is behind an open segment has to follow it, so it is read again, too.
      (entry.sealed() && open.isEmpty() ? sealed : open).add(entry);
    }
    checkSealed(store, sealed);
    indexCut(sealed);
    ChainState chain =
        sealed.isEmpty() ? startChain(open) : rereadLast(sealed.get(sealed.size() - 1));
    return finish(chain, scanOpen(chain, open, highestNumber(sealed)));
  }

  private static long highestNumber(List<SegmentEntry> sealed) {
    return sealed.isEmpty() ? 0 : sealed.get(sealed.size() - 1).number();
  }

  /** Retention may have deleted every sealed segment: the open one knows what came before it. */
  private static ChainState startChain(List<SegmentEntry> open) {
    return open.isEmpty() ? ChainState.START : open.get(0).before();
  }

  /** Sealed segments must be there with the length in the manifest; a cut one may be longer. */
  public static void checkSealed(Path store, List<SegmentEntry> sealed) {
    sealed.forEach(entry -> checkLength(store, entry));
  }

  private static void checkLength(Path store, SegmentEntry entry) {
    Path file = SegmentFiles.queueFile(store, entry.number());
    try {
      long length = Files.size(file);
      if (entry.cut() ? length < entry.length() : length != entry.length()) {
        throw damage(
            store,
            file,
            Math.min(length, entry.length()),
            entry.firstSequence(),
            "the manifest says " + entry.length() + " bytes but the file has " + length,
            null);
      }
    } catch (NoSuchFileException e) {
      throw damage(
          store,
          file,
          -1,
          entry.firstSequence(),
          "the file is missing; sequences "
              + entry.firstSequence()
              + " to "
              + entry.lastSequence()
              + " were in it",
          e);
    } catch (IOException e) {
      throw new StoreAccessException("Cannot read the length of " + file, e);
    }
  }

  /** The parent's index goes beyond the cut, so a fork makes its own when it is opened first. */
  private void indexCut(List<SegmentEntry> sealed) {
    for (SegmentEntry entry : sealed) {
      Path file = SegmentFiles.indexFile(SegmentFiles.folder(store, entry.number()));
      if (entry.cut() && !Files.exists(file)) {
        SegmentIndexFile.write(
            file,
            store.resolve(ManifestFile.TEMPORARY_DIRECTORY),
            manifests.current().writerBytesOf(entry),
            entry.number(),
            SegmentIndex.rebuild(store, entry));
      }
    }
  }

  /** The last sealed segment holds the state at its end: streams, ledger, keys. */
  private ChainState rereadLast(SegmentEntry entry) {
    Path file = SegmentFiles.queueFile(store, entry.number());
    ScanResult scan = SegmentScan.scan(store, entry, entry.before(), state);
    if (scan.lastSequence() != entry.lastSequence() || scan.after().crc() != entry.lastCrc()) {
      throw damage(
          file,
          scan.stopOffset(),
          scan.firstBadSequence(),
          scan.problem() == null
              ? "the segment ends at sequence "
                  + scan.lastSequence()
                  + " but the manifest says "
                  + entry.lastSequence()
              : scan.problem(),
          null);
    }
    return scan.after();
  }

  private List<Found> scanOpen(ChainState start, List<SegmentEntry> open, long lastSealed) {
    List<Found> found = new ArrayList<>();
    ChainState chain = start;
    boolean whole = true;
    for (long number : unsealedNumbers(open, lastSealed)) {
      Path file = SegmentFiles.queueFile(store, number);
      if (!Files.exists(file)) {
        continue; // Its loss shows in the watermark, if anything in it was ever promised.
      }
      SegmentIndex.Builder index = new SegmentIndex.Builder();
      boolean visit = whole;
      ScanResult scan =
          SegmentScan.scan(
              file,
              chain,
              Long.MAX_VALUE,
              frame -> {
                index.add(frame);
                if (visit) {
                  state.visit(frame);
                }
              });
      SegmentEntry entry =
          SegmentEntry.open(
              number,
              chain.nextSequence(),
              chain.frameNumber() + 1,
              chain.crc(),
              Math.max(0, scan.firstLogTime()));
      found.add(new Found(entry, scan, index.view()));
      if (whole) {
        chain = scan.after();
      }
      whole = whole && scan.stop() == ScanResult.Stop.CLEAN_END;
    }
    return found;
  }

  /** Segments that the manifest calls open, and folders behind them that it does not name. */
  private Iterable<Long> unsealedNumbers(List<SegmentEntry> open, long lastSealed) {
    TreeSet<Long> numbers = new TreeSet<>();
    open.forEach(entry -> numbers.add(entry.number()));
    for (long number : SegmentFiles.present(store)) {
      if (number > lastSealed) {
        numbers.add(number);
      }
    }
    return numbers;
  }

  private Outcome finish(ChainState before, List<Found> found) {
    long watermark = manifests.current().durableSequence();
    for (Found each : found) {
      watermark = Math.max(watermark, each.scan.highestDurableSequence());
    }
    ChainState chain = before;
    Cut cut = new Cut();
    for (Found each : found) {
      if (cut.broken || each.scan.frames() == 0) {
        cut.discard(each);
        continue;
      }
      chain = each.scan.after();
      cut.broken = each.scan.stop() != ScanResult.Stop.CLEAN_END;
      if (cut.broken) {
        cut.tear(each);
      }
    }
    if (watermark >= chain.nextSequence()) {
      Path file = cut.file == null ? SegmentFiles.journal(store) : cut.file;
      throw damage(
          file,
          cut.offset,
          chain.nextSequence(),
          "events up to sequence "
              + watermark
              + " were on disk, but the chain of frames ends before"
              + (cut.problem.isEmpty() ? "" : ": " + cut.problem),
          null);
    }
    sealAll(found, cut);
    return new Outcome(
        chain,
        manifests.current(),
        cut.frames,
        cut.bytes,
        cut.detail(),
        watermark,
        !found.isEmpty());
  }

  /** What is given up, collected before anything is changed. */
  private final class Cut {
    private final List<Long> discarded = new ArrayList<>();
    private boolean broken;
    private long frames;
    private long bytes;
    private long offset = -1;
    private long segment;
    private String problem = "";
    private @Nullable Path file;

    void tear(Found each) {
      file = SegmentFiles.queueFile(store, each.entry.number());
      segment = each.entry.number();
      offset = each.scan.stopOffset();
      problem = each.scan.problem() == null ? "torn tail" : each.scan.problem();
      frames += each.scan.beyond().frames();
      bytes += Math.max(0, sizeOf(file) - each.scan.endOffset());
    }

    void discard(Found each) {
      discarded.add(each.entry.number());
      frames += each.scan.frames() + each.scan.beyond().frames();
      if (file == null && each.scan.stop() != ScanResult.Stop.CLEAN_END) {
        file = SegmentFiles.queueFile(store, each.entry.number());
        segment = each.entry.number();
        offset = each.scan.stopOffset();
        problem = each.scan.problem() == null ? "" : each.scan.problem();
      }
    }

    String detail() {
      return file == null || frames == 0 && problem.isEmpty()
          ? ""
          : "cut segment " + segment + " at offset " + offset + ": " + problem;
    }
  }

  private static long sizeOf(Path file) {
    try {
      return Files.size(file);
    } catch (IOException e) {
      throw new StoreAccessException("Cannot read the length of " + file, e);
    }
  }

  private void sealAll(List<Found> found, Cut cut) {
    FaultPoint.hit("recovery.beforeSeal");
    // First, because a segment that is given up need not follow the one that is sealed now.
    manifests.update(Recovery::sealedOnly);
    for (Found each : found) {
      if (!cut.discarded.contains(each.entry.number())) {
        ScanResult scan = each.scan;
        sealer.seal(
            each.entry.seal(
                scan.lastSequence(),
                scan.frames(),
                scan.endOffset(),
                scan.after().crc(),
                scan.after().logTimeNanos(),
                null),
            each.index);
      }
    }
    manifests.persist();
    discardUnnamed();
    FaultPoint.hit("recovery.afterSeal");
  }

  /** What is not sealed after this was given up: its file is missing, or not of the chain. */
  private static Manifest sealedOnly(Manifest manifest) {
    return manifest.withSegments(
        manifest.segments().stream().takeWhile(SegmentEntry::sealed).toList());
  }

  /** Folders behind the last segment: given up, or made and lost their file with the power. */
  private void discardUnnamed() {
    SegmentEntry last = manifests.current().lastSegment();
    for (long number : SegmentFiles.present(store)) {
      if (last == null || number > last.number()) {
        sealer.discard(number);
      }
    }
  }

  private CorruptJournalException damage(
      Path file, long offset, long firstBad, String problem, @Nullable Throwable cause) {
    return damage(store, file, offset, firstBad, problem, cause);
  }

  private static CorruptJournalException damage(
      Path store,
      Path file,
      long offset,
      long firstBad,
      String problem,
      @Nullable Throwable cause) {
    return new CorruptJournalException(
        file, offset, firstBad, problem, REMEDY.replace("<store>", store.toString()), cause);
  }
}
