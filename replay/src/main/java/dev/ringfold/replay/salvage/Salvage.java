// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.salvage;

import dev.ringfold.CorruptJournalException;
import dev.ringfold.RingfoldException;
import dev.ringfold.StoreNotFoundException;
import dev.ringfold.internal.io.FaultPoint;
import dev.ringfold.internal.io.FileFailure;
import dev.ringfold.internal.io.JvmFlags;
import dev.ringfold.internal.io.PendingStore;
import dev.ringfold.internal.io.StoreLock;
import dev.ringfold.internal.journal.Dictionary;
import dev.ringfold.internal.journal.FrameFormat;
import dev.ringfold.internal.journal.IntactFrames;
import dev.ringfold.internal.journal.Manifest;
import dev.ringfold.internal.journal.ManifestFile;
import dev.ringfold.internal.journal.RawFrame;
import dev.ringfold.internal.journal.SchemaHistory;
import dev.ringfold.internal.journal.SegmentEntry;
import dev.ringfold.internal.journal.SegmentFiles;
import dev.ringfold.replay.WorkProgress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Makes a new store of everything in a damaged one that is intact: every frame whose checksum is
 * right, also behind damage, every blob whose hash is, and the history of event types when its
 * checksum is. Sequences are identities, so each event keeps its own; where one is lost stands an
 * {@link dev.ringfold.event.EventLost}. Only what is lost at the begin has no placeholders: the new
 * store's floor is the first event that is there.
 *
 * <p>The new store has an identity of its own and no parent, since its frames are other ones. The
 * damaged store is read only, under its lock. Used once, by one thread.
 */
public final class Salvage {
  private static final Duration LOCK_TIMEOUT = Duration.ofSeconds(1);
  private static final String SUFFIX = ".salvaging";

  private final Path store;
  private final Path target;
  private final List<String> notes = new ArrayList<>();
  private final Dictionary names = new Dictionary();
  private final WorkProgress progress;
  private long bytesBefore;
  private long bytesInAll;

  private Salvage(Path store, Path target, WorkProgress progress) {
    this.progress = progress;
    this.store = store.toAbsolutePath().normalize();
    this.target = target.toAbsolutePath().normalize();
  }

  /**
   * Salvages a store.
   *
   * @param store the damaged store's directory
   * @param target a path where nothing is
   * @throws dev.ringfold.StoreLockedException when a log has the store open
   * @throws StoreNotFoundException when there is neither a manifest nor a segment
   * @throws RingfoldException when not one event is left, or something is at the target
   */
  public static SalvageReport salvage(Path store, Path target) {
    return salvage(store, target, WorkProgress.NONE);
  }

  /**
   * As {@link #salvage(Path, Path)}.
   *
   * @param progress hears of the step names in bytes, which reads the journal, of the step journal,
   *     which reads it again, and of blobs one by one
   * @throws java.util.concurrent.CancellationException when that says stop; nothing is left behind
   */
  public static SalvageReport salvage(Path store, Path target, WorkProgress progress) {
    Salvage salvage = new Salvage(store, target, progress);
    JvmFlags.quietChronicle();
    JvmFlags.require();
    if (!Files.isDirectory(salvage.store)) {
      throw new StoreNotFoundException(
          "There is no store at " + salvage.store + ": it is no directory. Check the path.");
    }
    StoreLock lock = StoreLock.acquire(salvage.store, LOCK_TIMEOUT);
    try {
      return salvage.run();
    } finally {
      lock.close();
    }
  }

  private SalvageReport run() {
    try (PendingStore pending = PendingStore.begin(target, SUFFIX, "salvage")) {
      return run(pending);
    } catch (IOException e) {
      throw FileFailure.of("cannot salvage to", target, e);
    }
  }

  private SalvageReport run(PendingStore pending) throws IOException {
    Manifest manifest = manifest();
    List<Long> segments = segments(manifest);
    segments.forEach(number -> bytesInAll += length(number));
    readNames(segments);
    bytesBefore = 0;
    SalvageReport report = write(pending.directory(), manifest, segments);
    pending.publish();
    return report;
  }

