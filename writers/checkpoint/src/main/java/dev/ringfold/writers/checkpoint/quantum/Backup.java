// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.writers.checkpoint.quantum;

import java.nio.file.Path;
import java.time.Instant;

/**
 * One backup of one file.
 *
 * @param id names it among all backups of the directory
 * @param file what was backed up, absolute
 * @param backup where it is
 * @param takenAt when, in whole milliseconds
 * @param bytes of the file
 * @param storedBytes of the backup
 * @param sha256 of the file
 */
public record Backup(
    String id,
    Path file,
    Path backup,
    Instant takenAt,
    long bytes,
    long storedBytes,
    String sha256) {}
