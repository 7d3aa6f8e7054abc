// SPDX-License-Identifier: Apache-2.0
package dev.ringfold;

import dev.ringfold.blob.BlobLimits;
import dev.ringfold.blob.BlobStore;
import dev.ringfold.event.EventTypes;
import dev.ringfold.internal.io.StoreSecurity;
import dev.ringfold.internal.journal.LeaseFile;
import dev.ringfold.internal.journal.Manifest;
import dev.ringfold.internal.journal.ManifestFile;
import dev.ringfold.internal.journal.SchemaHistory;
import dev.ringfold.internal.journal.SegmentEntry;
import dev.ringfold.internal.journal.SegmentFiles;
import dev.ringfold.internal.journal.SegmentScan;
import dev.ringfold.internal.journal.StoreFileSource;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A store opened for reading only: nobody has it open, or another process is writing it. Needs no
 * JVM flags, takes no lock and changes nothing but its own lease. Thread-safe.
 */
public final class EventLogReader implements AutoCloseable {
  private final StoreFileSource source;
  private final EventTypes types;

  private EventLogReader(StoreFileSource source, EventTypes types) {
    this.source = source;
    this.types = types;
  }

  /**
   * Opens a store.
   *
   * @param types the event types to decode; unknown ones are given out raw
   * @throws StoreNotFoundException when there is none
   * @throws UnsafeStoreException when the directory cannot be trusted
   * @throws SchemaChangedException when a type has other fields than the events it would decode
   */
  public static EventLogReader open(Path directory, EventTypes types) {
    Path store = directory.toAbsolutePath().normalize();
    if (!ManifestFile.exists(store)) {
      throw new StoreNotFoundException(
          "There is no store at " + store + ". Create it with `ringfold init " + store + "`.");
    }
    StoreSecurity.checkExisting(store);
    SchemaHistory.check(store, types);
    return new EventLogReader(StoreFileSource.open(store), types);
  }

  /** The store's directory. */
  public Path directory() {
    return source.store();
  }

  /** The store's id, 32 hexadecimal digits. */
  public String storeId() {
    return source.manifest().storeId();
  }

  /** Where the store was forked from; null when it is no fork. */
  public @Nullable ForkOrigin forkedFrom() {
    return ForkOrigin.of(source.store(), source.manifest());
  }

  /** The event types it decodes. */
  public EventTypes types() {
    return types;
  }

  /** A tailer; it sees frames as soon as they are written, also those of another process. */
  public Tailer.Builder tailer() {
    return new Tailer.Builder(source, types, null);
  }

  /** Named reading positions of outside consumers; may be saved although the log is read-only. */
  public SavedPositions positions() {
    return new SavedPositions(source.store());
  }

  /**
   * What {@link Retention#apply} of this rule would do, as far as it can be seen from outside: a
   * reader inside the process that has the store open is not. Changes nothing.
   *
   * @param clock for the age of segments
   * @param grace how long readers are waited for, {@link LogOption#LEASE_GRACE}
   */
  public RetentionPlan retentionPlan(RetentionRule rule, Clock clock, Duration grace) {
    Path store = source.store();
    Instant now = clock.instant();
    return new RetentionDraft(
            rule,
            source.manifest(),
            TimeUnit.SECONDS.toNanos(now.getEpochSecond()) + now.getNano(),
            this::openBytes,
            grace,
            Map.of(),
            isClean())
        .keep(positions(), new Holds(store, new Object()))
        .lend(LeaseFile.seen(store, now, grace, false))
        .plan();
  }

  /** The rule that a policy comes to now, for {@link #retentionPlan} or {@link Retention#plan}. */
  public RetentionRule retentionRule(RetentionPolicy policy) {
    if (policy.checkpoints() == 0) {
      return policy.rule(0);
    }
    try (NewestCheckpoints checkpoints = new NewestCheckpoints(tailer())) {
      return policy.rule(checkpoints.sequenceOf(policy.checkpoints()));
    }
  }

  private long openBytes(SegmentEntry entry) {
    Path file = SegmentFiles.queueFile(source.store(), entry.number());
    return Files.exists(file) ? SegmentScan.scan(file, entry.before()).endOffset() : 0;
  }

  /** Oldest sequence the store still holds. */
  public long floorSequence() {
    return source.manifest().floorSequence();
  }

  /** Segments, as the manifest tells. */
  public int segments() {
    return source.manifest().segments().size();
  }

  /** Bytes of all segments' used parts that are sealed. */
  public long sealedBytes() {
    long bytes = 0;
    for (SegmentEntry entry : source.manifest().segments()) {
      bytes += entry.sealed() ? entry.length() : 0;
    }
    return bytes;
  }

  /** Number of the newest open for writing. */
  public long session() {
    return source.manifest().session();
  }

  /** Whether the store was closed cleanly, and nobody has it open. */
  public boolean isClean() {
    return source.manifest().state() == Manifest.State.CLEAN;
  }

  /** The blobs, for reading. */
  public BlobStore blobs() {
    return BlobStore.openReadOnly(source.store(), BlobLimits.defaults());
  }

  @Override
  public void close() {
    // Every tailer closes its own files.
  }
}
