// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.examples.bench.checkpoints;

import dev.ringfold.EventLog;
import dev.ringfold.EventLogReader;
import dev.ringfold.writers.checkpoint.CheckpointReader;
import dev.ringfold.writers.checkpoint.CheckpointSummary;
import dev.ringfold.writers.checkpoint.Checkpoints;
import dev.ringfold.writers.checkpoint.tensor.Tensor;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Ours, with the defaults: zstd 3, two workers, Zarr trees. */
public final class RingfoldCheckpoints implements CheckpointPeer {
  private final Path store;
  private final Checkpoints checkpoints;
  private @Nullable EventLogReader log;
  private @Nullable CheckpointReader reader;

  /** Opens a new store. */
  public RingfoldCheckpoints(Path directory) {
    store = directory.resolve("store");
    checkpoints = Checkpoints.builder(store).log(log -> log.environment(Map.of())).open();
  }

  /** For savings that are not the usual ones. */
  public Checkpoints checkpoints() {
    return checkpoints;
  }

  @Override
  public CompletableFuture<Long> save(int epoch, Weights weights) {
    return checkpoints
        .save(epoch, weights.tensors(), Map.of(), Map.of("epoch", epoch))
        .committed()
        .thenApply(CheckpointSummary::storedBytes);
  }

  @Override
  public void reopen() {
    checkpoints.close();
    EventLogReader opened = EventLog.openReadOnly(store);
    log = opened;
    reader = CheckpointReader.open(opened);
  }

  @Override
  public Map<String, Tensor> load(int epoch) {
    return Objects.requireNonNull(reader, "reopen comes first").load(epoch).modelState();
  }

  @Override
  public void close() {
    checkpoints.close();
    if (reader != null) {
      reader.close();
    }
    if (log != null) {
      log.close();
    }
  }
}
