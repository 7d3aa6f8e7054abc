// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.internal.journal;

import dev.ringfold.StoreAccessException;
import dev.ringfold.StoreNotFoundException;
import dev.ringfold.internal.io.FileFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Clock;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A store known only by its files: for reading while another process may write. Reads the manifest
 * again when its file was replaced. Any thread. Opens nothing for writing and never touches LOCK.
 */
public final class StoreFileSource implements JournalSource {
  private final Path store;
  private final SegmentIndexCache indexes;
  private final AtomicBoolean warned = new AtomicBoolean();
  private volatile Known known;

  private record Known(Manifest manifest, Stamp stamp) {}

  private record Stamp(long length, long modifiedNanos, @Nullable Object fileKey) {}

  private StoreFileSource(Path store, Known known) {
    this.store = store;
    this.known = known;
    this.indexes = new SegmentIndexCache(store, known.manifest());
  }

  /**
   * Opens a store by its manifest.
   *
   * @throws StoreNotFoundException when there is none
   * @throws dev.ringfold.CorruptJournalException when its manifest is damaged
   */
  public static StoreFileSource open(Path store) {
    Stamp stamp = ManifestFile.exists(store) ? stamp(store) : new Stamp(0, 0, null);
    return new StoreFileSource(store, new Known(ManifestFile.read(store), stamp));
  }

  @Override
  public Path store() {
    return store;
  }

  @Override
  public Manifest manifest() {
    Known current = known;
    Stamp stamp = stamp(store);
    if (!stamp.equals(current.stamp())) {
      // The stamp is older than what is read, so a replacement in between is seen next time.
      Manifest manifest = ManifestFile.read(store);
      if (!manifest.storeId().equals(current.manifest().storeId())) {
        throw new StoreAccessException(
            "The store at "
                + store
                + " was replaced: expected store id "
                + current.manifest().storeId()
                + " but found "
                + manifest.storeId()
                + ". Open it again.");
      }
      current = new Known(manifest, stamp);
      known = current;
    }
    return current.manifest();
  }

  @Override
  public long writtenSequence() {
    return -1;
  }

  @Override
  public long writtenOffset(long segment) {
    return UNKNOWN_OFFSET;
  }

  @Override
  public ReadLease lease() {
    return new LeaseFile(store, Clock.systemUTC(), warned);
  }

  @Override
  public @Nullable SegmentIndex index(SegmentEntry entry) {
    return indexes.index(entry);
  }

  private static Stamp stamp(Path store) {
    Path file = ManifestFile.path(store);
    try {
      BasicFileAttributes attributes =
          Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
      return new Stamp(
          attributes.size(),
          attributes.lastModifiedTime().to(TimeUnit.NANOSECONDS),
          attributes.fileKey());
    } catch (IOException e) {
      throw FileFailure.of("cannot look at", file, e);
    }
  }
}
