// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.blob;

/**
 * What a blob store holds at one moment.
 *
 * @param blobs distinct blobs, packed ones included
 * @param bytes their bytes, each blob once
 * @param singles files that hold one blob
 * @param packs readable packs
 * @param packBytes bytes of the pack files, dead entries and indexes included
 * @param damagedPacks packs whose index cannot be read; they are never deleted
 * @param openSets sets begun and not yet released
 * @param droppedSets sets of a crashed process found when this store was opened
 * @param sweptTempFiles temporary files of a crashed process deleted when this store was opened
 */
public record BlobStats(
    long blobs,
    long bytes,
    long singles,
    long packs,
    long packBytes,
    long damagedPacks,
    long openSets,
    long droppedSets,
    long sweptTempFiles) {}
