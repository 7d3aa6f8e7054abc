// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.cli;

import dev.ringfold.LogConfig;
import dev.ringfold.RingfoldException;
import dev.ringfold.internal.io.Posix;
import dev.ringfold.internal.io.StoreSecurity;
import dev.ringfold.internal.journal.DirectReread;
import dev.ringfold.internal.journal.JournalSettings;
import dev.ringfold.internal.journal.Manifest;
import dev.ringfold.internal.journal.ManifestFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * What {@code doctor} looks at where a store is or shall be. It writes one small file beside the
 * store's own and deletes it; a store that is being written is not disturbed.
 */
final class StoreChecks {
  private static final Set<String> VOLATILE_FILE_SYSTEMS = Set.of("tmpfs", "ramfs");
  private static final int PROBE_BYTES = 64 << 10;
  private static final int FORCES = 9;
  private static final Duration SLOW_FORCE = Duration.ofMillis(50);

  private final Path directory;
  private final LogConfig config;
  private final List<Check> checks = new ArrayList<>();

  private StoreChecks(Path directory, LogConfig config) {
    this.directory = directory;
    this.config = config;
  }

  static List<Check> all(Path directory, LogConfig config) {
    StoreChecks work = new StoreChecks(directory.toAbsolutePath().normalize(), config);
    work.run();
    return work.checks;
  }

  private void run() {
    Path existing = nearestExisting(directory);
    boolean isThere = existing.equals(directory);
    try {
      if (isThere) {
        permissions();
      } else {
        checks.add(Check.ok("directory", directory + " is not there; the first open creates it"));
      }
      fileSystem(existing);
      space(existing);
      probe(isThere ? temporary() : existing);
      store();
    } catch (IOException | RingfoldException e) {
      checks.add(Check.bad("access", Failure.of(e).message(), "run as the owner of the directory"));
    }
  }

  private static Path nearestExisting(Path directory) {
    Path path = directory;
    while (Files.notExists(path, LinkOption.NOFOLLOW_LINKS) && path.getParent() != null) {
      path = path.getParent();
    }
    return path;
  }

  private Path temporary() {
    Path temporary = directory.resolve(ManifestFile.TEMPORARY_DIRECTORY);
    return Files.isDirectory(temporary, LinkOption.NOFOLLOW_LINKS) ? temporary : directory;
  }

  private void permissions() {
    try {
      StoreSecurity.checkExisting(directory);
    } catch (RingfoldException e) {
      checks.add(Check.bad("directory", String.valueOf(e.getMessage()), "do what it says"));
      return;
    }
    checks.add(
        Files.isWritable(directory)
            ? Check.ok("directory", directory + " belongs to you alone")
            : Check.warn(
                "directory",
                directory + " cannot be written by you",
                "run as its owner to write; reading works"));
  }

  private void fileSystem(Path existing) {
    String type = StoreSecurity.fileSystemType(existing);
    if (StoreSecurity.isNetworkFileSystem(type)) {
      checks.add(
          Check.bad(
              "file system",
              type + " is a network file system: locks and forces do not hold there",
              "move the store to a local disk and copy backups to the network"));
    } else if (VOLATILE_FILE_SYSTEMS.contains(type)) {
      checks.add(Check.warn("file system", type, "it lives in memory: nothing survives a reboot"));
    } else {
      checks.add(Check.ok("file system", type));
    }
  }

  private void space(Path existing) throws IOException {
    FileStore disk = Files.getFileStore(existing);
    long usable = disk.getUsableSpace();
    JournalSettings settings = JournalSettings.from(config, disk.getTotalSpace());
    String found =
        Quantities.bytes(usable)
            + " usable of "
            + Quantities.bytes(disk.getTotalSpace())
            + "; low below "
            + Quantities.bytes(settings.lowSpaceBytes())
            + ", full below "
            + Quantities.bytes(settings.fullSpaceBytes());
    if (usable < settings.fullSpaceBytes()) {
      checks.add(Check.bad("disk space", found, "free space: nothing is accepted now"));
    } else if (usable < settings.lowSpaceBytes()) {
      checks.add(Check.warn("disk space", found, "free space: LOSSY events are dropped now"));
    } else {
      checks.add(Check.ok("disk space", found));
    }
  }

