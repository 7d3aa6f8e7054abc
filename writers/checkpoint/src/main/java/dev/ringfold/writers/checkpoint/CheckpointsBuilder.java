// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint;

import dev.ringfold.EventLog;
import dev.ringfold.EventLogBuilder;
import dev.ringfold.RingfoldException;
import dev.ringfold.event.StreamKey;
import dev.ringfold.projections.ProjectionRuntime;
import dev.ringfold.writers.checkpoint.format.ZarrVersion;
import dev.ringfold.writers.checkpoint.internal.chunk.ChunkWorkers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Says how to open the checkpoints of a store. Not thread-safe. */
public final class CheckpointsBuilder {
  /** How many of a run's newest checkpoints stay unless somebody says otherwise. */
  public static final int DEFAULT_KEEP_LAST = 5;

  /** How long {@link Checkpoints#close()} waits for saves. */
  public static final Duration DEFAULT_CLOSE_TIMEOUT = Duration.ofSeconds(60);

  /** Most bytes of buffers that are kept for the next capture: 512 MiB. */
  public static final long DEFAULT_CAPTURE_BYTES = 512L << 20;

  /** Most checkpoints that {@link #keepLast} may keep. */
  public static final int MAX_KEEP_LAST = 65_536;

  private final Path store;
  private final @Nullable EventLog openLog;
  private Consumer<EventLogBuilder> logOptions = builder -> {};
  private int keepLast = DEFAULT_KEEP_LAST;
  private ChunkCodec codec = ChunkCodec.DEFAULT;
  private @Nullable String run;
  private boolean trees = true;
  private ZarrVersion zarr = ZarrVersion.V2;
  private int workers = ChunkWorkers.DEFAULT_THREADS;
  private long captureBytes = DEFAULT_CAPTURE_BYTES;
  private Duration closeTimeout = DEFAULT_CLOSE_TIMEOUT;

  CheckpointsBuilder(Path store, @Nullable EventLog openLog) {
    this.store = store;
    this.openLog = openLog;
  }

  /**
   * How many of a run's newest checkpoints stay, besides those that are pinned or have a label.
   *
   * @param count 1 to {@link #MAX_KEEP_LAST}
   */
  public CheckpointsBuilder keepLast(int count) {
    if (count < 1 || count > MAX_KEEP_LAST) {
      throw new IllegalArgumentException(
          "keepLast must be 1 to " + MAX_KEEP_LAST + " but was " + count + "; see keepAll");
    }
    keepLast = count;
    return this;
  }

  /** Gives no checkpoint up that is not removed. */
  public CheckpointsBuilder keepAll() {
    keepLast = 0;
    return this;
  }

  /** How tensors are stored for which a save says nothing else; zstd at level 3 by default. */
  public CheckpointsBuilder codec(ChunkCodec all) {
    codec = Objects.requireNonNull(all, "all");
    return this;
  }

  /**
   * The run that is saved to, {@link Checkpoints#DEFAULT_RUN} by default, and the one whose epochs
   * are loaded; without it, those of all runs.
   */
  public CheckpointsBuilder run(String id) {
    run = StreamKey.of(id).name();
    return this;
  }

  /**
   * Whether every checkpoint becomes a Zarr tree that other programs read; true by default. Has no
   * meaning for a log that is open already: its projections are its owner's.
   */
  public CheckpointsBuilder trees(boolean write) {
    trees = write;
    return this;
  }

  /** Which version of Zarr the trees follow; version 2 by default. */
  public CheckpointsBuilder zarr(ZarrVersion version) {
    zarr = Objects.requireNonNull(version, "version");
    return this;
  }

  /** How many threads hash and compress; 2 by default. */
  public CheckpointsBuilder workers(int threads) {
    if (threads < 1 || threads > ChunkWorkers.MAX_THREADS) {
      throw new IllegalArgumentException(
          "workers must be 1 to " + ChunkWorkers.MAX_THREADS + " but was " + threads);
    }
    workers = threads;
    return this;
  }

  /** Most bytes outside the heap that are kept for the next capture; 512 MiB by default. */
  public CheckpointsBuilder captureBytes(long bytes) {
    if (bytes < 0) {
      throw new IllegalArgumentException("captureBytes must be >= 0 but was " + bytes);
    }
    captureBytes = bytes;
    return this;
  }

  /** How long {@link Checkpoints#close()} waits for saves and trees; 60 seconds by default. */
  public CheckpointsBuilder closeTimeout(Duration timeout) {
    if (timeout.isNegative()) {
      throw new IllegalArgumentException("timeout must not be negative but was " + timeout);
    }
    closeTimeout = timeout;
    return this;
  }

  /** Sets options of the log. Has no meaning for a log that is open already. */
  public CheckpointsBuilder log(Consumer<EventLogBuilder> options) {
    logOptions = logOptions.andThen(options);
    return this;
  }

  /**
   * Opens the store, creating it if there is none, and collects what a crashed save left in it.
   *
   * @throws RingfoldException when it cannot be opened, or its checkpoints are open already; the
   *     message says why
   */
  public Checkpoints open() {
    if (openLog != null) {
      return new Checkpoints(this, openLog, null, false);
    }
    EventLogBuilder builder = EventLog.builder(store);
    logOptions.accept(builder);
    EventLog log = builder.build();
    ProjectionRuntime runtime = null;
    try {
      runtime = startTrees(log);
      return new Checkpoints(this, log, runtime, true);
    } catch (RuntimeException | Error e) {
      if (runtime != null) {
        runtime.close();
      }
      log.close();
      throw e;
    }
  }

  private @Nullable ProjectionRuntime startTrees(EventLog log) {
    return trees
        ? ProjectionRuntime.builder(log).add(() -> Checkpoints.trees(log.blobs(), zarr)).start()
        : null;
  }

  int keepLast() {
    return keepLast;
  }

  ChunkCodec codec() {
    return codec;
  }

  @Nullable String run() {
    return run;
  }

  boolean isTreesWritten() {
    return trees;
  }

  ZarrVersion zarr() {
    return zarr;
  }

  int workers() {
    return workers;
  }

  long captureBytes() {
    return captureBytes;
  }

  Duration closeTimeout() {
    return closeTimeout;
  }
}
