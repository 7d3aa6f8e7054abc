// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.internal.save;

import dev.ringfold.AppendRejectedException;
import dev.ringfold.DiskFullException;
import dev.ringfold.EventLog;
import dev.ringfold.Receipt;
import dev.ringfold.RingfoldException;
import dev.ringfold.blob.BlobRef;
import dev.ringfold.blob.BlobSet;
import dev.ringfold.event.CheckpointCommitted;
import dev.ringfold.internal.io.FaultPoint;
import dev.ringfold.writers.checkpoint.CheckpointSummary;
import dev.ringfold.writers.checkpoint.internal.chunk.ChunkWorkers;
import dev.ringfold.writers.checkpoint.internal.chunk.ChunkWriter;
import dev.ringfold.writers.checkpoint.internal.chunk.KnownChunks;
import dev.ringfold.writers.checkpoint.internal.chunk.Manifest;
import dev.ringfold.writers.checkpoint.internal.chunk.StoredTensor;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries a captured checkpoint to the disk: blobs, force, fact, release. Used by one thread at a
 * time.
 */
public final class SaveWorker implements AutoCloseable {
  /** Metadata with more bytes is in the manifest only. */
  static final int MAX_FACT_METADATA_BYTES = 64 << 10;

  private static final String FORCED = "checkpoint.forced";
  private static final String APPENDED = "checkpoint.appended";
  private static final String RELEASED = "checkpoint.released";
  private static final int MAX_SET_LABEL = 200;
  private static final long NANOS_PER_SECOND = 1_000_000_000L;
  private static final Logger LOG = LoggerFactory.getLogger(SaveWorker.class);

  private final EventLog log;
  private final Facts facts;
  private final Registry registry;
  private final Collector collector;
  private final ChunkWorkers workers;
  private final KnownChunks known = new KnownChunks();
  private final Set<String> knownRuns = new HashSet<>();
  private final ChunkWriter writer;

  /** A worker over an open log. */
  public SaveWorker(
      EventLog log, Facts facts, Registry registry, Collector collector, ChunkWorkers workers) {
    this.log = log;
    this.facts = facts;
    this.registry = registry;
    this.collector = collector;
    this.workers = workers;
    this.writer = new ChunkWriter(workers, known);
  }

  /**
   * Saves a checkpoint; when this returns it is committed.
   *
   * @throws RingfoldException when it could not be; the log then says nothing of it, or the log has
   *     failed
   */
  public CheckpointSummary save(SaveRequest request) {
    learn(request.run());
    BlobSet set = log.blobs().begin(label(request), workers.forces());
    boolean committed = false;
    try {
      CheckpointSummary summary = save(request, set);
      committed = true;
      release(set);
      return summary;
    } finally {
      if (!committed) {
        collector.abandon(set);
      }
    }
  }

  private CheckpointSummary save(SaveRequest request, BlobSet set) {
    List<StoredTensor> stored = writer.write(set, request.tensors());
    Manifest manifest = Manifest.of(request.metadata(), stored);
    BlobRef ref = set.put(manifest.encode());
    set.force();
    FaultPoint.hit(FORCED);
    CheckpointCommitted fact = fact(request, manifest, ref, set.newBytes());
    Receipt receipt = append(request.run(), fact);
    FaultPoint.hit(APPENDED);
    return CheckpointSummary.of(
        fact, receipt.firstSequence(), request.run(), time(receipt.logTimeNanos()));
  }

  /** The checkpoint is committed, whatever comes now. */
  private static void release(BlobSet set) {
    try {
      set.release();
    } catch (RingfoldException | IllegalStateException e) {
      LOG.warn("The set '{}' is only released by the next open", set.label(), e);
    }
    FaultPoint.hit(RELEASED);
  }

  private static Instant time(long logTimeNanos) {
    return Instant.ofEpochSecond(
        Math.floorDiv(logTimeNanos, NANOS_PER_SECOND),
        Math.floorMod(logTimeNanos, NANOS_PER_SECOND));
  }

  private static String label(SaveRequest request) {
    String label = Collector.SET_LABEL + " epoch " + request.epoch() + " of " + request.run();
    return label.substring(0, Math.min(label.length(), MAX_SET_LABEL));
  }

  private static CheckpointCommitted fact(
      SaveRequest request, Manifest manifest, BlobRef ref, long newBytes) {
    String metadata = request.metadata();
    boolean large = metadata.getBytes(StandardCharsets.UTF_8).length > MAX_FACT_METADATA_BYTES;
    return new CheckpointCommitted(
        request.epoch(),
        manifest.rawBytes(),
        manifest.storedBytes() + ref.length(),
        newBytes,
        manifest.tensors().size(),
        ref,
        request.label(),
        large ? "" : metadata);
  }

  private Receipt append(String run, CheckpointCommitted fact) {
    try {
      return facts.append(run, fact);
    } catch (DiskFullException | AppendRejectedException refused) {
      throw refused;
    } catch (RuntimeException e) {
      collector.block("a checkpoint was published, and it is not known whether it was stored");
      throw new RingfoldException(
          "It was published, and it is not known whether it was stored; the next open of the store"
              + " will tell: "
              + e.getMessage(),
          e);
    }
  }

  /**
   * After a restart the chunks of the run's newest checkpoint are known without being compressed.
   */
  private void learn(String run) {
    if (!knownRuns.add(run)) {
      return;
    }
    registry.catchUp();
    Optional<CheckpointSummary> newest =
        registry.live().stream()
            .filter(summary -> summary.run().equals(run))
            .reduce((older, newer) -> newer);
    if (newest.isEmpty()) {
      return;
    }
    try {
      Manifests.read(log.blobs(), newest.get().manifest()).tensors().forEach(known::learn);
    } catch (RingfoldException e) {
      LOG.warn("The checkpoint {} cannot be read and is of no use here", newest.get(), e);
    }
  }

  /** Gives the buffers up. */
  @Override
  public void close() {
    writer.close();
  }
}
