// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.backup;

import dev.ringfold.EventLogReader;
import dev.ringfold.RingfoldException;
import dev.ringfold.StoreAccessException;
import dev.ringfold.event.EventTypes;
import dev.ringfold.internal.io.FaultPoint;
import dev.ringfold.internal.io.FileFailure;
import dev.ringfold.internal.io.StoreLock;
import dev.ringfold.internal.io.StoreSecurity;
import dev.ringfold.internal.journal.KnownBackups;
import dev.ringfold.replay.Point;
import dev.ringfold.replay.WorkProgress;
import dev.ringfold.replay.backup.Backup.Form;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * The backups of one store, in a directory of their own: full ones, and incremental ones that
 * continue the newest. Each is a directory or a single archive. They are taken while the store is
 * written, hold frames and blobs as they are, and can be restored to any sequence; what is derived
 * from the log is not in them.
 *
 * <p>One thread; taking and rotating are also kept apart over processes by a lock.
 */
public final class Backups {
  /** Stands for the newest backup where an id is asked for. */
  public static final String NEWEST = "newest";

  private static final Duration LOCK_TIMEOUT = Duration.ofSeconds(1);

  private final Path directory;
  private final BackupSet set;
  private final Clock clock;
  private WorkProgress progress = WorkProgress.NONE;

  private Backups(Path directory, Clock clock) {
    this.directory = directory.toAbsolutePath().normalize();
    this.set = new BackupSet(this.directory);
    this.clock = clock;
  }

  /** The backups in a directory, which is made with the first one. */
  public static Backups open(Path directory) {
    return open(directory, Clock.systemUTC());
  }

  /**
   * The backups in a directory.
   *
   * @param clock says when they are taken, and how old they are
   */
  public static Backups open(Path directory, Clock clock) {
    return new Backups(directory, clock);
  }

  /**
   * Who hears how far a backup, a check or a restore is: of the step events in events, of blobs one
   * by one. When it says stop, that ends with a {@link java.util.concurrent.CancellationException},
   * and nothing is left behind.
   */
  public Backups progress(WorkProgress listener) {
    progress = listener;
    return this;
  }

  /** The directory. */
  public Path directory() {
    return directory;
  }

  /**
   * All backups, oldest first.
   *
   * @throws CorruptBackupException naming the first that is damaged; {@link #damaged} finds all
   */
  public List<Backup> list() {
    List<Backup> backups = new ArrayList<>();
    for (Path path : set.paths()) {
      try (StoredBackup stored = StoredBackup.open(path)) {
        backups.add(stored.backup());
      }
    }
    return backups;
  }

  /** Those whose description and list of files are not damaged, oldest first. */
  public List<Backup> intact() {
    List<Backup> backups = new ArrayList<>();
    for (Path path : set.paths()) {
      try (StoredBackup stored = StoredBackup.open(path)) {
        backups.add(stored.backup());
      } catch (CorruptBackupException e) {
        continue; // See damaged().
      }
    }
    return backups;
  }

  /** What is wrong with those whose description or list of files is; nothing is read besides. */
  public List<CorruptBackupException> damaged() {
    List<CorruptBackupException> damaged = new ArrayList<>();
    for (Path path : set.paths()) {
      try {
        StoredBackup.open(path).close();
      } catch (CorruptBackupException e) {
        damaged.add(e);
      }
    }
    return damaged;
  }

  /**
   * Copies everything that the store has.
   *
   * @param store the store's directory; it may be written meanwhile
   * @throws RingfoldException when the directory holds backups of another store
   * @throws dev.ringfold.CorruptJournalException when the store is damaged; no backup is taken then
   */
  public BackupReport full(Path store, Form form) {
    return take(store, form, false);
  }

  /**
   * Copies what the newest backup does not have. Reads nothing of what it has.
   *
   * @throws RingfoldException when there is no backup yet, or the store does not continue it
   */
  public BackupReport incremental(Path store, Form form) {
    return take(store, form, true);
  }

  private BackupReport take(Path given, Form form, boolean incremental) {
    EventLogReader reader = EventLogReader.open(given, EventTypes.builtin());
    Path store = reader.directory();
    reader.close();
    if (!Files.isDirectory(directory)) {
      createDirectory();
    }
    StoreLock lock = StoreLock.acquire(directory, LOCK_TIMEOUT);
    try {
      set.sweep();
      return incremental ? continued(store, form) : write(store, form, List.of());
    } finally {
      lock.close();
    }
  }

  private void createDirectory() {
    try {
      Files.createDirectories(Places.parent(directory));
    } catch (IOException e) {
      throw FileFailure.of("cannot create", directory, e);
    }
    StoreSecurity.ensureDirectory(directory);
  }

  private BackupReport continued(Path store, Form form) {
    List<Path> paths = set.paths();
    if (paths.isEmpty()) {
      throw new RingfoldException(
          "There is no backup in " + directory + " to continue. Take a full one first.");
    }
    List<StoredBackup> chain = set.chain(paths.get(paths.size() - 1));
    try {
      return write(store, form, chain);
    } finally {
      chain.forEach(StoredBackup::close);
    }
  }

