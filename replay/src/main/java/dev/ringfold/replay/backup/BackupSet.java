// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.backup;

import dev.ringfold.RingfoldException;
import dev.ringfold.StoreNotFoundException;
import dev.ringfold.internal.io.DirectoryTree;
import dev.ringfold.internal.io.FaultPoint;
import dev.ringfold.internal.io.FileFailure;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;

/** The backups that are in a directory, by name. Looks anew with every call. Stateless. */
final class BackupSet {
  private static final Comparator<Path> BY_NUMBER =
      Comparator.comparingLong(BackupSet::number).thenComparing(Places::name);

  private final Path directory;

  BackupSet(Path directory) {
    this.directory = directory;
  }

  /** Paths of all backups, oldest first. */
  List<Path> paths() {
    List<Path> paths = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
      for (Path entry : entries) {
        if (StoredBackup.isOne(entry)) {
          paths.add(entry);
        }
      }
    } catch (NoSuchFileException | NotDirectoryException e) {
      throw new StoreNotFoundException(
          "There are no backups at " + directory + ": it is no directory. Check the path.", e);
    } catch (IOException e) {
      throw FileFailure.of("cannot list", directory, e);
    }
    paths.sort(BY_NUMBER);
    return paths;
  }

  /** The number a backup's name begins with. */
  static long number(Path path) {
    String name = Places.name(path);
    return Long.parseLong(name.substring(0, name.indexOf('-')));
  }

  /** The path of a backup by its id; the newest one when the id is {@code newest}. */
  Path path(String id) {
    List<Path> paths = paths();
    for (Path path : paths) {
      String name = Places.name(path);
      if (name.equals(id) || name.equals(id + Places.ARCHIVE_SUFFIX)) {
        return path;
      }
    }
    if (id.equals(Backups.NEWEST) && !paths.isEmpty()) {
      return paths.get(paths.size() - 1);
    }
    throw new RingfoldException(
        "There is no backup "
            + id
            + " in "
            + directory
            + "; there are "
            + paths.stream().map(Places::name).toList());
  }

  /**
   * Opens a backup and all that it needs, the full one first; the caller closes them.
   *
   * @throws CorruptBackupException when one is damaged, missing or of another chain
   */
  List<StoredBackup> chain(Path newest) {
    List<StoredBackup> chain = new ArrayList<>();
    try {
      StoredBackup backup = StoredBackup.open(newest);
      chain.add(backup);
      while (backup.description().parent() != null) {
        String parent = backup.description().parent();
        Path path = find(backup, String.valueOf(parent));
        StoredBackup before = StoredBackup.open(path);
        chain.add(0, before);
        checkLink(before, backup);
        backup = before;
      }
      return chain;
    } catch (RuntimeException | Error e) {
      chain.forEach(StoredBackup::close);
      throw e;
    }
  }

  private Path find(StoredBackup backup, String parent) {
    for (Path path : paths()) {
      String name = Places.name(path);
      if (name.equals(parent) || name.equals(parent + Places.ARCHIVE_SUFFIX)) {
        return path;
      }
    }
    throw new CorruptBackupException(
        backup.path(), Description.FILE, "the backup " + parent + " beside it", "no such backup");
  }

  private static void checkLink(StoredBackup before, StoredBackup backup) {
    Description a = before.description();
    Description b = backup.description();
    boolean linked =
        a.storeId().equals(b.storeId())
            && a.after().frameNumber() == b.before().frameNumber()
            && a.after().crc() == b.before().crc()
            && a.after().nextSequence() == b.before().nextSequence()
            && BackupSet.number(before.path()) < BackupSet.number(backup.path());
    if (!linked) {
      throw new CorruptBackupException(
          backup.path(),
          Description.FILE,
          "to continue "
              + a.id()
              + " of store "
              + a.storeId()
              + " behind frame "
              + a.after().frameNumber(),
          "store " + b.storeId() + " behind frame " + b.before().frameNumber());
    }
  }

  /** Deletes a backup so that what is left of it after a crash is no backup. */
  void delete(Path path) {
    Path condemned = directory.resolve(Places.TEMPORARY_PREFIX + "deleted-" + Places.name(path));
    try {
      DirectoryTree.delete(condemned);
      Files.move(path, condemned);
    } catch (IOException e) {
      throw FileFailure.of("cannot delete", path, e);
    }
    FaultPoint.hit("backup.condemned");
    DirectoryTree.delete(condemned);
  }

  /** Deletes what a crash left of backups and verifications; under the lock. */
  void sweep() {
    sweep(path -> true);
  }

  /** Deletes what a crash left of verifications, which need no lock. */
  void sweepScratch() {
    sweep(Places::isScratch);
  }

  private void sweep(Predicate<Path> which) {
    try (DirectoryStream<Path> left =
        Files.newDirectoryStream(directory, Places.TEMPORARY_PREFIX + "*")) {
      for (Path path : left) {
        if (which.test(path) && !Places.isInUse(path)) {
          DirectoryTree.delete(path);
        }
      }
    } catch (IOException e) {
      throw FileFailure.of("cannot list", directory, e);
    }
  }
}
