// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint;

import dev.ringfold.EventLog;
import dev.ringfold.LogOption;
import dev.ringfold.RingfoldException;
import dev.ringfold.blob.BlobStore;
import dev.ringfold.event.CheckpointExpired;
import dev.ringfold.event.CheckpointLabelled;
import dev.ringfold.event.CheckpointPinned;
import dev.ringfold.event.Event;
import dev.ringfold.projections.Projection;
import dev.ringfold.projections.ProjectionRuntime;
import dev.ringfold.writers.checkpoint.format.ZarrVersion;
import dev.ringfold.writers.checkpoint.internal.chunk.ChunkWorkers;
import dev.ringfold.writers.checkpoint.internal.save.CaptureBuffers;
import dev.ringfold.writers.checkpoint.internal.save.Collector;
import dev.ringfold.writers.checkpoint.internal.save.Facts;
import dev.ringfold.writers.checkpoint.internal.save.KeepLast;
import dev.ringfold.writers.checkpoint.internal.save.OldestHold;
import dev.ringfold.writers.checkpoint.internal.save.Registry;
import dev.ringfold.writers.checkpoint.internal.save.SaveQueue;
import dev.ringfold.writers.checkpoint.internal.save.SaveRequest;
import dev.ringfold.writers.checkpoint.internal.save.SaveWorker;
import dev.ringfold.writers.checkpoint.internal.tree.CheckpointTrees;
import dev.ringfold.writers.checkpoint.tensor.Tensor;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Saves the state of a training run without stopping it, and loads it again.
 *
 * <pre>{@code
 * try (Checkpoints checkpoints = Checkpoints.open(Path.of("runs"))) {
 *   Saving saving = checkpoints.save(epoch, Map.of("fc.weight", Tensor.of(weights, 128, 10)),
 *       Map.of(), Map.of("loss", 0.12));   // weights may change from here on
 *   saving.await();                        // on the disk
 *   float[] back = checkpoints.latest().tensor("fc.weight").toFloats();
 * }
 * }</pre>
 *
 * <p><b>Saving.</b> {@code save} copies the tensors and returns; frozen ones are not copied. A
 * thread writes their chunks as blobs, forces them, and then says in the log that the checkpoint is
 * there: it is whole, or it is not there at all. A chunk that has not changed since an earlier
 * checkpoint is stored once. At most {@link SaveQueue#MAX_PENDING} saves are on their way; the next
 * one waits, up to the log's {@link LogOption#REQUIRED_TIMEOUT}.
 *
 * <p><b>Failures.</b> A save that fails in the background fails its future, makes the next call of
 * any method here throw the {@link CheckpointFailedException} once, and shows in {@link #health}.
 *
 * <p><b>Space.</b> After a save the run's oldest checkpoints are given up, as {@code keepLast}
 * says, and the blobs that only they named are deleted. What is pinned or has a label stays, as
 * does what another checkpoint, a state or an event of your own types names; see {@link
 * dev.ringfold.event.EventType.Builder#blobs}. The journal is held from the oldest checkpoint on,
 * so that retention leaves the events that name checkpoints.
 *
 * <p>Thread-safe. A log has one of these at a time.
 */
public final class Checkpoints implements AutoCloseable {
  /** The group of the model's tensors. */
  public static final String MODEL_STATE = "model_state";

  /** The group of the optimizer's tensors. */
  public static final String OPTIMIZER_STATE = "optimizer_state";

  /** The run when none is named. */
  public static final String DEFAULT_RUN = "run-1";

  private static final String HOLD = "checkpoints";

  private final EventLog log;
  private final OpenedLog opened;
  private final ChunkCodec codec;
  private final @Nullable ZarrVersion trees;
  private final String run;
  private final Duration closeTimeout;
  private final Facts facts;
  private final ChunkWorkers workers;
  private final Registry registry;
  private final Collector collector;
  private final KeepLast keepLast;
  private final OldestHold hold;
  private final SaveQueue queue;
  private final CheckpointCatalog catalog;

  /** Held while checkpoints are given up, pinned, or named. */
  private final Object turn = new Object();

  private boolean closed;

  Checkpoints(
      CheckpointsBuilder builder,
      EventLog log,
      @Nullable ProjectionRuntime runtime,
      boolean ownsLog) {
    this.log = log;
    this.opened = new OpenedLog(log, runtime, ownsLog);
    this.codec = builder.codec();
    this.trees = builder.isTreesWritten() ? builder.zarr() : null;
    this.run = Objects.requireNonNullElse(builder.run(), DEFAULT_RUN);
    this.closeTimeout = builder.closeTimeout();
    this.facts = new Facts(log);
    boolean begun = false;
    try {
      this.workers = new ChunkWorkers(builder.workers());
      this.registry = new Registry(log::tailer, log::lastSequence, log.types());
      this.collector = new Collector(log.blobs(), registry);
      this.keepLast = new KeepLast(registry, facts, builder.keepLast());
      this.hold = new OldestHold(log, HOLD, "the oldest checkpoint", this::oldest);
      this.catalog = new CheckpointCatalog(registry, log.blobs(), workers, builder.run());
      this.queue =
          new SaveQueue(
              new SaveWorker(log, facts, registry, collector, workers),
              new CaptureBuffers(workers, builder.captureBytes()),
              this::afterCommit,
              log.config().duration(LogOption.REQUIRED_TIMEOUT));
      registry.catchUp();
      collector.collect();
      hold.update();
      begun = true;
    } finally {
      if (!begun) {
        facts.close();
      }
    }
  }

  /**
   * Opens a store's checkpoints with the defaults, creating the store if there is none.
   *
   * @throws RingfoldException when it cannot be opened; the message says why
   */
  public static Checkpoints open(Path store) {
    return builder(store).open();
  }

  /** Says how to open the checkpoints of a store. */
  public static CheckpointsBuilder builder(Path store) {
    return new CheckpointsBuilder(store, null);
  }

  /** Says how to open the checkpoints of a log that is open already, and stays open. */
  public static CheckpointsBuilder on(EventLog log) {
    return new CheckpointsBuilder(log.directory(), log);
  }

  /**
   * The projection that makes a Zarr tree of every checkpoint, {@code outputs/checkpoints/}: for
   * the runtime of a log that is opened by somebody else.
   */
  public static Projection trees(EventLog log) {
    return trees(log.blobs(), ZarrVersion.V2);
  }

  /**
   * As {@link #trees(EventLog)}.
   *
   * @param blobs of the store, which may be open for reading only; open as long as the projection
   */
  public static Projection trees(BlobStore blobs, ZarrVersion version) {
    return new CheckpointTrees(blobs, version);
  }

  /**
   * Saves a checkpoint of the run this was opened with.
   *
   * @param epoch as the caller counts; saving one again makes another checkpoint
   * @param modelState tensors of the model by name
   * @param optimizerState tensors of the optimizer by name
   * @param metadata see {@link CheckpointDraft#metadata}
   * @return its two stages; captured is done already
   * @throws CheckpointBacklogException when too many saves are on their way and none ends in time
   * @throws CheckpointFailedException when an earlier save failed; nothing is saved by this call
   * @throws IllegalArgumentException when a name, a shape or the metadata cannot be saved
   */
  public Saving save(
      long epoch,
      Map<String, Tensor> modelState,
      Map<String, Tensor> optimizerState,
      Map<String, ?> metadata) {
    return save(
        CheckpointDraft.of(epoch)
            .modelState(modelState)
            .optimizerState(optimizerState)
            .metadata(metadata));
  }

  /** Saves a checkpoint with everything it can have; see the longer form. */
  public Saving save(CheckpointDraft draft) {
    SaveRequest request = draft.request(run, codec);
    request.tensors().forEach(tensor -> requireOffered(tensor.codec()));
    return queue.save(request);
  }

  /** A chunk is a file of the tree, so its codec has to be one the tree can tell of. */
  private void requireOffered(ChunkCodec wanted) {
    if (trees == ZarrVersion.V3 && (wanted.shuffle() || wanted.compressor() == Compressor.LZ4)) {
      throw new IllegalArgumentException(
          "No reader of Zarr version 3 is known to open "
              + wanted
              + "; use zstd, gzip or none without shuffle, or trees of version 2");
    }
  }

  /**
   * Loads the newest checkpoint of an epoch.
   *
   * @throws CheckpointNotFoundException when there is none; names the nearest epochs
   * @throws ChecksumMismatchException when its list of tensors is damaged
   */
  public Checkpoint load(long epoch) {
    queue.raise();
    return catalog.loadEpoch(epoch);
  }

  /** Loads the checkpoint of this sequence, or the newest one below it; as {@link #load(long)}. */
  public Checkpoint loadAt(long sequence) {
    queue.raise();
    return catalog.loadAt(sequence);
  }

  /** Loads the checkpoint with this label; as {@link #load(long)}. */
  public Checkpoint load(String label) {
    queue.raise();
    return label.equals(CheckpointLabels.LATEST) ? catalog.loadLatest() : catalog.loadLabel(label);
  }

  /** Loads the newest checkpoint; as {@link #load(long)}. */
  public Checkpoint latest() {
    queue.raise();
    return catalog.loadLatest();
  }

  /** The checkpoints of all runs that can be loaded, oldest first. */
  public List<CheckpointSummary> list() {
    queue.raise();
    return catalog.list();
  }

  /** The newest checkpoint, when there is one. */
  public Optional<CheckpointSummary> latestSummary() {
    queue.raise();
    return catalog.latest();
  }

  /**
   * Keeps a checkpoint whatever {@code keepLast} says; when this returns, that is on the disk.
   *
   * @param sequence of the checkpoint
   * @param reason for people, or empty
   * @throws CheckpointNotFoundException when there is none of this sequence
   */
  public void pin(long sequence, String reason) {
    change(sequence, new CheckpointPinned(sequence, true, reason));
  }

  /** Takes a pin away: from the next save on the checkpoint may be given up. */
  public void unpin(long sequence) {
    change(sequence, new CheckpointPinned(sequence, false, ""));
  }

  /**
   * Gives a checkpoint a name, which the one that had it before loses.
   *
   * @param text see {@link CheckpointLabels}; empty takes its label away
   * @throws CheckpointNotFoundException when there is none of this sequence
   */
  public void label(long sequence, String text) {
    if (!text.isEmpty()) {
      CheckpointLabels.check(text);
    }
    change(sequence, new CheckpointLabelled(sequence, text));
  }

  private void change(long sequence, Event fact) {
    queue.raise();
    synchronized (turn) {
      CheckpointSummary summary = catalog.require(sequence);
      facts.append(summary.run(), fact);
      registry.catchUp();
    }
  }

  /**
   * Gives a checkpoint up, also one with a label, and frees its space.
   *
   * @throws CheckpointNotFoundException when there is none of this sequence
   * @throws IllegalStateException when it is pinned
   */
  public void remove(long sequence) {
    queue.raise();
    synchronized (turn) {
      CheckpointSummary summary = catalog.require(sequence);
      if (summary.pinned()) {
        throw new IllegalStateException(
            "The checkpoint of epoch "
                + summary.epoch()
                + ", sequence "
                + sequence
                + ", is pinned ("
                + summary.pinReason()
                + "); unpin it first");
      }
      facts.append(summary.run(), new CheckpointExpired(sequence, "removed"));
      collector.collect();
      hold.update();
    }
  }

  /**
   * Frees the space of what was given up, as far as nothing else needs it. A save does so by
   * itself; this is for what could not be freed then.
   *
   * @return bytes freed
   */
  public long gc() {
    queue.raise();
    return collector.collect();
  }

  private long oldest() {
    registry.catchUp();
    return registry.oldest();
  }

  private void afterCommit(String savedRun) {
    synchronized (turn) {
      if (keepLast.apply(savedRun) > 0) {
        collector.collect();
      }
      hold.update();
    }
  }

  /** How saving is going; never throws what a save failed with. */
  public CheckpointHealth health() {
    boolean isClosed;
    synchronized (this) {
      isClosed = closed;
    }
    CheckpointHealth.State state =
        queue.newestFailed() ? CheckpointHealth.State.FAILED : CheckpointHealth.State.GOOD;
    return new CheckpointHealth(
        isClosed ? CheckpointHealth.State.CLOSED : state,
        queue.pending(),
        queue.committed(),
        queue.failed(),
        queue.lastFailure(),
        collector.problem());
  }

  /**
   * Waits until every save that was begun has ended, and what it gives up is collected.
   *
   * @return false when the timeout passed first
   * @throws InterruptedException when the thread is interrupted
   */
  public boolean awaitIdle(Duration timeout) throws InterruptedException {
    return queue.awaitIdle(timeout);
  }

  /** The log behind it, for events of your own. */
  public EventLog log() {
    return log;
  }

  /** The store's directory. */
  public Path store() {
    return log.directory();
  }

  /** The run that is saved to. */
  public String run() {
    return run;
  }

  /** Closes with the timeout the builder was given. */
  @Override
  public void close() {
    close(closeTimeout);
  }

  /**
   * Waits for the saves that were begun, then closes; a log that was opened here is closed too. A
   * second call does nothing.
   *
   * @param timeout how long to wait for saves, and then for trees; a save that is not done by then
   *     fails, and the store holds nothing of it once it was opened again
   * @throws CheckpointFailedException when a save failed and nobody was told yet
   */
  public void close(Duration timeout) {
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
    }
    try {
      queue.close(timeout);
      workers.close();
      facts.close();
      opened.closeTrees(timeout);
    } finally {
      opened.closeLog();
    }
    queue.raise();
  }
}
