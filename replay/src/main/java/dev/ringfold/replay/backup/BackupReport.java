// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.replay.backup;

/**
 * What taking a backup did.
 *
 * @param backup the new backup; the newest one when nothing was new
 * @param taken whether a backup was written; an incremental one is not when there is nothing new
 * @param events events that it brings
 * @param frameBytes bytes of frames that were read
 * @param blobs blobs that it brings
 * @param blobsGone blobs that were deleted while it was taken, of what was given up before that
 * @param nanos how long it took
 */
public record BackupReport(
    Backup backup,
    boolean taken,
    long events,
    long frameBytes,
    long blobs,
    long blobsGone,
    long nanos) {}
