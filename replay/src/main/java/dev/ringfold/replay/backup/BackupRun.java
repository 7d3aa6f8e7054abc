// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.backup;

import dev.ringfold.EventLogReader;
import dev.ringfold.EventView;
import dev.ringfold.RingfoldException;
import dev.ringfold.SegmentRetiredException;
import dev.ringfold.Tailer;
import dev.ringfold.blob.BlobLimits;
import dev.ringfold.blob.BlobNotFoundException;
import dev.ringfold.blob.BlobReader;
import dev.ringfold.blob.BlobRef;
import dev.ringfold.blob.BlobStore;
import dev.ringfold.event.BuiltinTypes;
import dev.ringfold.event.CheckpointExpired;
import dev.ringfold.event.EventTypes;
import dev.ringfold.event.QuantumStateRemoved;
import dev.ringfold.internal.io.FaultPoint;
import dev.ringfold.internal.io.FileFailure;
import dev.ringfold.internal.journal.ChainState;
import dev.ringfold.internal.journal.FrameCursor;
import dev.ringfold.internal.journal.LeaseFile;
import dev.ringfold.internal.journal.Manifest;
import dev.ringfold.internal.journal.SchemaHistory;
import dev.ringfold.internal.journal.SegmentEntry;
import dev.ringfold.internal.journal.SegmentFiles;
import dev.ringfold.internal.journal.StoreFileSource;
import dev.ringfold.replay.LogEnd;
import dev.ringfold.replay.WorkProgress;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Takes one backup. The frames first, up to what is written when they have all been read; then they
 * are forced, so that a loss of power cannot take from the store what the backup has; then the
 * blobs, since an event is only written when its blobs are there. A lease keeps all blobs from
 * before the first until after the last step: what is given up meanwhile is not given up in the
 * backup. Changes nothing in the store but leases. One thread.
 */
final class BackupRun {
  /** What a writer adds while its journal is read is not followed for longer than this. */
  private static final long MAX_FOLLOWED_BYTES = 1L << 30;

  private static final int COPY_BYTES = 256 << 10;
  private static final int POLL_EVENTS = 4_096;

  private final StoreFileSource store;
  private final BackupTarget target;
  private final WorkProgress progress;
  private final FramesWriter frames;
  private final Set<Long> segments = new java.util.TreeSet<>();
  private final List<Description.Blob> blobs = new ArrayList<>();
  private long lastSegment = -1;
  private long blobsGone;

  BackupRun(Path store, BackupTarget target, WorkProgress progress) {
    this.progress = progress;
    this.store = StoreFileSource.open(store);
    this.target = target;
    this.frames = new FramesWriter(target);
  }

  Manifest manifest() {
    return store.manifest();
  }

  FramesWriter frames() {
    return frames;
  }

  long blobsGone() {
    return blobsGone;
  }

  int blobCount() {
    return blobs.size();
  }

  /**
   * Copies frames and blobs.
   *
   * @param last what the newest backup ended with; null for a full one
   * @param known blobs that earlier backups of the chain have
   */
  void copy(@Nullable Description last, Set<String> known) {
    try (frames;
        LeaseFile lease = LeaseFile.ofBlobs(store.store())) {
      copyFrames(last, lease);
      frames.end();
      forceFrames();
      FaultPoint.hit("backup.framesWritten");
      copyBlobs(known, lease);
      FaultPoint.hit("backup.blobsWritten");
      if (!lease.isHeld()) {
        requireNothingGivenUp();
      }
    } catch (IOException e) {
      throw FileFailure.of("cannot write the backup of", store.store(), e);
    }
  }

  private void copyFrames(@Nullable Description last, LeaseFile lease) throws IOException {
    long limit = journalBytes() + MAX_FOLLOWED_BYTES;
    try (FrameCursor cursor = new FrameCursor(store)) {
      if (last != null) {
        continueBehind(cursor, last);
      }
      long begin = last == null ? store.manifest().floorSequence() : last.lastSequence() + 1;
      long end = progress == WorkProgress.NONE ? begin : lastSequence();
      while (frames.frameBytes() < limit && cursor.next()) {
        frames.write(cursor);
        lease.beat();
        progress.tell("events", Math.min(frames.events(), end - begin + 1), end - begin + 1);
        lastSegment = cursor.segment();
        segments.add(lastSegment);
      }
    }
  }

  /** Reads what is not sealed yet. */
  private long lastSequence() {
    return LogEnd.of(store.store(), store.manifest()).lastSequence();
  }

  private void continueBehind(FrameCursor cursor, Description last) {
    try {
      if (cursor.goBehind(last.lastSegment(), last.lastOffset(), last.after())) {
        return;
      }
    } catch (SegmentRetiredException e) {
      throw new RingfoldException(
          "The store "
              + store.store()
              + " has deleted events that no backup has: "
              + e.getMessage()
              + " Take a full backup.",
          e);
    }
    throw new RingfoldException(
        "The store "
            + store.store()
            + " does not continue the backup "
            + last.id()
            + ": its frame "
            + last.after().frameNumber()
            + " is not there, or is another one. Take a full backup.");
  }

