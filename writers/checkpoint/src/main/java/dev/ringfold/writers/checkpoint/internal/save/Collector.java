// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.internal.save;

import dev.ringfold.RingfoldException;
import dev.ringfold.blob.BlobId;
import dev.ringfold.blob.BlobNotFoundException;
import dev.ringfold.blob.BlobRef;
import dev.ringfold.blob.BlobSet;
import dev.ringfold.blob.BlobStore;
import dev.ringfold.internal.io.FaultPoint;
import dev.ringfold.writers.checkpoint.ChecksumMismatchException;
import dev.ringfold.writers.checkpoint.format.FormatException;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Frees the space of what was given up: exactly the blobs that the manifests of expired checkpoints
 * and removed states name, and those of saves that died, less those that something else names.
 *
 * <p>What may go is written down first, so that a crash on the way only puts it off, and what
 * cannot go yet stays written down: a small blob shares its file with others, and goes with the
 * last of them or when most of them are gone. Thread-safe.
 */
public final class Collector {
  /** What the labels of blob sets begin with whose blobs only checkpoints and states name. */
  public static final String SET_LABEL = "checkpoint:";

  private static final String COLLECTED = "checkpoint.collected";
  private static final Logger LOG = LoggerFactory.getLogger(Collector.class);

  private final BlobStore blobs;
  private final Registry registry;
  private final LiveBlobs live;
  private String blocked = "";
  private String problem = "";
  private Predicate<BlobId> needed = id -> true;

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

  /**
   * Ends the set of a save that failed: what it put is debris, unless it was there before. When it
   * is not known whether an event names its blobs, the set stays open and keeps them from everybody
   * until the process ends; the next open then knows.
   */
  public synchronized void abandon(BlobSet set) {
    if (!blocked.isEmpty()) {
      return;
    }
    List<BlobRef> refs = set.refs();
    // An interrupted thread closes the files it touches.
    boolean interrupted = Thread.interrupted();
    attempt(() -> giveUp(refs));
    attempt(set::close);
    attempt(this::collect);
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private static void attempt(Runnable step) {
    try {
      step.run();
    } catch (RingfoldException | IllegalStateException e) {
      LOG.warn("The space of a save that failed may only be freed by the next open", e);
    }
  }

  private void giveUp(List<BlobRef> refs) {
    synchronized (blobs) {
      Set<BlobId> candidates = new HashSet<>(blobs.abandoned(SET_LABEL));
      refs.forEach(ref -> candidates.add(ref.id()));
      blobs.abandon(SET_LABEL, candidates);
    }
  }

  /** Why nothing was collected the last time, or empty. */
  public synchronized String problem() {
    return blocked.isEmpty() ? problem : blocked;
  }

  /**
   * Collects what was given up, when that is possible now; otherwise {@link #problem} says why not.
   *
   * @return bytes that were freed
   */
  public synchronized long collect() {
    if (!blocked.isEmpty()) {
      return 0;
    }
    try {
      long freed;
      synchronized (blobs) { // The list of candidates is the store's, whoever else collects.
        freed = collectGivenUp();
      }
      problem = "";
      return freed;
    } catch (RingfoldException e) {
      String message = String.valueOf(e.getMessage());
      if (!message.equals(problem)) {
        LOG.warn("The space of given up checkpoints in {} is not freed", blobs.store(), e);
      }
      problem = message;
      return 0;
    }
  }

  private long collectGivenUp() {
    registry.catchUp();
    Map<Long, BlobRef> givenUp = registry.givenUp();
    Set<BlobId> known = blobs.abandoned(SET_LABEL);
    Set<BlobId> candidates = new HashSet<>(known);
    givenUp.forEach((sequence, manifest) -> addNamed(sequence, manifest, candidates));
    long freed = 0;
    if (!candidates.isEmpty()) {
      if (!candidates.equals(known)) {
        blobs.abandon(SET_LABEL, candidates);
      }
      freed = blobs.gc(this::findNeeded, candidates).bytesFreed();
      FaultPoint.hit(COLLECTED);
      Set<BlobId> left = new HashSet<>(candidates);
      left.removeIf(id -> !blobs.contains(id) || needed.test(id));
      if (!left.equals(candidates)) {
        blobs.abandon(SET_LABEL, left);
      }
    }
    givenUp.keySet().forEach(registry::collected);
    return freed;
  }

  private Predicate<BlobId> findNeeded() {
    needed = live.references();
    return needed;
  }

  /** Without its manifest there is nothing left of it that is not written down already. */
  private void addNamed(long sequence, BlobRef manifest, Set<BlobId> candidates) {
    if (!blobs.contains(manifest.id())) {
      return;
    }
    try {
      Manifests.read(blobs, manifest).blobs().forEach(ref -> candidates.add(ref.id()));
      candidates.add(manifest.id());
    } catch (BlobNotFoundException gone) {
      LOG.debug("The manifest of {} was collected meanwhile", sequence, gone);
    } catch (ChecksumMismatchException | FormatException e) {
      LOG.warn("What the given up checkpoint or state {} named stays in the store", sequence, e);
    }
  }
}
