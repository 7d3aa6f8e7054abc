// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.internal.save;

import dev.ringfold.RingfoldException;
import dev.ringfold.blob.BlobId;
import dev.ringfold.blob.BlobNotFoundException;
import dev.ringfold.blob.BlobRef;
import dev.ringfold.blob.BlobStore;
import dev.ringfold.internal.io.FaultPoint;
import dev.ringfold.writers.checkpoint.ChecksumMismatchException;
import dev.ringfold.writers.checkpoint.format.FormatException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Frees the space of what was given up: exactly the blobs that the manifests of expired checkpoints
 * and removed states name, less those that something else names. A manifest goes last, when nothing
 * of what it names is left to collect, so that a crash on the way only puts it off. Thread-safe.
 */
public final class Collector {
  /** What the labels of blob sets begin with whose blobs only checkpoints and states name. */
  public static final String SET_LABEL = "checkpoint:";

  private static final String COLLECTED = "checkpoint.collected";
  private static final Logger LOG = LoggerFactory.getLogger(Collector.class);

  private final BlobStore blobs;
  private final Registry registry;
  private final LiveBlobs live;
  private final Map<Long, Set<BlobId>> waiting = new HashMap<>();
  private String blocked = "";
  private String problem = "";
  private Predicate<BlobId> needed = id -> true;
  private long freed;

  /**
   * @param blobs where the blobs are
   * @param registry says what was given up, and what was not
   */
  public Collector(BlobStore blobs, Registry registry) {
    this.blobs = blobs;
    this.registry = registry;
    this.live = new LiveBlobs(blobs, registry);
  }

  /** Collects nothing until the store is opened again: it is not known what an event names. */
  public synchronized void block(String reason) {
    blocked = reason;
  }

  /** Why nothing was collected the last time, or empty. */
  public synchronized String problem() {
    return blocked.isEmpty() ? problem : blocked;
  }

  /** Collects what a save that died left behind, when that is possible now. */
  public synchronized void collectAbandoned() {
    attempt(
        () -> {
          Set<BlobId> left = blobs.abandoned(SET_LABEL);
          if (!left.isEmpty()) {
            collect(left);
            if (left.stream().noneMatch(this::isLeft)) {
              blobs.collectAbandoned(SET_LABEL, live::references);
            }
          }
        });
  }

  /**
   * Collects what was given up, when that is possible now.
   *
   * @return bytes that were freed
   */
  public synchronized long collect() {
    long[] freed = new long[1];
    attempt(() -> freed[0] = collectGivenUp());
    return freed[0];
  }

  private interface Step {
    void run();
  }

  private void attempt(Step step) {
    if (!blocked.isEmpty()) {
      return;
    }
    try {
      step.run();
      problem = "";
    } catch (RingfoldException e) {
      problem = String.valueOf(e.getMessage());
      LOG.warn("The space of given up checkpoints in {} is not freed", blobs.store(), e);
    }
  }

  private long collectGivenUp() {
    registry.catchUp();
    readManifests();
    if (waiting.isEmpty()) {
      return 0;
    }
    long before = freed;
    Set<BlobId> all = new HashSet<>();
    waiting.values().forEach(all::addAll);
    collect(all);
    Set<BlobId> manifests = new HashSet<>();
    Map<Long, BlobRef> givenUp = registry.givenUp();
    for (Long sequence : Set.copyOf(waiting.keySet())) {
      Set<BlobId> ids = waiting.getOrDefault(sequence, Set.of());
      BlobRef manifest = givenUp.get(sequence);
      if (manifest == null || ids.stream().noneMatch(this::isLeft)) {
        waiting.remove(sequence);
        registry.collected(sequence);
        if (manifest != null) {
          manifests.add(manifest.id());
        }
      }
    }
    collect(manifests);
    FaultPoint.hit(COLLECTED);
    return freed - before;
  }

  /** Deletes those of the blobs that nothing needs. */
  private void collect(Set<BlobId> candidates) {
    freed += blobs.gc(this::findNeeded, candidates).bytesFreed();
  }

  private Predicate<BlobId> findNeeded() {
    needed = live.references();
    return needed;
  }

  private boolean isLeft(BlobId id) {
    return blobs.contains(id) && !needed.test(id);
  }

  /** What they name, as long as they are there; without a manifest there is nothing left. */
  private void readManifests() {
    registry
        .givenUp()
        .forEach(
            (sequence, manifest) -> {
              if (!waiting.containsKey(sequence)) {
                read(sequence, manifest);
              }
            });
  }

  private void read(long sequence, BlobRef manifest) {
    if (!blobs.contains(manifest.id())) {
      registry.collected(sequence);
      return;
    }
    try {
      Set<BlobId> ids = new HashSet<>();
      Manifests.read(blobs, manifest).blobs().forEach(ref -> ids.add(ref.id()));
      waiting.put(sequence, ids);
    } catch (BlobNotFoundException gone) {
      registry.collected(sequence);
    } catch (ChecksumMismatchException | FormatException e) {
      LOG.warn("What the given up checkpoint or state {} named stays in the store", sequence, e);
      registry.collected(sequence);
    }
  }
}
