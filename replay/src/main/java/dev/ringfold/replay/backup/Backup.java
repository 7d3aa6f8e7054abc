// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.backup;

import java.nio.file.Path;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A backup that there is.
 *
 * @param id its name, for example {@code 000003-incremental}
 * @param path its directory or archive
 * @param form which of the two
 * @param parent the backup that it continues; null for a full one
 * @param storeId the store that it is of
 * @param created when it was taken
 * @param firstSequence of the events that it brings
 * @param lastSequence the newest event that it has
 * @param events how many events it brings
 * @param bytes of its files
 */
public record Backup(
    String id,
    Path path,
    Form form,
    @Nullable String parent,
    String storeId,
    Instant created,
    long firstSequence,
    long lastSequence,
    long events,
    long bytes) {

  /** What a backup is kept in. */
  public enum Form {
    /** A directory of files. */
    DIRECTORY,
    /** One ZIP file with the same files in it. */
    ARCHIVE
  }

  /** Whether it needs no other backup. */
  public boolean full() {
    return parent == null;
  }
}