  /** Bytes that segments have at most now. */
  private long journalBytes() {
    long bytes = 0;
    for (SegmentEntry entry : store.manifest().segments()) {
      Path file = SegmentFiles.queueFile(store.store(), entry.number());
      bytes += entry.sealed() ? entry.length() : file.toFile().length();
    }
    return bytes;
  }

  /** What was read from segments that are still written may be in memory only. */
  private void forceFrames() throws IOException {
    Manifest manifest = store.manifest();
    for (long number : segments) {
      SegmentEntry entry = manifest.segment(number);
      Path file = SegmentFiles.queueFile(store.store(), number);
      if ((entry == null || !entry.sealed()) && Files.exists(file)) {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
          channel.force(false);
        }
      }
    }
  }

  /** Without a lease: what was given up behind the last frame may have been collected. */
  private void requireNothingGivenUp() {
    ChainState after = frames.after();
    if (after == null) {
      return;
    }
    long end = after.nextSequence();
    try (EventLogReader log = EventLogReader.open(store.store(), EventTypes.builtin());
        Tailer tailer = log.tailer().fromSequence(end).open()) {
      int count;
      do {
        count = tailer.poll(event -> requireNotGivenUp(event, tailer, end), POLL_EVENTS);
      } while (count > 0);
    }
  }

  private void requireNotGivenUp(EventView event, Tailer tailer, long end) {
    long gone = Long.MAX_VALUE;
    if (event.typeId() == BuiltinTypes.CHECKPOINT_EXPIRED.id()) {
      gone = ((CheckpointExpired) tailer.decode(event)).checkpoint();
    } else if (event.typeId() == BuiltinTypes.QUANTUM_STATE_REMOVED.id()) {
      gone = ((QuantumStateRemoved) tailer.decode(event)).saved();
    }
    if (gone < end) {
      throw new RingfoldException(
          "The checkpoint or state "
              + gone
              + " of "
              + store.store()
              + " was given up while the backup was taken, and its blobs may be gone: no lease in "
              + store.store().resolve(LeaseFile.DIRECTORY)
              + " could keep them. No backup was taken. Take it again, as a user who may write"
              + " there.");
    }
  }

  private void copyBlobs(Set<String> known, LeaseFile lease) throws IOException {
    try (BlobStore all = BlobStore.openReadOnly(store.store(), BlobLimits.defaults())) {
      List<BlobRef> missing =
          all.list()
              .filter(ref -> !known.contains(ref.id().hex()))
              .distinct()
              .sorted((a, b) -> a.id().compareTo(b.id()))
              .toList();
      for (BlobRef ref : missing) {
        progress.tell("blobs", blobs.size() + blobsGone, missing.size());
        copyBlob(all, ref, lease);
      }
    }
  }

  private void copyBlob(BlobStore all, BlobRef ref, LeaseFile lease) throws IOException {
    BlobReader reader;
    try {
      reader = all.open(ref);
    } catch (BlobNotFoundException e) {
      blobsGone++; // What it belongs to was given up before the lease.
      return;
    }
    String hash = ref.id().hex();
    try (reader) {
      Hashing out = new Hashing(target.begin(Description.BLOBS + hash));
      try (OutputStream open = out) {
        copy(reader, open, lease);
      }
      String found = out.hash();
      if (!found.equals(hash)) {
        throw new RingfoldException(
            "Blob "
                + hash
                + " of "
                + store.store()
                + " is damaged: its bytes have SHA-256 "
                + found
                + ". No backup was taken; `ringfold verify "
                + store.store()
                + "` shows all that is damaged.");
      }
      blobs.add(new Description.Blob(hash, out.bytes()));
    }
  }

  private static void copy(BlobReader reader, OutputStream out, LeaseFile lease)
      throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(COPY_BYTES);
    for (long at = 0; at < reader.length(); ) {
      int count = reader.read(at, buffer.clear());
      if (count < 0) {
        return;
      }
      out.write(buffer.array(), 0, count);
      lease.beat();
      at += count;
    }
  }

  /** The description of what was copied; null when no frame was. */
  @Nullable Description describe(String id, @Nullable Description last, Instant created) {
    ChainState before = frames.before();
    ChainState after = frames.after();
    if (before == null || after == null) {
      return null;
    }
    Manifest manifest = store.manifest();
    return new Description(
        id,
        last == null ? null : last.id(),
        manifest.storeId(),
        manifest.ancestry(),
        created,
        before,
        after,
        lastSegment,
        frames.lastOffset(),
        schemas(),
        frames.files(),
        blobs);
  }

  /** The history of event types is not in the frames; it is replaced as a whole, so never torn. */
  private String schemas() {
    Path file = store.store().resolve(SchemaHistory.FILE);
    try {
      return Files.readString(file, StandardCharsets.UTF_8);
    } catch (NoSuchFileException none) {
      return "";
    } catch (IOException e) {
      throw FileFailure.of("cannot read", file, e);
    }
  }
}
