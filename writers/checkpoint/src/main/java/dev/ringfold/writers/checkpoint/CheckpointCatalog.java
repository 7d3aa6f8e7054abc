// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint;

import dev.ringfold.RingfoldException;
import dev.ringfold.blob.BlobNotFoundException;
import dev.ringfold.blob.BlobStore;
import dev.ringfold.writers.checkpoint.internal.chunk.ChunkReader;
import dev.ringfold.writers.checkpoint.internal.chunk.ChunkWorkers;
import dev.ringfold.writers.checkpoint.internal.chunk.Manifest;
import dev.ringfold.writers.checkpoint.internal.save.Manifests;
import dev.ringfold.writers.checkpoint.internal.save.Registry;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds checkpoints and opens them. Thread-safe. */
final class CheckpointCatalog {
  /** Epochs that a message names. */
  private static final int NEAREST = 5;

  private static final Logger LOG = LoggerFactory.getLogger(CheckpointCatalog.class);

  private final Registry registry;
  private final @Nullable Registry later;
  private final BlobStore blobs;
  private final ChunkReader reader;
  private final @Nullable String run;

  /**
   * @param run whose epochs are meant, or null for those of all runs
   */
  CheckpointCatalog(
      Registry registry, BlobStore blobs, ChunkWorkers workers, @Nullable String run) {
    this(registry, null, blobs, workers, run);
  }

  /**
   * @param registry what there is, perhaps as it was in the past
   * @param later knows why something of the past is gone; null when {@code registry} does
   */
  CheckpointCatalog(
      Registry registry,
      @Nullable Registry later,
      BlobStore blobs,
      ChunkWorkers workers,
      @Nullable String run) {
    this.registry = registry;
    this.later = later;
    this.blobs = blobs;
    this.reader = new ChunkReader(blobs, workers);
    this.run = run;
  }

  ChunkReader reader() {
    return reader;
  }

  /** All checkpoints of all runs, oldest first. */
  List<CheckpointSummary> list() {
    registry.catchUp();
    return registry.live();
  }

  private List<CheckpointSummary> ofRun() {
    return list().stream().filter(one -> run == null || one.run().equals(run)).toList();
  }

  private static Optional<CheckpointSummary> newest(
      List<CheckpointSummary> from, Predicate<CheckpointSummary> which) {
    return from.stream().filter(which).reduce((older, newer) -> newer);
  }

  Optional<CheckpointSummary> latest() {
    return newest(ofRun(), one -> true);
  }

  Checkpoint loadLatest() {
    return open(latest().orElseThrow(() -> missing("the newest epoch", "", List.of())));
  }

  Checkpoint loadEpoch(long epoch) {
    List<CheckpointSummary> all = ofRun();
    return open(
        newest(all, one -> one.epoch() == epoch)
            .orElseThrow(() -> missing("epoch " + epoch, "", nearest(all, epoch))));
  }

  Checkpoint loadAt(long sequence) {
    Optional<CheckpointSummary> exact = exact(sequence);
    List<CheckpointSummary> all = ofRun();
    return open(
        exact
            .or(() -> newest(all, one -> one.sequence() <= sequence))
            .orElseThrow(
                () ->
                    missing(
                        "sequence " + sequence + " or below",
                        registry.reason(sequence),
                        nearest(all, Long.MIN_VALUE))));
  }

  private Optional<CheckpointSummary> exact(long sequence) {
    registry.catchUp();
    return registry.find(sequence);
  }

  /** The checkpoint of exactly this sequence, of whatever run. */
  CheckpointSummary require(long sequence) {
    return exact(sequence)
        .orElseThrow(
            () ->
                missing(
                    "sequence " + sequence,
                    registry.reason(sequence),
                    nearest(registry.live(), Long.MIN_VALUE)));
  }

  Checkpoint loadLabel(String label) {
    List<CheckpointSummary> all = list();
    return open(
        newest(all, one -> one.label().equals(label))
            .orElseThrow(
                () -> missing("the label '" + label + "'", "", nearest(all, Long.MAX_VALUE))));
  }

  private CheckpointNotFoundException missing(String wanted, String why, List<Long> nearest) {
    return new CheckpointNotFoundException(
        wanted + (run == null ? "" : " of run '" + run + "'"), why, nearest, null);
  }

  private static List<Long> nearest(List<CheckpointSummary> all, long epoch) {
    return all.stream()
        .map(CheckpointSummary::epoch)
        .distinct()
        .sorted(
            Comparator.comparingDouble((Long other) -> Math.abs((double) other - epoch))
                .thenComparing(Comparator.naturalOrder()))
        .limit(NEAREST)
        .toList();
  }

  /** Reads the list of its tensors. */
  Checkpoint open(CheckpointSummary summary) {
    try {
      return new Checkpoint(this, summary, Manifests.read(blobs, summary.manifest()));
    } catch (ChecksumMismatchException e) {
      throw e.withNearestGood(nearestGood(summary, other -> true));
    } catch (BlobNotFoundException e) {
      throw gone(summary, e);
    }
  }

  /** The list of a checkpoint's tensors. */
  Manifest manifest(CheckpointSummary summary) {
    try {
      return Manifests.read(blobs, summary.manifest());
    } catch (BlobNotFoundException e) {
      throw gone(summary, e);
    }
  }

  /** Given up and collected meanwhile, or missing for no good reason. */
  RingfoldException gone(CheckpointSummary summary, BlobNotFoundException cause) {
    Registry knowing = later == null ? registry : later;
    knowing.catchUp();
    String why = knowing.reason(summary.sequence());
    if (why.isEmpty()) {
      return cause;
    }
    return new CheckpointNotFoundException(
        "sequence " + summary.sequence(), why, nearest(registry.live(), summary.epoch()), cause);
  }

  /**
   * The checkpoint nearest to one that is damaged that has what is wanted whole.
   *
   * @param whole whether it has; may throw when it has not
   */
  String nearestGood(CheckpointSummary damaged, Predicate<Manifest> whole) {
    List<CheckpointSummary> others =
        registry.live().stream()
            .filter(one -> one.run().equals(damaged.run()) && one.sequence() != damaged.sequence())
            .sorted(Comparator.comparingLong(one -> Math.abs(one.sequence() - damaged.sequence())))
            .limit(NEAREST)
            .toList();
    for (CheckpointSummary other : others) {
      try {
        if (whole.test(Manifests.read(blobs, other.manifest()))) {
          return "the checkpoint of epoch " + other.epoch() + ", sequence " + other.sequence();
        }
      } catch (RingfoldException alsoDamaged) {
        LOG.debug("{} is no good source", other, alsoDamaged);
      }
    }
    return "";
  }
}