  private BackupReport write(Path store, Form form, List<StoredBackup> chain) {
    final long begun = System.nanoTime();
    List<Path> paths = set.paths();
    long number = paths.isEmpty() ? 1 : BackupSet.number(paths.get(paths.size() - 1)) + 1;
    String kind = chain.isEmpty() ? "full" : "incremental";
    String id = String.format(Locale.ROOT, "%06d-%s", number, kind);
    Description last = chain.isEmpty() ? null : chain.get(chain.size() - 1).description();
    try (BackupTarget target = target(id, form)) {
      BackupRun run = new BackupRun(store, target, progress);
      requireSameStore(run, paths);
      run.copy(last, blobsOf(chain));
      Description description = run.describe(id, last, clock.instant());
      if (description == null) {
        return nothingNew(chain, store, begun);
      }
      try (OutputStream out = target.begin(Description.FILE)) {
        out.write(DescriptionText.format(description));
      }
      FaultPoint.hit("backup.described");
      Path path = target.commit();
      FaultPoint.hit("backup.renamed");
      note(store, description, path);
      try (StoredBackup stored = StoredBackup.open(path)) {
        return new BackupReport(
            stored.backup(),
            true,
            run.frames().events(),
            run.frames().frameBytes(),
            run.blobCount(),
            run.blobsGone(),
            System.nanoTime() - begun);
      }
    } catch (IOException e) {
      throw FileFailure.of("cannot write the backup", directory.resolve(id), e);
    }
  }

  private BackupTarget target(String id, Form form) throws IOException {
    Path temporary = directory.resolve(Places.TEMPORARY_PREFIX + id);
    return form == Form.ARCHIVE
        ? new ArchiveTarget(directory.resolve(id + Places.ARCHIVE_SUFFIX), temporary)
        : new DirectoryTarget(directory.resolve(id), temporary);
  }

  private static BackupReport nothingNew(List<StoredBackup> chain, Path store, long begun) {
    if (chain.isEmpty()) {
      throw new RingfoldException("The store " + store + " is empty: there is nothing to back up.");
    }
    Backup newest = chain.get(chain.size() - 1).backup();
    return new BackupReport(newest, false, 0, 0, 0, 0, System.nanoTime() - begun);
  }

  /** Two stores in one directory would be taken for one by whoever restores. */
  private void requireSameStore(BackupRun run, List<Path> paths) {
    String storeId = run.manifest().storeId();
    for (int i = paths.size() - 1; i >= 0; i--) {
      String other;
      try (StoredBackup stored = StoredBackup.open(paths.get(i))) {
        other = stored.description().storeId();
      } catch (CorruptBackupException unreadable) {
        continue; // An older one tells.
      }
      if (!other.equals(storeId)) {
        throw new RingfoldException(
            directory
                + " holds backups of store "
                + other
                + ", not of "
                + storeId
                + ". Use a directory of its own for each store.");
      }
      return;
    }
  }

  private static Set<String> blobsOf(List<StoredBackup> chain) {
    Set<String> blobs = new HashSet<>();
    for (StoredBackup backup : chain) {
      backup.description().blobs().forEach(blob -> blobs.add(blob.sha256()));
    }
    return blobs;
  }

  /** So that errors about retired sequences can name the backup. */
  private static void note(Path store, Description description, Path path) {
    try {
      KnownBackups.add(
          store.toAbsolutePath().normalize(),
          new KnownBackups.Known(
              description.firstSequence(), description.lastSequence(), path.toString()));
    } catch (StoreAccessException readOnly) {
      org.slf4j.LoggerFactory.getLogger(Backups.class)
          .warn("The store cannot be told of its backup: {}", readOnly.getMessage());
    }
  }

  /**
   * Checks a backup and all that it needs: names, lengths and hashes of every file, and unless that
   * is enough, a restore into a scratch directory, which is verified and opened for writing.
   *
   * @param id of the backup, or {@link #NEWEST}
   * @param quick whether hashes are enough
   * @throws CorruptBackupException naming what is wrong
   */
  public BackupCheckReport verify(String id, boolean quick) {
    List<StoredBackup> chain = set.chain(set.path(id));
    try {
      return new BackupCheck(directory, chain, progress).check(quick);
    } finally {
      chain.forEach(StoredBackup::close);
    }
  }

  /**
   * Makes a store of a backup and what it continues: the same events with the same sequences up to
   * the point, under an identity of its own.
   *
   * @param id of the backup, or {@link #NEWEST}
   * @param point the last event that the store is to have
   * @param target a path where nothing is
   * @throws CorruptBackupException when something is damaged; nothing is left at the target then
   * @throws RingfoldException when the backup has no such point, or it is inside of an atomic group
   */
  public RestoreReport restore(String id, Point point, Path target) {
    List<StoredBackup> chain = set.chain(set.path(id));
    try {
      return new Restore(chain, target, progress).to(point);
    } finally {
      chain.forEach(StoredBackup::close);
    }
  }

  /**
   * Deletes the oldest full backups with all that continue them, as long as this many backups stay.
   *
   * @param count at least one
   * @param dryRun only say what would be deleted
   * @return what was deleted
   */
  public List<Backup> keepLast(int count, boolean dryRun) {
    if (count < 1) {
      throw new IllegalArgumentException("at least one backup must be kept, not " + count);
    }
    return rotate(chains -> Rotation.beyond(chains, count), dryRun);
  }

  /**
   * Deletes full backups with all that continue them when the newest of these is older than an age.
   * The newest chain stays, however old it is.
   *
   * @param dryRun only say what would be deleted
   * @return what was deleted
   */
  public List<Backup> olderThan(Duration age, boolean dryRun) {
    return rotate(chains -> Rotation.before(chains, clock.instant().minus(age)), dryRun);
  }

  private List<Backup> rotate(Rotation.Rule rule, boolean dryRun) {
    if (dryRun) {
      return rule.going(Rotation.chains(list()));
    }
    StoreLock lock = StoreLock.acquire(directory, LOCK_TIMEOUT);
    try {
      set.sweep();
      List<Backup> going = rule.going(Rotation.chains(list()));
      for (int i = going.size() - 1; i >= 0; i--) {
        set.delete(going.get(i).path()); // The newest first: what is left is a chain at any time.
      }
      return going;
    } finally {
      lock.close();
    }
  }
}