  private SalvageReport write(Path work, @Nullable Manifest manifest, List<Long> segments)
      throws IOException {
    String storeId = Manifest.randomStoreId();
    try (FrameSalvage frames = new FrameSalvage(store, work, storeId, manifest, names, notes)) {
      for (long number : segments) {
        frames.read(number, offset -> reached("journal", offset));
        bytesBefore += length(number);
      }
      SalvagedJournal journal = frames.end();
      FaultPoint.hit("salvage.framesWritten");
      SalvagedBlobs blobs = SalvagedBlobs.copy(store, work, progress);
      FaultPoint.hit("salvage.blobsWritten");
      List<String> problems = new ArrayList<>(blobs.problems());
      inheritSchemas(work, problems);
      journal.finish();
      return new SalvageReport(
          store,
          target,
          storeId,
          frames.floor(),
          journal.nextSequence() - 1,
          journal.events(),
          blobs.blobs(),
          frames.lost(),
          problems,
          notes);
    }
  }

  /** Without it the next open would take changed fields for a type's first ones. */
  private void inheritSchemas(Path work, List<String> problems) {
    try {
      SchemaHistory.inherit(store, work, Long.MAX_VALUE);
    } catch (CorruptJournalException e) {
      problems.add("the history of event types: " + e.getMessage());
    }
  }

  private long length(long number) {
    return SegmentFiles.queueFile(store, number).toFile().length();
  }

  private void reached(String step, long offset) {
    progress.tell(step, Math.min(bytesInAll, bytesBefore + offset), bytesInAll);
  }

  /** The manifest, which need not be there. */
  private @Nullable Manifest manifest() {
    try {
      return ManifestFile.read(store);
    } catch (CorruptJournalException e) {
      notes.add("the manifest is damaged; lost segments at the end cannot be told");
    } catch (StoreNotFoundException e) {
      if (SegmentFiles.present(store).length == 0) {
        throw e;
      }
      notes.add("the manifest is missing; lost segments at the end cannot be told");
    }
    return null;
  }

  private List<Long> segments(@Nullable Manifest manifest) {
    TreeSet<Long> numbers = new TreeSet<>();
    if (manifest != null) {
      for (SegmentEntry entry : manifest.segments()) {
        numbers.add(entry.number());
      }
    }
    long first = numbers.isEmpty() ? 0 : numbers.first();
    for (long number : SegmentFiles.present(store)) {
      if (number >= first) {
        numbers.add(number); // Those below the first one were being deleted by retention.
      }
    }
    return List.copyOf(numbers);
  }

  /** All names that any intact frame knows; segments repeat what was known before. */
  private void readNames(List<Long> segments) {
    List<RawNames> waiting = new ArrayList<>();
    for (long number : segments) {
      Path file = SegmentFiles.queueFile(store, number);
      if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
        IntactFrames.visit(
            file,
            (frame, offset) -> {
              reached("names", offset);
              if (frame.kind() == FrameFormat.KIND_DICTIONARY
                  && !SalvagedJournal.load(names, frame)) {
                waiting.add(RawNames.of(frame));
              }
            });
      }
      bytesBefore += length(number);
    }
    boolean loaded = true;
    while (loaded && !waiting.isEmpty()) {
      loaded = waiting.removeIf(each -> each.load(names));
    }
    if (!waiting.isEmpty()) {
      notes.add(
          waiting.size()
              + " frames of names need others that are lost; their events have no names");
    }
  }

  /** A frame of names that was found before the names that it needs. */
  private record RawNames(byte[] bytes) {
    static RawNames of(RawFrame frame) {
      return new RawNames(java.util.Arrays.copyOf(frame.bytes(), frame.length()));
    }

    boolean load(Dictionary names) {
      RawFrame frame = new RawFrame();
      System.arraycopy(bytes, 0, frame.bytes(), 0, bytes.length);
      frame.length(bytes.length);
      return SalvagedJournal.load(names, frame);
    }
  }
}
