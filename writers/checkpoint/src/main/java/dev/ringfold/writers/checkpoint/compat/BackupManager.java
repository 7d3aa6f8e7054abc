// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.compat;

import dev.ringfold.writers.checkpoint.quantum.Backup;
import dev.ringfold.writers.checkpoint.quantum.Backups;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The Quantum Memory's backups: compressed copies of files, the newest ten of each, and none that
 * is too old.
 *
 * <pre>{@code
 * BackupManager backupManager = new BackupManager();
 * backupManager.createBackup(checkpointFile);
 * Path backupPath = backupManager.getLatestBackup(checkpointFile).orElseThrow();
 * backupManager.restoreBackup(backupPath);
 * }</pre>
 *
 * <p>See {@link Backups} for the files. Thread-safe.
 */
public final class BackupManager {
  /** The directory without an argument. */
  public static final Path DEFAULT_BACKUP_DIR = Path.of(".backups");

  private final Backups backups;

  /** Ten backups of each file in {@link #DEFAULT_BACKUP_DIR}, however old. */
  public BackupManager() {
    this(DEFAULT_BACKUP_DIR);
  }

  /** Ten backups of each file, however old. */
  public BackupManager(Path backupDir) {
    this(backupDir, Backups.DEFAULT_KEEP);
  }

  /** So many backups of each file, however old. */
  public BackupManager(Path backupDir, int keepLast) {
    this(Backups.in(backupDir).keep(keepLast));
  }

  /** So many backups of each file, none older than an age but the newest. */
  public BackupManager(Path backupDir, int keepLast, Duration maxAge) {
    this(Backups.in(backupDir).keep(keepLast).maxAge(maxAge));
  }

  /** Over backups that are set up otherwise. */
  public BackupManager(Backups backups) {
    this.backups = backups;
  }

  /** Backs a file up; returns the backup. */
  public Path createBackup(Path file) {
    return backups.take(file).backup();
  }

  /** The newest backup of a file. */
  public Optional<Path> getLatestBackup(Path file) {
    return backups.latest(file).map(Backup::backup);
  }

  /** Puts a backup back where it was taken from, as {@link Backups#restore(Path)}. */
  public Path restoreBackup(Path backup) {
    return backups.restore(backup);
  }

  /** Puts a backup's content into a file of the caller's choice. */
  public Path restoreBackup(Path backup, Path target) {
    return backups.restore(backup, target);
  }

  /** All backups, oldest first. */
  public List<Backup> listBackups() {
    return backups.list();
  }

  /** Drops what is too old or too much; returns how many. */
  public int cleanupOldBackups() {
    return backups.rotate();
  }

  /** Where they are. */
  public Path backupDir() {
    return backups.directory();
  }
}
