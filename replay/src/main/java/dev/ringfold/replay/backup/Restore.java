// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.backup;

import dev.ringfold.EventLogReader;
import dev.ringfold.RingfoldException;
import dev.ringfold.blob.BlobLimits;
import dev.ringfold.blob.BlobRef;
import dev.ringfold.blob.BlobSet;
import dev.ringfold.blob.BlobStore;
import dev.ringfold.event.EventTypes;
import dev.ringfold.internal.io.DurableFile;
import dev.ringfold.internal.io.FaultPoint;
import dev.ringfold.internal.io.FileFailure;
import dev.ringfold.internal.io.JvmFlags;
import dev.ringfold.internal.io.PendingStore;
import dev.ringfold.internal.journal.FrameFormat;
import dev.ringfold.internal.journal.Manifest;
import dev.ringfold.internal.journal.ManifestFile;
import dev.ringfold.internal.journal.NewJournal;
import dev.ringfold.internal.journal.RawFrame;
import dev.ringfold.internal.journal.SchemaHistory;
import dev.ringfold.internal.ring.SegmentKeys;
import dev.ringfold.replay.Point;
import dev.ringfold.replay.WorkProgress;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Makes a store of a chain of backups: the frames go into a new journal byte for byte, segment by
 * segment; only the frame that holds the last event may get shorter. Written beside the target, and
 * renamed when all of it is there. Used once, by one thread.
 */
final class Restore {
  private static final String SUFFIX = ".restoring";

  /** Blobs that are forced together. */
  private static final int BLOBS_PER_SET = 4_096;

  private final List<StoredBackup> chain;
  private final Path target;
  private final WorkProgress progress;
  private final RawFrame frame = new RawFrame();
  private String storeId = "";
  private long frames;
  private long blobs;

  Restore(List<StoredBackup> chain, Path target, WorkProgress progress) {
    this.progress = progress;
    this.chain = chain;
    this.target = target.toAbsolutePath().normalize();
  }

  private Description first() {
    return chain.get(0).description();
  }

  private Description newest() {
    return chain.get(chain.size() - 1).description();
  }

  RestoreReport to(Point point) {
    final long begun = System.nanoTime();
    JvmFlags.quietChronicle();
    JvmFlags.require();
    try (PendingStore pending = PendingStore.begin(target, SUFFIX, "restore")) {
      long last = write(pending, point);
      pending.publish();
      List<String> ids = needed(last).stream().map(b -> b.description().id()).toList();
      return new RestoreReport(
          target,
          storeId,
          first().storeId(),
          ids,
          first().firstSequence(),
          last,
          frames,
          blobs,
          System.nanoTime() - begun);
    } catch (IOException e) {
      throw FileFailure.of("cannot restore to", target, e);
    }
  }

  /** A point that is not a number is looked for in a store with everything. */
  private long write(PendingStore pending, Point point) throws IOException {
    Path work = pending.directory();
    long last = newest().lastSequence();
    if (point instanceof Point.Sequence named) {
      write(work, named.number());
      return named.number();
    }
    write(work, last);
    if (point instanceof Point.End) {
      return last;
    }
    long sequence;
    try (EventLogReader reader = EventLogReader.open(work, EventTypes.builtin())) {
      sequence = point.sequence(reader);
    }
    if (sequence < last) {
      pending.clear();
      write(work, sequence);
    }
    return sequence;
  }

  private void write(Path work, long last) throws IOException {
    if (last < first().firstSequence() || last > newest().lastSequence()) {
      throw new RingfoldException(
          "Backup "
              + newest().id()
              + " has the events "
              + first().firstSequence()
              + " to "
              + newest().lastSequence()
              + ", not "
              + last
              + ".");
    }
    frames = 0;
    blobs = 0;
    Manifest manifest = manifest(last);
    storeId = manifest.storeId();
    try (NewJournal journal =
        new NewJournal(work, manifest, first().before(), SegmentKeys.fromFrames(work, manifest))) {
      List<StoredBackup> needed = needed(last);
      for (StoredBackup backup : needed) {
        writeFrames(backup, journal, last);
      }
      FaultPoint.hit("restore.framesWritten");
      long all = needed.stream().mapToLong(each -> each.description().blobs().size()).sum();
      for (StoredBackup backup : needed) {
        writeBlobs(backup, work, all);
      }
      FaultPoint.hit("restore.blobsWritten");
      writeSchemas(needed.get(needed.size() - 1).description().schemas(), work);
      journal.finish();
    }
  }