  private void probe(Path where) throws IOException {
    if (!Files.isWritable(where)) {
      checks.add(
          Check.warn("disk probe", "cannot write in " + where, "run as the owner for this check"));
      return;
    }
    Path file = Files.createTempFile(where, "doctor-", ".probe");
    try {
      preallocation(file);
      force(file);
      directReads(file);
    } finally {
      Files.deleteIfExists(file);
    }
  }

  private void preallocation(Path file) {
    if (!Posix.available()) {
      return;
    }
    int descriptor = Posix.open(file);
    try {
      checks.add(
          Posix.supportsFallocate(descriptor)
              ? Check.ok("preallocation", "fallocate works here")
              : Check.warn(
                  "preallocation",
                  "fallocate does not work here: a full disk is seen by the free-space check alone",
                  "use ext4, xfs or btrfs"));
    } finally {
      Posix.close(descriptor);
    }
  }

  private void force(Path file) throws IOException {
    long[] nanos = new long[FORCES];
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.allocate(PROBE_BYTES), 0);
      channel.force(true);
      for (int i = 0; i < FORCES; i++) {
        channel.write(ByteBuffer.allocate(4096), i * 4096L);
        long begin = System.nanoTime();
        channel.force(false);
        nanos[i] = System.nanoTime() - begin;
      }
    }
    Arrays.sort(nanos);
    Duration median = Duration.ofNanos(nanos[FORCES / 2]);
    String found = Quantities.duration(median) + " for a force of 4 KiB (median of " + FORCES + ")";
    checks.add(
        median.compareTo(SLOW_FORCE) > 0
            ? Check.warn("force", found, "DISK acknowledgements will be slow; use a faster disk")
            : Check.ok("force", found));
  }

  private void directReads(Path file) throws IOException {
    int block = (int) Files.getFileStore(file).getBlockSize();
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.READ, DirectReread.directOption())) {
      channel.read(ByteBuffer.allocateDirect(2 * block).alignedSlice(block).limit(block), 0);
      checks.add(Check.ok("direct reads", "O_DIRECT works here"));
    } catch (IOException | UnsupportedOperationException e) {
      checks.add(
          Check.warn(
              "direct reads",
              "O_DIRECT does not work here",
              "after a failed force the page cache cannot be passed by; reopening then needs"
                  + " accept-unverified"));
    }
  }

  private void store() {
    Manifest manifest;
    try {
      if (!ManifestFile.exists(directory)) {
        checks.add(Check.ok("store", "none here; `ringfold init " + directory + "` creates one"));
        return;
      }
      manifest = ManifestFile.read(directory);
    } catch (RingfoldException e) {
      checks.add(
          Check.bad("store", String.valueOf(e.getMessage()), "run: ringfold verify " + directory));
      return;
    }
    StoreHolder holder = StoreHolder.of(directory);
    String found =
        manifest.storeId()
            + ", session "
            + manifest.session()
            + ", "
            + manifest.segments().size()
            + " segments, written by "
            + holder.toText();
    switch (manifest.state()) {
      case FAILED ->
          checks.add(
              Check.bad("store", found + ", failed", "check the disk (dmesg), then open it again"));
      case OPEN ->
          checks.add(
              holder.status() == StoreHolder.Status.GONE
                      || holder.status() == StoreHolder.Status.NOBODY
                  ? Check.warn("store", found + ", not closed", "the next open recovers it")
                  : Check.ok("store", found));
      case CLEAN -> checks.add(Check.ok("store", found + ", clean"));
    }
    losses();
  }

  private void losses() {
    try {
      checks.addAll(LossChecks.of(directory, config));
    } catch (IOException | RingfoldException e) {
      checks.add(Check.bad("losses", Failure.of(e).message(), "run: ringfold verify " + directory));
    }
  }
}
