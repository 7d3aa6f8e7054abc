// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.internal.tree;

import dev.ringfold.AckLevel;
import dev.ringfold.EventLog;
import dev.ringfold.Producer;
import dev.ringfold.blob.BlobLimits;
import dev.ringfold.blob.BlobRef;
import dev.ringfold.blob.BlobSet;
import dev.ringfold.blob.BlobStore;
import dev.ringfold.event.CheckpointCommitted;
import dev.ringfold.event.CheckpointExpired;
import dev.ringfold.event.CheckpointLabelled;
import dev.ringfold.event.CheckpointPinned;
import dev.ringfold.event.Event;
import dev.ringfold.internal.io.StoreSecurity;
import dev.ringfold.projections.Projection;
import dev.ringfold.projections.testkit.ProjectionContract;
import dev.ringfold.writers.checkpoint.ChunkCodec;
import dev.ringfold.writers.checkpoint.format.ZarrVersion;
import dev.ringfold.writers.checkpoint.internal.chunk.ChunkWriter;
import dev.ringfold.writers.checkpoint.internal.chunk.Manifest;
import dev.ringfold.writers.checkpoint.internal.chunk.StoredTensor;
import dev.ringfold.writers.checkpoint.tensor.Tensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;

/** What every projection has to keep, kept by the checkpoints' trees. */
@Tag("smoke")
class CheckpointTreesContractTest extends ProjectionContract {
  /** Above the length from which chunks are linked. */
  private static final int FLOATS = 20_000;

  private BlobStore blobs;

  /** The stores of these tests have their blobs in common. */
  private BlobStore blobs() {
    if (blobs == null) {
      Path store = directory.resolve("blobs-of-all");
      StoreSecurity.createDirectory(store);
      blobs = BlobStore.open(store, () -> 0L, BlobLimits.defaults());
    }
    return blobs;
  }

  @AfterEach
  final void closeBlobs() {
    blobs.close();
  }

  @Override
  protected Projection projection() {
    return new CheckpointTrees(blobs(), ZarrVersion.V2);
  }

  @Override
  protected int maxCrashes() {
    return 10;
  }

  @Override
  protected void publish(EventLog log, int part) {
    try (Producer producer = log.producer("test")) {
      List<Long> sequences = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        String label = i == 1 ? "best" : "";
        Event fact = checkpoint(part * 10L + i, label, "{\"loss\":0." + i + ",\"part\":1}");
        sequences.add(append(log, producer, "run-" + part, fact));
      }
      append(log, producer, "run-" + part, new CheckpointPinned(sequences.get(0), true, "paper"));
      append(log, producer, "run-" + part, new CheckpointExpired(sequences.get(1), "keepLast"));
      append(log, producer, "run-" + part, new CheckpointLabelled(sequences.get(0), "best"));
      append(log, producer, "run-" + part, new CheckpointPinned(9_999, true, "is not there"));
    }
  }

  private static long append(EventLog log, Producer producer, String run, Event event) {
    return producer.appendAndAwait(log.stream(run), event, AckLevel.JOURNAL).firstSequence();
  }

  private CheckpointCommitted checkpoint(long epoch, String label, String metadata) {
    float[] weights = new float[FLOATS];
    for (int i = 0; i < FLOATS; i++) {
      weights[i] = (float) Math.sin(epoch * 100 + i);
    }
    try (BlobSet set = blobs().begin("epoch " + epoch);
        ChunkWriter writer = new ChunkWriter()) {
      List<StoredTensor> stored = new ArrayList<>();
      Tensor large = Tensor.of(weights, FLOATS / 100, 100);
      Tensor small = Tensor.of(new long[] {epoch});
      stored.add(writer.write(set, "model_state", "fc.weight", large, ChunkCodec.DEFAULT));
      stored.add(writer.write(set, "model_state", "block/frozen", small, ChunkCodec.RAW));
      Manifest manifest = Manifest.of(metadata, stored);
      BlobRef ref = set.put(manifest.encode());
      set.force();
      set.release();
      return new CheckpointCommitted(
          epoch,
          manifest.rawBytes(),
          manifest.storedBytes(),
          manifest.storedBytes(),
          2,
          ref,
          label,
          metadata);
    }
  }

  @Override
  protected long publishPoison(EventLog log) {
    try (Producer producer = log.producer("poison")) {
      return append(log, producer, "poisoned", checkpoint(77, "best", "[\"no object\"]"));
    }
  }
}