  /** A new identity; the frames keep the names of the stores that wrote them. */
  private Manifest manifest(long last) {
    List<Manifest.Lineage> ancestry = new ArrayList<>();
    ancestry.add(new Manifest.Lineage(first().storeId(), last));
    for (Manifest.Lineage ancestor : newest().ancestry()) {
      ancestry.add(
          new Manifest.Lineage(ancestor.parentStoreId(), Math.min(ancestor.sequence(), last)));
    }
    return new Manifest(
        Manifest.randomStoreId(),
        0,
        Manifest.State.CLEAN,
        -1,
        first().firstSequence(),
        ancestry,
        "",
        List.of());
  }

  /** The backups up to the one that has the sequence. */
  private List<StoredBackup> needed(long last) {
    List<StoredBackup> needed = new ArrayList<>();
    for (StoredBackup backup : chain) {
      needed.add(backup);
      if (backup.description().lastSequence() >= last) {
        break;
      }
    }
    return needed;
  }

  private void writeFrames(StoredBackup backup, NewJournal journal, long last) throws IOException {
    for (Description.Frames file : backup.description().frames()) {
      if (journal.chain().nextSequence() > last && last < newest().lastSequence()) {
        return;
      }
      try (FramesInput in = new FramesInput(backup.source(), file)) {
        while (journal.chain().nextSequence() <= last && in.next(frame)) {
          writeFrame(in, file, journal, last);
          long first = first().firstSequence();
          progress.tell("events", journal.chain().nextSequence() - first, last - first + 1);
        }
        in.checkHash();
      }
    }
  }

  private void writeFrame(FramesInput in, Description.Frames file, NewJournal journal, long last) {
    String broken = frame.breakAfter(journal.chain());
    if (broken != null) {
      throw in.damaged("the next frame of the chain", broken);
    }
    if (journal.segment() != file.segment()) {
      boolean begins = frame.kind() == FrameFormat.KIND_SEGMENT_START;
      if (!begins || file.segment() < journal.segment()) {
        throw in.damaged("the begin of a segment", "segment " + file.segment());
      }
      journal.begin(file.segment(), frame.logTime());
    }
    long known = file.cutAt() >= frame.firstSequence() ? file.cutAt() : frame.lastSequence();
    long end = Math.min(known, frame.lastSequence());
    if (end > last) {
      int events = (int) (last - frame.firstSequence() + 1);
      requireWholeGroup(events - 1);
      journal.appendBegin(frame, events);
    } else if (end < frame.lastSequence()) {
      journal.appendCut(frame, (int) (end - frame.firstSequence() + 1));
    } else {
      journal.append(frame);
    }
    frames++;
  }

  /** An atomic group is there as a whole or not at all. */
  private void requireWholeGroup(int event) {
    if (!frame.groupContinues(event)) {
      return;
    }
    int begin = event;
    while (begin > 0 && frame.groupContinues(begin - 1)) {
      begin--;
    }
    int end = event;
    while (end < frame.count() - 1 && frame.groupContinues(end)) {
      end++;
    }
    long first = frame.firstSequence();
    throw new RingfoldException(
        "Event "
            + (first + event)
            + " is inside of the atomic group "
            + (first + begin)
            + " to "
            + (first + end)
            + ". Restore to "
            + (first + begin - 1)
            + " or to "
            + (first + end)
            + ".");
  }

  private static void writeSchemas(String schemas, Path work) {
    if (!schemas.isEmpty()) {
      DurableFile.write(
          work.resolve(SchemaHistory.FILE),
          work.resolve(ManifestFile.TEMPORARY_DIRECTORY),
          schemas.getBytes(StandardCharsets.UTF_8));
    }
  }

  private void writeBlobs(StoredBackup backup, Path work, long inAll) throws IOException {
    List<Description.Blob> all = backup.description().blobs();
    if (all.isEmpty()) {
      return;
    }
    try (BlobStore store = BlobStore.open(work, () -> 0L, BlobLimits.defaults())) {
      for (int from = 0; from < all.size(); from += BLOBS_PER_SET) {
        try (BlobSet set = store.begin("restore")) {
          for (Description.Blob blob :
              all.subList(from, Math.min(all.size(), from + BLOBS_PER_SET))) {
            progress.tell("blobs", blobs, inAll);
            writeBlob(backup, blob, set);
          }
          set.force();
          set.release();
        }
      }
    }
  }

  private void writeBlob(StoredBackup backup, Description.Blob blob, BlobSet set)
      throws IOException {
    BlobRef ref;
    try (InputStream in = backup.source().open(blob.name())) {
      ref = set.put(in);
    }
    if (!ref.id().hex().equals(blob.sha256())) {
      throw new CorruptBackupException(
          backup.path(), blob.name(), "SHA-256 " + blob.sha256(), ref.id().hex());
    }
    blobs++;
  }
}
