// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.backup;

import java.util.List;

/**
 * What a verification of a backup read; it found nothing wrong.
 *
 * @param backups ids of the backups that were checked, the full one first
 * @param bytes of files that were compared with their hashes
 * @param opened whether a store was restored from them, verified, and opened for writing
 * @param events that it has; 0 when it was not opened
 * @param nanos how long it took
 */
public record BackupCheckReport(
    List<String> backups, long bytes, boolean opened, long events, long nanos) {
  /** Copies the list. */
  public BackupCheckReport {
    backups = List.copyOf(backups);
  }
}
