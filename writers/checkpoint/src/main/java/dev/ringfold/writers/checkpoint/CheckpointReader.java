// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint;

import dev.ringfold.EventLogReader;
import dev.ringfold.blob.BlobStore;
import dev.ringfold.writers.checkpoint.internal.chunk.ChunkWorkers;
import dev.ringfold.writers.checkpoint.internal.save.Registry;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Loads checkpoints of a store that is open for reading only, also while another process saves to
 * it. Changes nothing. Thread-safe.
 */
public final class CheckpointReader implements AutoCloseable {
  private final BlobStore blobs;
  private final ChunkWorkers workers;
  private final CheckpointCatalog catalog;

  private CheckpointReader(EventLogReader log, @Nullable String run) {
    this.blobs = log.blobs();
    this.workers = new ChunkWorkers(ChunkWorkers.DEFAULT_THREADS);
    Registry registry = new Registry(log::tailer, () -> Long.MAX_VALUE, log.types());
    this.catalog = new CheckpointCatalog(registry, blobs, workers, run);
  }

  /** Reads the checkpoints of all runs; closing this leaves the log open. */
  public static CheckpointReader open(EventLogReader log) {
    return new CheckpointReader(log, null);
  }

  /** Reads checkpoints, where epochs and the newest one are those of a run. */
  public static CheckpointReader open(EventLogReader log, String run) {
    return new CheckpointReader(log, run);
  }

  /** As {@link Checkpoints#load(long)}. */
  public Checkpoint load(long epoch) {
    return catalog.loadEpoch(epoch);
  }

  /** As {@link Checkpoints#loadAt}. */
  public Checkpoint loadAt(long sequence) {
    return catalog.loadAt(sequence);
  }

  /** As {@link Checkpoints#load(String)}. */
  public Checkpoint load(String label) {
    return label.equals(CheckpointLabels.LATEST) ? catalog.loadLatest() : catalog.loadLabel(label);
  }

  /** As {@link Checkpoints#latest}. */
  public Checkpoint latest() {
    return catalog.loadLatest();
  }

  /** As {@link Checkpoints#list}. */
  public List<CheckpointSummary> list() {
    return catalog.list();
  }

  /** As {@link Checkpoints#latestSummary}. */
  public Optional<CheckpointSummary> latestSummary() {
    return catalog.latest();
  }

  /** Ends the use of the blobs. */
  @Override
  public void close() {
    workers.close();
    blobs.close();
  }
}
