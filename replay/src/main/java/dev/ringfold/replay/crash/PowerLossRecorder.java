// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.crash;

import dev.ringfold.internal.journal.ManifestFile;
import dev.ringfold.internal.journal.SegmentFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Looks over the shoulder of a running log and keeps two images of it: what the disk must hold
 * after the chosen force, and everything that was written when the power goes, which is before the
 * next force is over. Between the two lies all that a disk may hold.
 *
 * <p>Installed as the hook of the fault points, so it is called in the log's own threads; the lock
 * makes them take turns. What a force covers is taken before it begins.
 */
final class PowerLossRecorder implements Consumer<String> {
  private final Path store;
  private final int chosenForce;
  private final String cutPoint;
  private final long holdNanos;
  private final long firstSegment;
  private final CountDownLatch done = new CountDownLatch(1);

  private final Map<Long, FileImage> forced = new HashMap<>();
  private final Set<Long> durableFolders = new HashSet<>();
  private final Set<Long> durableCompanions = new HashSet<>();
  private FileImage durableManifest;
  private FileImage latestManifest;
  private @Nullable StoreImage image;
  private int forces;
  private int rolls;
  private int seals;

  /**
   * @param chosenForce the power goes while the force after this one is under way
   * @param cutPoint the fault point at which it goes, if that force comes to it
   * @param holdNanos how long the other threads may go on before it goes
   * @param firstSegment the segment that is written now
   */
  PowerLossRecorder(
      Path store, int chosenForce, String cutPoint, long holdNanos, long firstSegment) {
    this.store = store;
    this.chosenForce = chosenForce;
    this.cutPoint = cutPoint;
    this.holdNanos = holdNanos;
    this.firstSegment = firstSegment;
    this.durableManifest = manifest();
    this.latestManifest = durableManifest;
    for (long number : SegmentFiles.present(store)) {
      if (number <= firstSegment) {
        durableFolders.add(number);
      }
      if (number < firstSegment) {
        durableCompanions.add(number);
      }
    }
  }

  @Override
  public void accept(String point) {
    if (isDone()) {
      return;
    }
    boolean cut;
    synchronized (this) {
      cut = note(point);
    }
    if (cut) {
      LockSupport.parkNanos(holdNanos);
      synchronized (this) {
        if (!isDone()) {
          image = takeLatest();
          done.countDown();
        }
      }
    }
  }

  /** Keeps up with what is durable; true when the power goes here. */
  private boolean note(String point) {
    switch (point) {
      case "journal.force.before" -> {
        forces++;
        if (forces == chosenForce) {
          takeForced();
        }
      }
      case "roll.oldForced" -> snapshot(firstSegment + rolls);
      case "roll.newForced" -> {
        rolls++;
        durableFolders.add(firstSegment + rolls);
        snapshot(firstSegment + rolls);
      }
      case "roll.manifestWritten" -> durableManifest = latestManifest;
      case "manifest.tmpWritten" -> durableManifest = latestManifest;
      case "manifest.renamed" -> latestManifest = manifest();
      case "seal.beforeTruncate" -> seals++;
      case "seal.beforeIndex" -> snapshot(firstSegment + seals - 1);
      case "seal.afterIndex" -> durableCompanions.add(firstSegment + seals - 1);
      default -> {}
    }
    boolean due = forces > chosenForce;
    return due && (point.equals(cutPoint) || point.equals("journal.force.after"));
  }

  private void takeForced() {
    for (long number : SegmentFiles.present(store)) {
      if (durableFolders.contains(number)) {
        snapshot(number);
      }
    }
  }

  private void snapshot(long segment) {
    if (forces < chosenForce) {
      return; // Nothing of this is used: the chosen force takes everything anew.
    }
    FileImage now = FileImage.of(SegmentFiles.queueFile(store, segment));
    if (now != null) {
      forced.put(segment, now);
    }
  }

  private FileImage manifest() {
    FileImage now = FileImage.of(ManifestFile.path(store));
    if (now == null) {
      throw new IllegalStateException("there is no manifest in " + store);
    }
    return now;
  }

  private StoreImage takeLatest() {
    TreeMap<Long, StoreImage.Segment> segments = new TreeMap<>();
    for (long number : SegmentFiles.present(store)) {
      FileImage queue = FileImage.of(SegmentFiles.queueFile(store, number));
      segments.put(
          number,
          new StoreImage.Segment(
              forced.get(number),
              queue,
              companions(number),
              durableFolders.contains(number),
              durableCompanions.contains(number)));
    }
    return new StoreImage(segments, durableManifest, latestManifest);
  }

  private Map<String, FileImage> companions(long segment) {
    Map<String, FileImage> files = new HashMap<>();
    try (DirectoryStream<Path> folder =
        Files.newDirectoryStream(SegmentFiles.folder(store, segment))) {
      for (Path file : folder) {
        FileImage now = FileImage.of(file);
        String name = file.getFileName().toString();
        if (now != null && !name.equals(SegmentFiles.QUEUE_FILE)) {
          files.put(name, now);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot list segment " + segment, e);
    }
    return files;
  }

  /** Whether the power has gone. */
  boolean isDone() {
    return done.getCount() == 0;
  }

  /** Both images, once {@link #isDone()}. */
  synchronized StoreImage image() {
    StoreImage taken = image;
    if (taken == null) {
      throw new IllegalStateException("the power has not gone yet; forces so far: " + forces);
    }
    return taken;
  }
}
