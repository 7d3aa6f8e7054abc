// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.internal.ring;

import dev.ringfold.CorruptJournalException;
import dev.ringfold.LogConfig;
import dev.ringfold.LogOption;
import dev.ringfold.StoreAccessException;
import dev.ringfold.StoreNotFoundException;
import dev.ringfold.event.EventTypes;
import dev.ringfold.internal.io.CounterFile;
import dev.ringfold.internal.io.DiskSpace;
import dev.ringfold.internal.io.JvmFlags;
import dev.ringfold.internal.io.NamedTextFiles;
import dev.ringfold.internal.io.StoreLock;
import dev.ringfold.internal.io.StoreSecurity;
import dev.ringfold.internal.journal.DirectReread;
import dev.ringfold.internal.journal.Manifest;
import dev.ringfold.internal.journal.ManifestFile;
import dev.ringfold.internal.journal.ManifestStore;
import dev.ringfold.internal.journal.RetiredSegments;
import dev.ringfold.internal.journal.SchemaHistory;
import dev.ringfold.internal.journal.SegmentEntry;
import dev.ringfold.internal.journal.SegmentFiles;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The way from a directory to a running engine: JVM flags, directory checks, lock, manifest,
 * counters, then recovery. Whatever fails leaves the lock free and the store as it was.
 */
public final class StoreOpening {
  private static final Duration LOCK_TIMEOUT = Duration.ofMillis(500);

  /** A temporary file of another process that is older than this has no process any more. */
  private static final Duration ABANDONED_AFTER = Duration.ofHours(1);

  private final Path directory;
  private final LogConfig config;
  private final EventTypes types;
  private final Clock clock;
  private final @Nullable LongSupplier usableBytes;
  private final boolean createIfMissing;
  private @Nullable StoreLock lock;

  public StoreOpening(
      Path directory,
      LogConfig config,
      EventTypes types,
      Clock clock,
      @Nullable LongSupplier usableBytes,
      boolean createIfMissing) {
    this.directory = directory.toAbsolutePath().normalize();
    this.config = config;
    this.types = types;
    this.clock = clock;
    this.usableBytes = usableBytes;
    this.createIfMissing = createIfMissing;
  }

  /** Opens; afterwards {@link #lock()} is held. */
  public LogEngine open() {
    JvmFlags.quietChronicle();
    JvmFlags.require();
    if (!createIfMissing && !ManifestFile.exists(directory)) {
      throw new StoreNotFoundException(
          "There is no store at "
              + directory
              + ". Create it with `ringfold init "
              + directory
              + "`.");
    }
    StoreSecurity.prepareStoreDirectory(directory);
    StoreLock held = StoreLock.acquire(directory, LOCK_TIMEOUT);
    lock = held;
    try {
      return openLocked();
    } catch (RuntimeException | Error e) {
      held.close();
      throw e;
    }
  }

  private LogEngine openLocked() {
    for (String name : new String[] {"journal", "_tmp", "positions", "holds", "leases"}) {
      StoreSecurity.ensureDirectory(directory.resolve(name));
    }
    sweepTemporary();
    ManifestStore manifests = new ManifestStore(directory, readManifest());
    SchemaHistory.apply(directory, types, manifests.current().session() + 1);
    RetiredSegments.deleteBelowFloor(directory, manifests.current());
    CounterFile counters = CounterFile.open(directory, manifests.current().storeIdBytes());
    rereadAfterFailure(manifests.current(), counters);
    DiskSpace space =
        usableBytes == null ? DiskSpace.of(directory) : DiskSpace.supplied(usableBytes);
    LogEngine engine =
        new LogEngine(directory, config, manifests, counters, clock, space, totalBytes());
    counters.clearFailed();
    return engine;
  }

  private Manifest readManifest() {
    if (ManifestFile.exists(directory)) {
      return ManifestFile.read(directory);
    }
    long[] segments = SegmentFiles.present(directory);
    if (segments.length > 0) {
      throw new CorruptJournalException(
          ManifestFile.path(directory),
          -1,
          0,
          "the manifest is missing, but " + segments.length + " segments are there",
          "Run `ringfold repair " + directory + "` to make it again from the segments");
    }
    Manifest manifest = Manifest.create(Manifest.randomStoreId());
    ManifestFile.write(directory, manifest);
    return manifest;
  }

  private void rereadAfterFailure(Manifest manifest, CounterFile counters) {
    String reason = counters.failedReason();
    if ((reason == null && manifest.state() != Manifest.State.FAILED)
        || config.value(LogOption.ACCEPT_UNVERIFIED) != 0) {
      return;
    }
    long lastSealed = 0;
    for (SegmentEntry entry : manifest.segments()) {
      lastSealed = entry.sealed() ? entry.number() : lastSealed;
    }
    for (long number : SegmentFiles.present(directory)) {
      SegmentEntry entry = manifest.segment(number);
      // Recovery reads also what is behind the last sealed one and not in the manifest yet.
      boolean open = entry == null ? number > lastSealed : !entry.sealed();
      Path file = SegmentFiles.queueFile(directory, number);
      if (open && Files.exists(file)) {
        DirectReread.replace(file, directory.resolve(ManifestFile.TEMPORARY_DIRECTORY));
      }
    }
  }

  private void sweepTemporary() {
    try (DirectoryStream<Path> left =
        Files.newDirectoryStream(directory.resolve(ManifestFile.TEMPORARY_DIRECTORY))) {
      for (Path file : left) {
        Files.deleteIfExists(file);
      }
      FileTime before = FileTime.from(clock.instant().minus(ABANDONED_AFTER));
      for (String name : new String[] {"positions", "holds", "leases"}) {
        NamedTextFiles.sweepTemporary(directory.resolve(name), before);
      }
    } catch (IOException e) {
      throw new StoreAccessException("Cannot empty the temporary directory of " + directory, e);
    }
  }

  private long totalBytes() {
    try {
      return Files.getFileStore(directory).getTotalSpace();
    } catch (IOException e) {
      throw new StoreAccessException("Cannot read the size of the disk of " + directory, e);
    }
  }

  /** The lock, after {@link #open()}. */
  public StoreLock lock() {
    return java.util.Objects.requireNonNull(lock, "not open");
  }
}
