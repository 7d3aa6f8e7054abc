// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint;

import dev.ringfold.EventLog;
import dev.ringfold.EventLogReader;
import dev.ringfold.blob.BlobStore;
import dev.ringfold.writers.checkpoint.internal.chunk.ChunkWorkers;
import dev.ringfold.writers.checkpoint.internal.save.Registry;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Loads checkpoints of a store that is open for reading only, also while another process saves to
 * it. Changes nothing. Thread-safe.
 */
public final class CheckpointReader implements AutoCloseable {
  private final BlobStore blobs;
  private final boolean ownsBlobs;
  private final ChunkWorkers workers;
  private final CheckpointCatalog catalog;
  private final Registry registry;

  private CheckpointReader(
      EventLogReader log, Registry registry, @Nullable Registry later, @Nullable String run) {
    this(log.blobs(), true, registry, later, run);
  }

  private CheckpointReader(
      BlobStore blobs,
      boolean ownsBlobs,
      Registry registry,
      @Nullable Registry later,
      @Nullable String run) {
    this.blobs = blobs;
    this.ownsBlobs = ownsBlobs;
    this.registry = registry;
    this.workers = new ChunkWorkers(ChunkWorkers.DEFAULT_THREADS);
    this.catalog = new CheckpointCatalog(registry, later, blobs, workers, run);
  }

  /** Reads the checkpoints of all runs; closing this leaves the log open. */
  public static CheckpointReader open(EventLogReader log) {
    return new CheckpointReader(log, whole(log), null, null);
  }

  /** As {@link #open(EventLogReader)}, of a log that this process writes, and that stays open. */
  public static CheckpointReader of(EventLog log) {
    Registry all = new Registry(log::tailer, log::lastSequence, log.types());
    return new CheckpointReader(log.blobs(), false, all, null, null);
  }

  /** Reads checkpoints, where epochs and the newest one are those of a run. */
  public static CheckpointReader open(EventLogReader log, String run) {
    return new CheckpointReader(log, whole(log), null, run);
  }

  /**
   * Reads the checkpoints of all runs as they were at a sequence: later ones are not there, and
   * pins and labels are what they were. One that was given up since then is listed, but what was
   * collected of it is a {@link CheckpointNotFoundException} that says why.
   */
  public static CheckpointReader openAt(EventLogReader log, long sequence) {
    return openAt(log, EventScan.of(() -> log.tailer().upTo(sequence)), Set.of());
  }

  /**
   * As the shorter form.
   *
   * @param scan gives the events up to the sequence, at least those about checkpoints
   * @param without sequences of events that are treated as if they had never been
   */
  public static CheckpointReader openAt(EventLogReader log, EventScan scan, Set<Long> without) {
    Registry then = new Registry(scan, () -> Long.MAX_VALUE, log.types(), without);
    return new CheckpointReader(log, then, whole(log), null);
  }

  private static Registry whole(EventLogReader log) {
    return new Registry(log::tailer, () -> Long.MAX_VALUE, log.types());
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

  /**
   * Whether all blobs of a checkpoint are there, as far as can be told without reading its tensors.
   */
  public boolean isStored(CheckpointSummary summary) {
    return new StoredBlobs(blobs).problem(summary.manifest(), "it").isEmpty();
  }

  /**
   * Looks for the blobs that the checkpoints and quantum states name which were not given up;
   * tensors are not read.
   *
   * @return what is wrong with those that cannot be loaded, by sequence
   */
  public Map<Long, String> incomplete() {
    StoredBlobs stored = new StoredBlobs(blobs);
    registry.catchUp();
    Map<Long, String> problems = new TreeMap<>();
    registry
        .manifests()
        .forEach(
            (sequence, manifest) -> {
              String kind = registry.find(sequence).isPresent() ? "checkpoint " : "quantum state ";
              String problem = stored.problem(manifest, kind + sequence);
              if (!problem.isEmpty()) {
                problems.put(sequence, problem);
              }
            });
    registry.catchUp(); // What was given up meanwhile may go.
    problems.keySet().retainAll(registry.manifests().keySet());
    return problems;
  }

  /**
   * The tensors of two checkpoints that are not the same, by the hashes of their chunks: no tensor
   * is read.
   *
   * @param other the reader of the other one; may be this
   */
  public TensorChanges changes(
      CheckpointSummary mine, CheckpointReader other, CheckpointSummary theirs) {
    return TensorChanges.between(catalog.manifest(mine), other.catalog.manifest(theirs));
  }

  /** As {@link Checkpoints#latestSummary}. */
  public Optional<CheckpointSummary> latestSummary() {
    return catalog.latest();
  }

  /** Ends the use of the blobs. */
  @Override
  public void close() {
    workers.close();
    if (ownsBlobs) {
      blobs.close();
    }
  }
}
